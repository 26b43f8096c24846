/*
 * Does a delivery depart so far from what is known that a person must look at it first? A set cut short, or a delta taken
 * for a complete one, must never close a city's accounts; columns that slipped must never show a child to another's parents.
 *
 * Shares are whole percents of what was there before; a share is exceeded strictly, and 100 never is. September's upheaval
 * has limits of its own. In summer nobody leaves: then the usual ones hold.
 */
#pragma once

#include "domain/school.h"
#include "domain/season.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Percents, and the number of people below which nothing is held. */
struct import_hold_limits {
    /* of pupils, of guardians: of an academy and degree; of both together whose records are refused; of structures whose
     * head goes and nobody comes */
    int departed_academy;
    int departed_school;             /* of pupils of a school */
    int changed_academy;             /* of persons, whose name, first name or birth date changed */
    int moved_academy, moved_school; /* of pupils, who go to another school */
    int links_academy, links_school; /* of pupils, who are given other legal guardians */
    int contacts_academy;            /* of persons, whose mail vanishes; whose mobile does */
    int64_t count_min;
};

struct import_hold_settings {
    struct import_hold_limits usual, rentree;
    struct season rentree_season;
    struct duration memory; /* how long a larger set is remembered: many small losses are a large one */
};

const struct import_hold_limits *import_hold_limits_on(const struct import_hold_settings *settings, struct date date);

/* Since when sets are remembered, for a judgement of this date: what the rentree's upheaval left behind is not held against
 * the days after it. */
struct instant import_hold_memory_begins(const struct import_hold_settings *settings, struct date date);

struct import_hold_school {
    struct uai uai;
    int64_t pupils;                    /* live, before */
    int64_t departed, moved, relinked; /* of these */
};

/* What was live before the delivery, of its academy and degree, and what it would do to it. */
struct import_hold_figures {
    int64_t pupils, pupils_departed;
    int64_t guardians, guardians_departed;
    int64_t pupils_joined, guardians_joined; /* new, or back */
    int64_t pupils_most, guardians_most;     /* of the sets that are remembered; 0: none is */
    int64_t identities_changed;              /* of persons that were known, as what follows */
    int64_t moved;                           /* pupils who go to another school, be it along with their structure */
    int64_t relinked; /* pupils who lose a legal guardian who is still there, or get one more who was */
    int64_t mails_gone, mobiles_gone;
    int64_t refused;            /* persons that were known and stay as they were, since their record is refused */
    int64_t headed, headless;   /* structures with a head named in AAF; of these, those that would have none */
    int64_t read, read_refused; /* records of persons */
    const struct import_hold_school *schools;
    size_t school_count;
};

enum import_hold_kind {
    HOLD_PUPILS_DEPARTED,
    HOLD_GUARDIANS_DEPARTED,
    HOLD_PUPILS_DWINDLED,
    HOLD_GUARDIANS_DWINDLED,
    HOLD_IDENTITIES_CHANGED,
    HOLD_PUPILS_MOVED,
    HOLD_LINKS_CHANGED,
    HOLD_MAILS_GONE,
    HOLD_MOBILES_GONE,
    HOLD_RECORDS_REFUSED,
    HOLD_READ_REFUSED,
    HOLD_HEADS_GONE,
    HOLD_SCHOOL_DEPARTED,
    HOLD_SCHOOL_MOVED,
    HOLD_SCHOOL_LINKS_CHANGED,
    HOLD_KIND_COUNT
};

struct import_hold_reason {
    enum import_hold_kind kind;
    struct uai uai; /* of HOLD_SCHOOL_…, else "" */
    int64_t count, of;
    int share_max;
    bool is_rentree;
};

enum { IMPORT_HOLD_REASONS_MAX = 16, IMPORT_HOLD_TEXT_SIZE = 4096 };

struct import_hold {
    struct import_hold_reason
        reasons[IMPORT_HOLD_REASONS_MAX]; /* of the academy first, then schools, the worst first */
    size_t count;                         /* 0: not held */
    size_t schools_left_out;              /* held as well, for which there was no room */
};

/* The whole judgement. A first load, when nothing was known, can only be held for what is refused of it. */
struct import_hold import_hold_judge(
    const struct import_hold_figures *figures, const struct import_hold_settings *settings, struct date date);

/* The reasons in French, a sentence a line, without a line's end at the end. */
void import_hold_explain(const struct import_hold *hold, char out_text[IMPORT_HOLD_TEXT_SIZE]);
