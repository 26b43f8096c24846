/* Cuts what a file says into its requests to add and what is around them, without parsing any of it: at constant memory,
 * each byte given on once, in order. */
#pragma once

#include "runtime/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aaf_cut_handler {
    /* Whether what comes next lies straight in the root, between requests, by all that was given up to here. */
    bool (*is_between)(void *arg);
    /* Lent for the call. false ends it all. */
    bool (*rest)(void *arg, const char *bytes, size_t length);
    /* A whole request and the `blank` bytes of white space before it: between requests, up to its end tag. */
    bool (*request)(void *arg, const char *bytes, size_t blank, size_t length);
    void *arg;
};

struct aaf_cut;

NEVER_NULL MUST_USE struct aaf_cut *aaf_cut_new(const struct aaf_cut_handler *handler);
void aaf_cut_free(struct aaf_cut **cut);

/* false: the handler had enough. */
MUST_USE bool aaf_cut_feed(struct aaf_cut *cut, const char *bytes, size_t length);
MUST_USE bool aaf_cut_end(struct aaf_cut *cut);

/* Ends of lines in what was fed and is not given yet. */
int64_t aaf_cut_lines(const struct aaf_cut *cut);

/* Ends of lines in these bytes. */
int64_t aaf_lines(const char *bytes, size_t length);
