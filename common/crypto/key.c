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
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

struct key {
    enum key_purpose purpose;
    uint32_t number;
    enum key_use use;
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

void key_name(enum key_purpose purpose, uint32_t number, enum key_use use, char out_name[KEY_NAME_SIZE])
{
    snprintf(out_name, KEY_NAME_SIZE, "%s-%" PRIu32 "%s.key", key_purpose_name(purpose), number,
        use == KEY_NEXT ? ".next" : "");
}

/* "sealing-3.key", "sealing-4.next.key" */
static bool name_read(const char *name, enum key_purpose *out_purpose, uint32_t *out_number, enum key_use *out_use)
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
            *out_use = strcmp(end, ".next.key") == 0 ? KEY_NEXT : KEY_WRITES;
            return number <= UINT32_MAX && (*out_use == KEY_NEXT || strcmp(end, ".key") == 0);
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

/* ring->count: it has none of that number. */
static size_t place_of(const struct key_ring *ring, enum key_purpose purpose, uint32_t number)
{
    size_t place = 0;
    while (place < ring->count && (ring->keys[place].purpose != purpose || ring->keys[place].number != number)) {
        place++;
    }
    return place;
}

/* Under both names: promoted here and brought from elsewhere as the next one, or a promotion that was killed. */
static bool key_add(struct key_ring *ring, const struct key *new, const char *path, char *out_problem, size_t size)
{
    size_t place = place_of(ring, new->purpose, new->number);
    if (place == ring->count) {
        ring->keys[ring->count++] = *new;
        return true;
    }
    ring->keys[place].use = KEY_WRITES;
    return sodium_memcmp(ring->keys[place].bytes, new->bytes, KEY_SIZE) == 0 ||
           problem(out_problem, size, path, "another key has this number");
}

/* A folder that systemd gives to a daemon (LoadCredential=keys:/etc/preau/keys) has its files under such names, beside others. */
static const char *without_prefix(const char *name)
{
    static const char given[] = "keys_";
    return strncmp(name, given, sizeof given - 1) == 0 ? name + sizeof given - 1 : name;
}

static bool ring_add(struct key_ring *ring, const char *directory, const char *name, char *out_problem, size_t size)
{
    struct key key = {.purpose = KEY_PURPOSE_COUNT};
    if (!name_read(without_prefix(name), &key.purpose, &key.number, &key.use)) {
        return true; /* not a key's name: another program's file */
    }
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    if (ring->count == KEYS_MAX) {
        return problem(out_problem, size, directory, "too many keys");
    }
    bool is_added = key_read(path, key.bytes, out_problem, size) && key_add(ring, &key, path, out_problem, size);
    sodium_memzero(&key, sizeof key);
    return is_added;
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
        if (ring->keys[i].purpose == purpose && ring->keys[i].use == KEY_WRITES && ring->keys[i].number > *out_number) {
            *out_number = ring->keys[i].number;
            newest = ring->keys[i].bytes;
        }
    }
    return newest;
}

const unsigned char *key_numbered(const struct key_ring *ring, enum key_purpose purpose, uint32_t number)
{
    size_t place = place_of(ring, purpose, number);
    return place < ring->count ? ring->keys[place].bytes : NULL;
}

static int shown_order(const void *left, const void *right)
{
    const struct key_shown *one = left, *other = right;
    if (one->purpose != other->purpose) {
        return one->purpose < other->purpose ? -1 : 1;
    }
    return one->number < other->number ? -1 : one->number > other->number;
}

size_t key_ring_show(const struct key_ring *ring, struct key_shown out_keys[KEYS_MAX])
{
    for (size_t i = 0; i < ring->count; i++) {
        const struct key *key = &ring->keys[i];
        uint32_t newest = 0;
        key_newest(ring, key->purpose, &newest);
        out_keys[i] = (struct key_shown){key->purpose, key->number, key->use, key->number == newest};
    }
    qsort(out_keys, ring->count, sizeof *out_keys, shown_order);
    return ring->count;
}

size_t key_of_late(const struct key_ring *ring, enum key_purpose purpose, uint32_t out_numbers[KEYS_OF_LATE_MAX])
{
    uint32_t newest = 0, before = 0, next = 0;
    size_t count = 0;
    key_newest(ring, purpose, &newest);
    for (size_t i = 0; i < ring->count; i++) {
        const struct key *key = &ring->keys[i];
        if (key->purpose == purpose && key->use == KEY_WRITES && key->number < newest && key->number > before) {
            before = key->number;
        } else if (key->purpose == purpose && key->use == KEY_NEXT && key->number > next) {
            next = key->number;
        }
    }
    const uint32_t all[KEYS_OF_LATE_MAX] = {newest, before, next};
    for (size_t i = 0; i < KEYS_OF_LATE_MAX; i++) {
        if (all[i] != 0) {
            out_numbers[count++] = all[i];
        }
    }
    return count;
}

