/* The tables in which a delivery waits while it is read, of the session and over its transactions (import_stage.sql).
 * Records may come in any order: one kind at a time is being written, and changing the kind costs a round trip. */
#pragma once

#include "crypto/digest.h"
#include "domain/aaf.h"
#include "domain/account.h"
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
    struct {
        bool uai, name, city, kind, mail;
    } leaves; /* what a modification does not list: it stays as the store has it */
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
    unsigned char digest[RECORD_DIGEST_SIZE]; /* of the record as written */
    bool told;                                /* something is wrong with it, though it is taken */
    bool is_partial;                          /* of a modification that does not list all */
    /* guardians only: the same for records of one person (name, first name, mail and mobile all there and the same) */
    bool has_match_key;
    unsigned char match_key[RECORD_DIGEST_SIZE];
    /* pupils only */
    int16_t liens[IMPORT_LINKS_MAX];
    struct ine ine;
    struct date birth_date;
    int64_t structure;
    char class_label[CLASS_LABEL_SIZE];
    char niveau[LEVEL_LABEL_SIZE];
};

/* Structures that one attribute names somebody head of. */
struct import_headed {
    int64_t structures[IMPORT_LINKS_MAX];
    size_t count;
    bool is_left; /* a modification does not list the attribute: it stays as the store has it */
};

/* A member of staff: head of these structures, or of none. */
struct import_head {
    struct import_place place;
    int64_t aaf_id;
    char nom[NAME_SIZE];
    char prenom[NAME_SIZE];
    struct email mail; /* "" when none */
    struct import_headed functions, directs;
    struct {
        bool nom, prenom, mail;
    } leaves;
    bool is_partial; /* of a modification that does not list all */
};

struct import_problem {
    struct import_place place;
    const char *category;
    const char *aaf_id;    /* as written; may be NULL */
    const char *attribute; /* may be NULL */
    const char *code;
    const char *value; /* NULL: not known, or personal */
};

/* Makes the tables. The caller owns the stage; freeing it leaves the session as it is. */
MUST_USE bool import_stage_open(struct session *session, struct import_stage **out_stage, struct fault *fault);
void import_stage_free(struct import_stage **stage);

MUST_USE bool import_stage_school(struct import_stage *stage, const struct import_school *school, struct fault *fault);
MUST_USE bool import_stage_pupil(struct import_stage *stage, const struct import_person *pupil, struct fault *fault);
MUST_USE bool import_stage_guardian(
    struct import_stage *stage, const struct import_person *guardian, struct fault *fault);
MUST_USE bool import_stage_head(struct import_stage *stage, const struct import_head *head, struct fault *fault);
/* A record that was refused though its number is known: who is in it has not left. */
MUST_USE bool import_stage_refused(
    struct import_stage *stage, const char *category, int64_t aaf_id, struct fault *fault);
/* Somebody of the store whom a complete set passed over. */
MUST_USE bool import_stage_absent(
    struct import_stage *stage, enum account_profile profile, int64_t aaf_id, struct fault *fault);
/* A record came after a greater number; `order`: its place among the staged ones, or a new one if it was the same as in the
 * store. */
MUST_USE bool import_stage_late(struct import_stage *stage, enum account_profile profile, int64_t aaf_id, int64_t order,
    const struct import_place *place, bool was_same, struct fault *fault);
MUST_USE bool import_stage_deleted(struct import_stage *stage, const char *category, int64_t aaf_id,
    const struct import_place *place, struct fault *fault);
MUST_USE bool import_stage_problem(
    struct import_stage *stage, const struct import_problem *problem, struct fault *fault);

/* A file that was read; ids 0: it has no records with one. */
struct import_file {
    int number;
    const char *name;
    const char *category;
    int64_t first_id, last_id;
};
MUST_USE bool import_stage_file(struct import_stage *stage, const struct import_file *file, struct fault *fault);
MUST_USE bool import_stage_counter(
    struct import_stage *stage, const char *category, const char *what, int64_t count, struct fault *fault);

/* The same of the pupils of one structure. */
MUST_USE bool import_stage_structure_counter(
    struct import_stage *stage, int64_t structure, const char *what, int64_t count, struct fault *fault);

/* The place of the next record in the order of reading, for one that is not staged. */
int64_t import_stage_order(struct import_stage *stage);
/* That of the last one. */
int64_t import_stage_last(const struct import_stage *stage);
/* Ends what is being written, so that something may be asked; the writing goes on by itself. */
MUST_USE bool import_stage_pause(struct import_stage *stage, struct fault *fault);

struct import_now {
    import_id run;
    academy_code academy;
    enum degree degree;
    bool is_delta;
    struct date generated_on; /* not valid: not known */
    int64_t records;          /* read */
    int64_t departed_min;     /* a school that loses fewer pupils is not looked at */
};
/* Ends what is being written; nothing more may be staged. */
MUST_USE bool import_stage_end(struct import_stage *stage, const struct import_now *now, struct fault *fault);
