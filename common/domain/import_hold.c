#include "domain/import_hold.h"

#include "domain/text.h"

#include <assert.h>

#define NARROW_SPACE "\u202f"
#define NO_BREAK_SPACE "\u00a0"

const struct import_hold_limits *import_hold_limits_on(const struct import_hold_settings *settings, struct date date)
{
    return season_contains(&settings->rentree_season, date) ? &settings->rentree : &settings->usual;
}

static bool is_exceeded(int64_t count, int64_t of, int share_max, int64_t count_min)
{
    return of > 0 && count >= count_min && share_max < 100 && count * 100 > of * share_max;
}

/* --- schools: the worst of them, in order --- */

/* The larger share first, then the larger number, then the order of UAI: the same figures give the same text. */
static bool is_worse(const struct import_hold_reason *a, const struct import_hold_reason *b)
{
    int64_t left = a->count * b->of;
    int64_t right = b->count * a->of;
    if (left != right) {
        return left > right;
    }
    if (a->count != b->count) {
        return a->count > b->count;
    }
    for (size_t i = 0; i < UAI_SIZE; i++) {
        if (a->uai.text[i] != b->uai.text[i]) {
            return a->uai.text[i] < b->uai.text[i];
        }
    }
    return false;
}

/* Into its place among the schools, which begin at `first`; the last one falls out when there is no room. */
static void school_insert(struct import_hold *hold, size_t first, const struct import_hold_reason *reason)
{
    size_t place = hold->count;
    while (place > first && is_worse(reason, &hold->reasons[place - 1])) {
        place--;
    }
    if (hold->count == IMPORT_HOLD_REASONS_MAX) {
        hold->schools_left_out++;
    } else {
        hold->count++;
    }
    for (size_t i = hold->count; i-- > place + 1;) {
        hold->reasons[i] = hold->reasons[i - 1];
    }
    if (place < hold->count) {
        hold->reasons[place] = *reason;
    }
}

/* --- the judgement --- */

static void academy_judge(struct import_hold *hold, const struct import_hold_reason *reason, int64_t count_min)
{
    if (is_exceeded(reason->count, reason->of, reason->share_max, count_min)) {
        hold->reasons[hold->count++] = *reason;
    }
}

struct import_hold import_hold_judge(
    const struct import_hold_figures *figures, const struct import_hold_settings *settings, struct date date)
{
    const struct import_hold_limits *limits = import_hold_limits_on(settings, date);
    bool is_rentree = limits == &settings->rentree;
    const struct import_hold_reason academy[] = {
        {.kind = HOLD_PUPILS_DEPARTED,
         .count = figures->pupils_departed,
         .of = figures->pupils,
         .share_max = limits->departed_academy,
         .is_rentree = is_rentree},
        {.kind = HOLD_GUARDIANS_DEPARTED,
         .count = figures->guardians_departed,
         .of = figures->guardians,
         .share_max = limits->departed_academy,
         .is_rentree = is_rentree},
        {.kind = HOLD_IDENTITIES_CHANGED,
         .count = figures->identities_changed,
         .of = figures->pupils + figures->guardians,
         .share_max = limits->changed_academy,
         .is_rentree = is_rentree},
 /* schools that are missing leave their pupils refused: a city must not disappear from its heads' lists */
        {.kind = HOLD_RECORDS_REFUSED,
         .count = figures->refused,
         .of = figures->pupils + figures->guardians,
         .share_max = limits->departed_academy,
         .is_rentree = is_rentree},
    };
    struct import_hold hold = {0};
    for (size_t i = 0; i < sizeof academy / sizeof academy[0]; i++) {
        academy_judge(&hold, &academy[i], limits->count_min);
    }
    size_t first = hold.count;
    for (size_t i = 0; i < figures->school_count; i++) {
        const struct import_hold_school *school = &figures->schools[i];
        struct import_hold_reason reason = {
            HOLD_SCHOOL_DEPARTED, school->uai, school->departed, school->pupils, limits->departed_school, is_rentree};
        if (is_exceeded(reason.count, reason.of, reason.share_max, limits->count_min)) {
            school_insert(&hold, first, &reason);
        }
    }
    return hold;
}

