/* The tables in which a delivery waits while it is read, in the session's open transaction (import_stage.sql). Records
 * may come in any order: one kind at a time is being written, and changing the kind costs a round trip. */
#pragma once

#include "crypto/digest.h"
#include "domain/aaf.h"
#include "domain/date.h"
#include "domain/email.h"
#include "domain/identifier.h"
#include "domain/name.h"
#include "domain/phone.h"
#include "domain/school.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "store/import.h"

struct session;
struct import_stage;

enum { IMPORT_TEXT_SIZE = 256, IMPORT_LINKS_MAX = 32 };

/* Where a record was read. */
struct import_place {
    int file; /* number that import_stage_file gave */
    int64_t line;
};

struct import_school {
    struct import_place place;
    int64_t structure; /* ENTStructureJointure */
    struct uai uai;
    char name[SCHOOL_NAME_SIZE];
    char city[SCHOOL_NAME_SIZE];
    enum school_kind kind;
    struct email mail; /* "" when none */
};

/* A pupil, or a guardian; texts "" when there is none. */
struct import_person {
    struct import_place place;
    int64_t aaf_id;
    char civilite[16];
    char nom[NAME_SIZE];
    char prenom[NAME_SIZE];
    char search_name[2 * NAME_SIZE];
    struct identifier base;
    struct email mail;
    struct phone mobile;
    char adresse[IMPORT_TEXT_SIZE];
    char code_postal[16];
    char ville[IMPORT_TEXT_SIZE];
    char pays[IMPORT_TEXT_SIZE];
    int64_t linked[IMPORT_LINKS_MAX]; /* a pupil's legal guardians; a guardian's pupils */
    size_t linked_count;
    /* pupils only */
    int16_t liens[IMPORT_LINKS_MAX];
    struct ine ine;
    struct date birth_date;
    int64_t structure;
    char class_label[CLASS_LABEL_SIZE];
    char niveau[LEVEL_LABEL_SIZE];
};

struct import_problem {
    struct import_place place;
    const char *category;
    const char *aaf_id;    /* as written; may be NULL */
    const char *attribute; /* may be NULL */
    const char *code;
    const char *value; /* NULL: not known, or personal */
};

/* Makes the tables; a transaction must be open. The caller owns the stage; freeing it leaves the session as it is. */
MUST_USE bool import_stage_open(struct session *session, struct import_stage **out_stage, struct fault *fault);
void import_stage_free(struct import_stage **stage);

MUST_USE bool import_stage_school(struct import_stage *stage, const struct import_school *school, struct fault *fault);
MUST_USE bool import_stage_pupil(struct import_stage *stage, const struct import_person *pupil, struct fault *fault);
MUST_USE bool import_stage_guardian(
    struct import_stage *stage, const struct import_person *guardian, struct fault *fault);
/* A record that was refused though its number is known: who is in it has not left. */
MUST_USE bool import_stage_refused(
    struct import_stage *stage, const char *category, int64_t aaf_id, struct fault *fault);
MUST_USE bool import_stage_problem(
    struct import_stage *stage, const struct import_problem *problem, struct fault *fault);
MUST_USE bool import_stage_file(struct import_stage *stage, int number, const char *name, struct fault *fault);
MUST_USE bool import_stage_counter(
    struct import_stage *stage, const char *category, const char *what, int64_t count, struct fault *fault);

struct import_now {
    import_id run;
    academy_code academy;
    enum degree degree;
    struct date generated_on; /* not valid: not known */
};
/* Ends what is being written; nothing more may be staged. */
MUST_USE bool import_stage_end(struct import_stage *stage, const struct import_now *now, struct fault *fault);
