/* What a delivery is told to be: counters, and what was found wrong. Kept in memory, bounded, until it is staged. */
#pragma once

#include "domain/import_csv.h"
#include "domain/refusal.h"
#include "import/aaf_reader.h"
#include "runtime/attributes.h"
#include "store/import_stage.h"

struct report;

enum { REPORT_PROBLEMS_MAX = IMPORT_LISTED_MAX, REPORT_UNKNOWN_MAX = 200 /* attributes */ };

NEVER_NULL MUST_USE struct report *report_new(void);
void report_free(struct report **report);

/* The number of a file that is read from now on. */
int report_file(struct report *report, const char *name);

/* A record of it: its category, and its number, 0 when it has none. */
void report_count_read(struct report *report, enum aaf_category category, int64_t aaf_id);
/* A record of staff that is staged: it is not without object here. */
void report_count_taken(struct report *report, enum aaf_category category);
void report_count_unchanged(struct report *report, enum aaf_category category);
/* Of all categories. */
int64_t report_records(const struct report *report);
/* How often something was told of a value: to know whether a record was without fault. */
int64_t report_told(const struct report *report);

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

/* Records of a file that have an attribute that nobody knows. Told once for the whole delivery, with the sum. */
void report_unknown(struct report *report, const struct import_place *place, enum aaf_category category,
    const char *name, int64_t count);

/* The numbers of the records refused since the last time, into the stage: they are not kept. */
MUST_USE bool report_stage_refused(struct report *report, struct import_stage *stage, struct fault *fault);
/* Everything else into the stage. */
MUST_USE bool report_stage(struct report *report, struct import_stage *stage, struct fault *fault);
/* What is told, for a run that is refused whole; lent until the report is freed. */
const struct import_refused *report_refused(struct report *report, size_t *out_count);

int64_t report_read(const struct report *report, enum aaf_category category);
