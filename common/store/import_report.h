/* What a run tells besides itself: records refused and values set aside, how often each code was told, figures by school.
 * On the loop; what is given is lent for the call, NULL with the fault. */
#pragma once

#include "store/import.h"

typedef void import_refused_loaded(
    void *arg, const struct import_refused *refused, size_t count, const struct fault *fault);

/* A piece of them, in the order of the files; code "": every code. */
struct import_refused_choice {
    import_id run;
    const char *code;
    int64_t offset, limit;
};
void import_list_refused(
    struct store *store, const struct import_refused_choice *choice, import_refused_loaded *loaded, void *arg);

struct import_code_count {
    const char *code;
    int64_t count;
};
typedef void import_codes_loaded(
    void *arg, const struct import_code_count *codes, size_t count, const struct fault *fault);
/* The most frequent first. */
void import_list_codes(struct store *store, import_id run, import_codes_loaded *loaded, void *arg);

struct import_school_counter {
    const char *uai;
    const char *name; /* "" when the house does not know the school */
    const char *category, *what;
    int64_t count;
};
typedef void import_schools_loaded(
    void *arg, const struct import_school_counter *counters, size_t count, const struct fault *fault);
/* By UAI. */
void import_list_schools(struct store *store, import_id run, int64_t limit, import_schools_loaded *loaded, void *arg);
