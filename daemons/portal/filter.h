/* What narrows and orders a list of accounts: read from an address or a form, written back into addresses and fields.
 * Its names are those of the addresses, which other pages link to. Pure. */
#pragma once

#include "domain/account.h"
#include "domain/date.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum filter_key {
    FILTER_NAME,
    FILTER_CLASS,
    FILTER_LEVEL,
    FILTER_STATE,
    FILTER_ORIGIN,
    FILTER_MAIL,
    FILTER_MOBILE,
    FILTER_NOTIFIED,
    FILTER_BEFORE,
    FILTER_AFTER,
    FILTER_EXPIRY,
    FILTER_LATEST,
    FILTER_SIGN_IN,
    FILTER_KEY_COUNT
};

enum filter_sort { SORT_NAME, SORT_CLASS, SORT_STATE, SORT_NOTIFIED, SORT_EXPIRY, SORT_LOGIN, FILTER_SORT_COUNT };

enum {
    FILTER_PAGE_LAST = 10000,
    FILTER_ROWS_DEFAULT = 50,
    FILTER_VALUE_MAX = 200,  /* bytes: a longer one is nobody's */
    FILTER_HREF_SIZE = 12000 /* bytes: every value at its longest, each byte percent-encoded, and the rest */
};

struct filter {
    enum account_profile profile;
    const char *values[FILTER_KEY_COUNT]; /* "" does not narrow; borrowed */
    bool is_wrong[FILTER_KEY_COUNT];      /* not understood: nothing is found until it is taken off */
    struct date days[FILTER_KEY_COUNT];   /* of the keys that are a day, understood */
    int expiry_days;                      /* of FILTER_EXPIRY; 0: it has run out */
    enum filter_sort sort;
    bool is_descending;
    int64_t rows, page;
    int64_t selection; /* what was ticked, by its number in the store; 0: nothing yet */
};

/* A value by its name, NULL without one. */
typedef const char *filter_source(const void *source, const char *name);
void filter_read(struct filter *out_filter, enum account_profile profile, filter_source *value, const void *source);

bool filter_narrows(const struct filter *filter);
bool filter_is_understood(const struct filter *filter);
/* With this sort; again with the one it has: the other way round. On its first page. */
struct filter filter_sorted(const struct filter *filter, enum filter_sort sort);
struct filter filter_without(const struct filter *filter, enum filter_key key);

/* "?etat=distribue&page=2", "" when there is nothing to say. */
void filter_write(const struct filter *filter, char out_text[FILTER_HREF_SIZE]);

const char *filter_name(enum filter_key key);
const char *filter_sort_name(enum filter_sort sort);
/* "Avec courriel": how an active filter is told; out_text: FILTER_VALUE_MAX bytes more than its words. */
enum { FILTER_TAG_SIZE = FILTER_VALUE_MAX + 100 };
void filter_tag(const struct filter *filter, enum filter_key key, char out_text[FILTER_TAG_SIZE]);

/* The values that a filter offers, in order: index from 0, NULL past the last. Of those with a fixed list. */
struct filter_choice {
    const char *value, *label, *tag;
};
const struct filter_choice *filter_choice_at(enum filter_key key, size_t index);
/* Rows on a page: index from 0, 0 past the last. */
int64_t filter_rows_at(size_t index);
