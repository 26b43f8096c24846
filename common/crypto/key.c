#include "crypto/key.h"

#include "crypto/random.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    KEYS_MAX = 64, /* of all purposes: a rotation a month for years */
    PATH_SIZE = 4096
};

struct key {
    enum key_purpose purpose;
    uint32_t number;
    unsigned char bytes[KEY_SIZE];
};

struct key_ring {
    size_t count;
    struct key keys[KEYS_MAX];
};

const char *key_purpose_name(enum key_purpose purpose)
{
    static const char *const names[] = {[KEY_SEALING] = "sealing", [KEY_TOKENS] = "tokens"};
    return names[purpose];
}

/* "sealing-3.key" */
static bool name_read(const char *name, enum key_purpose *out_purpose, uint32_t *out_number)
{
    for (int purpose = 0; purpose < KEY_PURPOSE_COUNT; purpose++) {
        const char *word = key_purpose_name((enum key_purpose)purpose);
        size_t length = strlen(word);
        char *end = NULL;
        if (strncmp(name, word, length) == 0 && name[length] == '-' && name[length + 1] >= '1' &&
            name[length + 1] <= '9') {
            unsigned long number = strtoul(name + length + 1, &end, 10);
            *out_purpose = (enum key_purpose)purpose;
            *out_number = (uint32_t)number;
            return number <= UINT32_MAX && strcmp(end, ".key") == 0;
        }
    }
    return false;
}

static bool problem(char *out_problem, size_t size, const char *path, const char *what)
{
    snprintf(out_problem, size, "%s: %s", path, what);
    return false;
}

static bool key_read(const char *path, unsigned char out_key[KEY_SIZE], char *out_problem, size_t problem_size)
{
    struct stat status;
    FILE *file = fopen(path, "re");
    if (!file || fstat(fileno(file), &status) != 0) {
        int error = errno;
        if (file) {
            fclose(file);
        }
        return problem(out_problem, problem_size, path, strerror(error)); // NOLINT(concurrency-mt-unsafe)
    }
    char text[2 * KEY_SIZE + 4] = ""; /* and the end of a line */
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    fclose(file);
    if ((status.st_mode & (S_IWGRP | S_IRWXO)) != 0) {
        return problem(out_problem, problem_size, path, "others may read or write it (chmod 0600)");
    }
    size_t read = 0;
    bool whole = strlen(text) == (size_t)2 * KEY_SIZE &&
                 sodium_hex2bin(out_key, KEY_SIZE, text, (size_t)2 * KEY_SIZE, NULL, &read, NULL) == 0;
    sodium_memzero(text, sizeof text);
    return (whole && read == KEY_SIZE) ||
           problem(out_problem, problem_size, path, "not a key of 64 hexadecimal digits");
}

static bool ring_add(struct key_ring *ring, const char *directory, const char *name, char *out_problem, size_t size)
{
    enum key_purpose purpose = KEY_PURPOSE_COUNT;
    uint32_t number = 0;
    if (!name_read(name, &purpose, &number)) {
        return true; /* not a key's name: another program's file */
    }
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    if (ring->count == KEYS_MAX) {
        return problem(out_problem, size, directory, "too many keys");
    }
    struct key *key = &ring->keys[ring->count++];
    key->purpose = purpose;
    key->number = number;
    return key_read(path, key->bytes, out_problem, size);
}

static bool ring_is_complete(const struct key_ring *ring, const char *directory, char *out_problem, size_t size)
{
    for (int purpose = 0; purpose < KEY_PURPOSE_COUNT; purpose++) {
        uint32_t number = 0;
        if (!key_newest(ring, (enum key_purpose)purpose, &number)) {
            char what[80];
            snprintf(
                what, sizeof what, "no %s-*.key (preauctl key generate)", key_purpose_name((enum key_purpose)purpose));
            return problem(out_problem, size, directory, what);
        }
    }
    return true;
}

