#include "crypto/known_words.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BITS_PER_WORD = 20,
    PROBES = 14, /* ln 2 × bits per word */
    HEAD_SIZE = 24,
    MAGIC_SIZE = 16
};

static const char magic[MAGIC_SIZE + 1] = "preau-words-1\n  ";
static const uint64_t bits_max = UINT64_C(1) << 33; /* a gibibyte: four hundred million words */

struct known_words {
    uint64_t bits;
    unsigned char *bytes;
};

static size_t bytes_of(uint64_t bits)
{
    return (size_t)(bits / CHAR_BIT);
}

static struct known_words *of_bits(uint64_t bits)
{
    struct known_words *words = calloc(1, sizeof *words);
    unsigned char *bytes = calloc(1, bytes_of(bits));
    if (!words || !bytes) {
        abort();
    }
    *words = (struct known_words){bits, bytes};
    return words;
}

struct known_words *known_words_new(size_t words)
{
    uint64_t bits = (words + 1) * (uint64_t)BITS_PER_WORD;
    return of_bits((bits / 64 + 1) * 64);
}

void known_words_free(struct known_words **words)
{
    if (*words) {
        free((*words)->bytes);
        free(*words);
        *words = NULL;
    }
}

static uint64_t number_at(const unsigned char *bytes)
{
    uint64_t number = 0;
    for (int i = 7; i >= 0; i--) {
        number = number << CHAR_BIT | bytes[i];
    }
    return number;
}

/* The places of a word: two numbers of its digest stand for as many as are wanted (Kirsch and Mitzenmacher, 2006). */
struct probes {
    uint64_t first, step;
};

static struct probes probes_of(const char *word)
{
    unsigned char digest[16];
    (void)crypto_generichash(digest, sizeof digest, (const unsigned char *)word, strlen(word), NULL, 0);
    return (struct probes){number_at(digest), number_at(digest + 8) | 1};
}

void known_words_add(struct known_words *words, const char *word)
{
    struct probes probes = probes_of(word);
    for (uint64_t i = 0; i < PROBES; i++) {
        uint64_t bit = (probes.first + i * probes.step) % words->bits;
        words->bytes[bit / CHAR_BIT] = (unsigned char)(words->bytes[bit / CHAR_BIT] | 1U << (bit % CHAR_BIT));
    }
}

bool known_words_has(const struct known_words *words, const char *word)
{
    struct probes probes = probes_of(word);
    for (uint64_t i = 0; i < PROBES; i++) {
        uint64_t bit = (probes.first + i * probes.step) % words->bits;
        if ((words->bytes[bit / CHAR_BIT] & 1U << (bit % CHAR_BIT)) == 0) {
            return false;
        }
    }
    return true;
}

static bool has(const void *words, const char *folded)
{
    return known_words_has(words, folded);
}

struct password_words known_words_view(const struct known_words *words)
{
    return (struct password_words){has, words};
}

static bool problem(char *out_problem, size_t size, const char *path, const char *what)
{
    snprintf(out_problem, size, "%s: %s", path, what);
    return false;
}

static bool problem_of_errno(char *out_problem, size_t size, const char *path)
{
    return problem(out_problem, size, path, strerror(errno)); // NOLINT(concurrency-mt-unsafe)
}

static bool write_all(const struct known_words *words, FILE *file)
{
    unsigned char head[HEAD_SIZE];
    memcpy(head, magic, MAGIC_SIZE);
    for (size_t i = 0; i < 8; i++) {
        head[MAGIC_SIZE + i] = (unsigned char)(words->bits >> (i * CHAR_BIT));
    }
    size_t length = bytes_of(words->bits);
    return fwrite(head, 1, sizeof head, file) == sizeof head && fwrite(words->bytes, 1, length, file) == length &&
           fflush(file) == 0 && fsync(fileno(file)) == 0;
}

bool known_words_save(const struct known_words *words, const char *path, char *out_problem, size_t problem_size)
{
    char fresh[PATH_MAX];
    if (snprintf(fresh, sizeof fresh, "%s.new", path) >= (int)sizeof fresh) {
        return problem(out_problem, problem_size, path, "the name is too long");
    }
    FILE *file = fopen(fresh, "we");
    if (!file) {
        return problem_of_errno(out_problem, problem_size, fresh);
    }
    bool is_written = write_all(words, file);
    is_written = fclose(file) == 0 && is_written;
    if (!is_written || rename(fresh, path) != 0) {
        (void)problem_of_errno(out_problem, problem_size, path);
        (void)unlink(fresh);
        return false;
    }
    return true;
}

/* The bits that the head announces, when there are just as many: a file cut short would let known words pass. */
static struct known_words *read_all(FILE *file)
{
    unsigned char head[HEAD_SIZE];
    if (fread(head, 1, sizeof head, file) != sizeof head || memcmp(head, magic, MAGIC_SIZE) != 0) {
        return NULL;
    }
    uint64_t bits = number_at(head + MAGIC_SIZE);
    if (bits == 0 || bits % 64 != 0 || bits > bits_max) {
        return NULL;
    }
    struct known_words *words = of_bits(bits);
    if (fread(words->bytes, 1, bytes_of(bits), file) != bytes_of(bits) || fgetc(file) != EOF) {
        known_words_free(&words);
    }
    return words;
}

struct known_words *known_words_load(const char *path, char *out_problem, size_t problem_size)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        (void)problem_of_errno(out_problem, problem_size, path);
        return NULL;
    }
    struct known_words *words = read_all(file);
    fclose(file);
    if (!words) {
        (void)problem(out_problem, problem_size, path, "not a whole file of known words");
    }
    return words;
}