/* --- the folder --- */

/* What is there of a purpose: the last number of all, of the keys that write, and of those that are to write next. 0: none. */
struct numbers {
    uint32_t last, writes, next;
};

static bool look(const char *directory, enum key_purpose wanted, struct numbers *out_numbers, mode_t *out_mode,
    char *out_problem, size_t size)
{
    DIR *list = opendir(directory);
    if (!list) {
        return problem(out_problem, size, directory, strerror(errno)); // NOLINT(concurrency-mt-unsafe)
    }
    struct stat folder;
    /* who may read the folder may read its keys: daemons under several accounts share one by its group */
    *out_mode = fstat(dirfd(list), &folder) == 0 && (folder.st_mode & S_IRGRP) != 0 && (folder.st_mode & S_ISGID) != 0
                    ? 0640
                    : 0600;
    *out_numbers = (struct numbers){0};
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) { // NOLINT(concurrency-mt-unsafe)
        enum key_purpose purpose = KEY_PURPOSE_COUNT;
        enum key_use use;
        uint32_t number = 0;
        if (!name_read(entry->d_name, &purpose, &number, &use) || purpose != wanted) {
            continue;
        }
        out_numbers->last = number > out_numbers->last ? number : out_numbers->last;
        uint32_t *last_of_use = use == KEY_NEXT ? &out_numbers->next : &out_numbers->writes;
        *last_of_use = number > *last_of_use ? number : *last_of_use;
    }
    closedir(list);
    return true;
}

static void path_of(const char *directory, enum key_purpose purpose, uint32_t number, enum key_use use, char *out_path)
{
    char name[KEY_NAME_SIZE];
    key_name(purpose, number, use, name);
    snprintf(out_path, PATH_SIZE, "%s/%s", directory, name);
}

/* On the second line, since a copy has times of its own (runtime/key_file.h): when the first was written. */
static bool write_date(int file)
{
    struct stat status;
    struct tm time;
    char line[32];
    return fstat(file, &status) == 0 && gmtime_r(&status.st_mtime, &time) &&
           strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%SZ\n", &time) > 0 &&
           write(file, line, strlen(line)) == (ssize_t)strlen(line);
}

static bool write_whole(const char *path, mode_t mode, const char *text)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool written = file >= 0 && fchmod(file, mode) == 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text) &&
                   write_date(file) && fsync(file) == 0;
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

bool key_generate(const char *directory, enum key_purpose purpose, enum key_use use, uint32_t *out_number,
    char *out_problem, size_t problem_size)
{
    struct numbers numbers;
    mode_t mode;
    char path[PATH_SIZE];
    if (!look(directory, purpose, &numbers, &mode, out_problem, problem_size)) {
        return false;
    }
    *out_number = numbers.last + 1;
    if (*out_number == 0) {
        return problem(out_problem, problem_size, directory, "no number is left");
    }
    if (use == KEY_NEXT && numbers.next != 0) {
        path_of(directory, purpose, numbers.next, KEY_NEXT, path);
        return problem(out_problem, problem_size, path, "a next key is there already (preauctl key promote)");
    }
    path_of(directory, purpose, *out_number, use, path);
    return key_write(path, mode, out_problem, problem_size);
}

/* errno stays as it was. */
static bool is_same_file(const char *one, const char *other)
{
    struct stat first, second;
    int error = errno;
    bool is_same = stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev &&
                   first.st_ino == second.st_ino;
    errno = error;
    return is_same;
}

bool key_promote(
    const char *directory, enum key_purpose purpose, uint32_t *out_number, char *out_problem, size_t problem_size)
{
    struct numbers numbers;
    mode_t mode;
    char next[PATH_SIZE], path[PATH_SIZE];
    if (!look(directory, purpose, &numbers, &mode, out_problem, problem_size)) {
        return false;
    }
    *out_number = numbers.next;
    if (numbers.next == 0) {
        return problem(out_problem, problem_size, directory, "no next key (preauctl key generate --next)");
    }
    path_of(directory, purpose, numbers.next, KEY_NEXT, next);
    path_of(directory, purpose, numbers.next, KEY_WRITES, path);
    if (numbers.writes > numbers.next) {
        return problem(out_problem, problem_size, next, "a newer key writes already, this one never would (rm)");
    }
    /* one that was killed between the two left both names of the same file */
    return ((link(next, path) == 0 || (errno == EEXIST && is_same_file(next, path))) && unlink(next) == 0) ||
           problem(out_problem, problem_size, path, strerror(errno)); // NOLINT(concurrency-mt-unsafe)
}