/* --- in French --- */

struct wording {
    const char *of_one, *of_many; /* after "N des M" */
    const char *is_one, *is_many; /* what became of them */
    const char *expected;         /* after "au plus N %" */
};

static const struct wording wordings[HOLD_KIND_COUNT] = {
    [HOLD_PUPILS_DEPARTED] = {"élève",         "élèves",          "n’est plus dans la livraison", "ne sont plus dans la livraison",
                              "de départs attendus"                                                                                                                                 },
    [HOLD_GUARDIANS_DEPARTED] = {"responsable",     "responsables",      "n’est plus dans la livraison",
                              "ne sont plus dans la livraison",                                                                                                "de départs attendus"},
    [HOLD_IDENTITIES_CHANGED] = {"personne connue", "personnes connues",
                              "change de nom, de prénom ou de date de naissance",                      "changent de nom, de prénom ou de date de naissance",
                              "de changements attendus"                                                                                                                              },
    [HOLD_RECORDS_REFUSED] = {"personne connue", "personnes connues", "a une fiche refusée",           "ont une fiche refusée",
                              "de fiches refusées attendues"                                                                                                                        },
    [HOLD_SCHOOL_DEPARTED] = {"élève",         "élèves",          "n’est plus dans la livraison", "ne sont plus dans la livraison",
                              "de départs attendus"                                                                                                                                 },
};

static void add_number(struct text_builder *text, int64_t number)
{
    if (number >= 1000) {
        add_number(text, number / 1000);
        text_add(text, NARROW_SPACE);
        text_add_number(text, (uint64_t)(number % 1000), 3);
    } else {
        text_add_number(text, (uint64_t)number, 1);
    }
}

/* Upwards, so that what exceeds 5 % is never said to be 5 %. */
static void add_share(struct text_builder *text, int64_t count, int64_t of)
{
    add_number(text, (count * 100 + of - 1) / of);
    text_add(text, NO_BREAK_SPACE "%");
}

static void add_reason(struct text_builder *text, const struct import_hold_reason *reason)
{
    const struct wording *words = &wordings[reason->kind];
    if (reason->uai.text[0]) {
        text_add(text, "Établissement ");
        text_add(text, reason->uai.text);
        text_add(text, NO_BREAK_SPACE ": ");
    }
    add_number(text, reason->count);
    text_add(text, reason->of == 1 ? " sur " : " des ");
    add_number(text, reason->of);
    text_add(text, " ");
    text_add(text, reason->of == 1 ? words->of_one : words->of_many);
    text_add(text, " (");
    add_share(text, reason->count, reason->of);
    text_add(text, ") ");
    text_add(text, reason->count == 1 ? words->is_one : words->is_many);
    text_add(text, NO_BREAK_SPACE "; au plus ");
    add_number(text, reason->share_max);
    text_add(text, NO_BREAK_SPACE "% ");
    text_add(text, words->expected);
    text_add(text, reason->is_rentree ? " pendant la rentrée." : " hors rentrée.");
}

void import_hold_explain(const struct import_hold *hold, char out_text[IMPORT_HOLD_TEXT_SIZE])
{
    struct text_builder text = text_begin(out_text, IMPORT_HOLD_TEXT_SIZE);
    for (size_t i = 0; i < hold->count; i++) {
        text_add(&text, i > 0 ? "\n" : "");
        add_reason(&text, &hold->reasons[i]);
    }
    if (hold->schools_left_out > 0) {
        text_add(&text, "\nEt ");
        add_number(&text, (int64_t)hold->schools_left_out);
        text_add(&text, hold->schools_left_out == 1 ? " autre établissement." : " autres établissements.");
    }
    assert(!text.overflowed);
}
