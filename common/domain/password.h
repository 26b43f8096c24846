/*
 * Passwords as values: provisional ones made from the caller's random bytes, and the rules for chosen ones.
 * Hashing and the list of known passwords are elsewhere (crypto/password_hash.h, crypto/known_words.h).
 */
#pragma once

#include "domain/date.h"
#include "domain/refusal.h"

/*
 * 12 letters of an alphabet of 28, log2(28) × 12 = 57.7 bits. No 0/o, 1/l/i, which paper confuses; no vowel but y,
 * so that chance never writes a word on a sheet for a family. Lower case only, in groups of four: `k7pr-wz4t-9hbn`.
 */
#define PASSWORD_PROVISIONAL_ALPHABET "bcdfghjkmnpqrstvwxyz23456789"

enum {
    PASSWORD_PROVISIONAL_LETTERS = 12,
    PASSWORD_PROVISIONAL_GROUP = 4,
    PASSWORD_PROVISIONAL_SIZE = 15,  /* bytes: letters, two hyphens, the end */
    PASSWORD_PROVISIONAL_RANDOM = 32 /* random bytes to give: all but never used up by rejection */
};

struct provisional_password {
    char text[PASSWORD_PROVISIONAL_SIZE];
};

/*
 * Each byte picks one letter; bytes that would favour some letters are skipped. False, when too many were skipped (less
 * than once in 10^20 with PASSWORD_PROVISIONAL_RANDOM bytes): draw again.
 */
bool password_provisional_make(const uint8_t *random, size_t size, struct provisional_password *out_password);

/* What a person typed from paper, hyphens and spaces or not, capitals or not, in the form that was made. */
bool password_provisional_normalise(const char *typed, struct provisional_password *out_password);

enum {
    PASSWORD_LENGTH_MIN = 8,   /* characters */
    PASSWORD_LENGTH_MAX = 128, /* characters: a sentence fits; hashing more only serves a flood */
    PASSWORD_BYTES_MAX = 512,
    PASSWORD_BITS_MIN = 50, /* CNIL 2022-100, attempts being bounded */
    PASSWORD_BITS_STRONG = 80
};

enum { PASSWORD_FOLDED_SIZE = PASSWORD_BYTES_MAX + 1 };

/* Letters without accent or case, and digits; the rest vanishes: what lists of known passwords hold, too. */
void password_fold(const char *password, char out_folded[PASSWORD_FOLDED_SIZE]);

/* Words that guessers try first, folded; `has` NULL: none. */
struct password_words {
    bool (*has)(const void *words, const char *folded);
    const void *words;
};

/* What is known of the person, that a password must not repeat. Texts may be NULL, dates zero. */
struct password_context {
    const char *identifier;
    const char *const *names; /* first and last, of the person and of the children */
    size_t name_count;
    const struct date *birth_dates;
    size_t birth_date_count;
    const char *replaced_password; /* the provisional one, or the one before */
    struct password_words known;   /* by everybody: leaked passwords, words of dictionaries */
};

/* REFUSAL_NONE, or the first PASSWORD_… refusal that applies. */
enum refusal password_check(const char *password, const struct password_context *context);

/*
 * Estimated entropy in bits: length × log2 of the kinds of characters used, where characters that repeat or continue a
 * run (aaa, 1234, dcba, azerty, abab), from the third on, count nothing.
 */
int password_bits(const char *password);

/* 0 (worthless) to 4 (strong) for the person who types; 2 and above meet PASSWORD_BITS_MIN. */
int password_strength(const char *password, const struct password_context *context);
