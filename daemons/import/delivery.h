/* One delivery of one academy while it is read: file by file, record by record, into the stage; then what only the whole
 * can tell: the degree, the academy, the parts, whether it is complete. */
#pragma once

#include "domain/account.h"
#include "domain/date.h"
#include "domain/refusal.h"
#include "domain/school.h"
#include "import/aaf_archive.h"
#include "import/report.h"
#include "runtime/fault.h"
#include "store/import_stage.h"

struct delivery;
struct session;

struct delivery_options {
    academy_code academy; /* of the inbox */
    const char *archive_name;
    struct date today;
    struct report *report;
    struct session *session;
    struct import_stage *stage;
    const _Atomic bool *is_stopping; /* ends the reading */
    _Atomic int64_t *records;        /* read up to now */
};

/* Texts and pointers are borrowed. */
NEVER_NULL MUST_USE struct delivery *delivery_new(const struct delivery_options *options);
void delivery_free(struct delivery **delivery);

/* What archive_visit wants. */
struct archive_visitor delivery_visitor(struct delivery *delivery);

/* After the reading. false: the world failed (*fault). Otherwise *out_refusal: why the whole is refused, if so; the
 * report then says where. */
MUST_USE bool delivery_judge(struct delivery *delivery, enum refusal *out_refusal, struct fault *fault);
/* Everything that is not staged yet, of one that is not refused. */
MUST_USE bool delivery_stage(struct delivery *delivery, struct fault *fault);

int delivery_degree(const struct delivery *delivery); /* 0: not known */
bool delivery_is_delta(const struct delivery *delivery);
struct date delivery_date(const struct delivery *delivery); /* not valid: not known */
/* Persons that a complete set found in the store and that were not departed. */
int64_t delivery_live(const struct delivery *delivery, enum account_profile profile);