struct key_ring *key_ring_load(const char *directory, char *out_problem, size_t problem_size)
{
    DIR *list = opendir(directory);
    if (!list) {
        problem(out_problem, problem_size, directory, strerror(errno)); // NOLINT(concurrency-mt-unsafe)
        return NULL;
    }
    struct key_ring *ring = sodium_malloc(sizeof *ring);
    if (!ring) {
        closedir(list);
        problem(out_problem, problem_size, directory, "no memory can be locked for keys");
        return NULL;
    }
    ring->count = 0;
    bool loaded = true;
    for (struct dirent *entry = readdir(list); entry && loaded;
         entry = readdir(list)) { // NOLINT(concurrency-mt-unsafe)
        loaded = ring_add(ring, directory, entry->d_name, out_problem, problem_size);
    }
    closedir(list);
    if (!loaded || !ring_is_complete(ring, directory, out_problem, problem_size)) {
        key_ring_free(&ring);
    }
    return ring;
}

void key_ring_free(struct key_ring **ring)
{
    sodium_free(*ring); /* wipes */
    *ring = NULL;
}

const unsigned char *key_newest(const struct key_ring *ring, enum key_purpose purpose, uint32_t *out_number)
{
    const unsigned char *newest = NULL;
    *out_number = 0;
    for (size_t i = 0; i < ring->count; i++) {
        if (ring->keys[i].purpose == purpose && ring->keys[i].number > *out_number) {
            *out_number = ring->keys[i].number;
            newest = ring->keys[i].bytes;
        }
    }
    return newest;
}

const unsigned char *key_numbered(const struct key_ring *ring, enum key_purpose purpose, uint32_t number)
{
    for (size_t i = 0; i < ring->count; i++) {
        if (ring->keys[i].purpose == purpose && ring->keys[i].number == number) {
            return ring->keys[i].bytes;
        }
    }
    return NULL;
}

/* 0: none is left */
static uint32_t next_number(DIR *list, enum key_purpose wanted)
{
    uint32_t last = 0;
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) { // NOLINT(concurrency-mt-unsafe)
        enum key_purpose purpose = KEY_PURPOSE_COUNT;
        uint32_t number = 0;
        if (name_read(entry->d_name, &purpose, &number) && purpose == wanted && number > last) {
            last = number;
        }
    }
    return last + 1;
}

static bool write_whole(const char *path, mode_t mode, const char *text)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool written = file >= 0 && fchmod(file, mode) == 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text) &&
                   fsync(file) == 0;
    int error = errno;
    if (file >= 0) {
        close(file);
    }
    errno = error;
    return written;
}

/* Whole or not at all, and never over another one: half a key would stop every daemon at its start. */
static bool key_write(const char *path, mode_t mode, char *out_problem, size_t problem_size)
{
    unsigned char key[KEY_SIZE];
    char text[2 * KEY_SIZE + 2], beside[PATH_SIZE + 1];
    snprintf(beside, sizeof beside, "%s~", path);
    random_fill(key, sizeof key);
    sodium_bin2hex(text, sizeof text, key, sizeof key);
    strcat(text, "\n"); // NOLINT: room was left for it
    bool written = write_whole(beside, mode, text) && link(beside, path) == 0;
    int error = errno;
    unlink(beside);
    sodium_memzero(key, sizeof key);
    sodium_memzero(text, sizeof text);
    return written || problem(out_problem, problem_size, path, strerror(error)); // NOLINT(concurrency-mt-unsafe)
}

bool key_generate(
    const char *directory, enum key_purpose purpose, uint32_t *out_number, char *out_problem, size_t problem_size)
{
    DIR *list = opendir(directory);
    if (!list) {
        return problem(out_problem, problem_size, directory, strerror(errno)); // NOLINT(concurrency-mt-unsafe)
    }
    struct stat folder;
    /* who may read the folder may read its keys: daemons under several accounts share one by its group */
    mode_t mode = fstat(dirfd(list), &folder) == 0 && (folder.st_mode & S_IRGRP) != 0 && (folder.st_mode & S_ISGID) != 0
                      ? 0640
                      : 0600;
    *out_number = next_number(list, purpose);
    closedir(list);
    if (*out_number == 0) {
        return problem(out_problem, problem_size, directory, "no number is left");
    }
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s-%" PRIu32 ".key", directory, key_purpose_name(purpose), *out_number);
    return key_write(path, mode, out_problem, problem_size);
}
