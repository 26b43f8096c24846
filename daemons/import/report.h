/* What a delivery is told to be: counters, and what was found wrong. Kept in memory, bounded, until the run ends. */
#pragma once

#include "domain/refusal.h"
#include "import/aaf_reader.h"
#include "runtime/attributes.h"
#include "store/import_stage.h"

struct report;

enum { REPORT_PROBLEMS_MAX = 100000 /* told; all are counted */ };

NEVER_NULL MUST_USE struct report *report_new(void);
void report_free(struct report **report);

/* The number of a file that is read from now on. */
int report_file(struct report *report, const char *name);

void report_count_read(struct report *report, enum aaf_category category);

/* Where something is wrong. */
struct report_place {
    struct import_place place;
    enum aaf_category category;
    const char *aaf_id;    /* as written; NULL: none */
    const char *attribute; /* NULL: none */
};

/* The record is refused; `value` only if it is not personal. Gives false. */
bool report_refuse(struct report *report, const struct report_place *where, enum refusal refusal, const char *value);
/* A value is set aside, the record is taken. */
void report_tell(struct report *report, const struct report_place *where, enum refusal refusal, const char *value);
/* Something is wrong that is no record's: the file as a whole. */
void report_file_wrong(struct report *report, const struct import_place *place, enum refusal refusal);

/* Everything into the stage. */
MUST_USE bool report_stage(const struct report *report, struct import_stage *stage, struct fault *fault);
/* What is told, for a run that is refused whole; lent until the report is freed. */
const struct import_refused *report_refused(struct report *report, size_t *out_count);

int64_t report_read(const struct report *report, enum aaf_category category);
