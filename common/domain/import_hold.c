#include "domain/import_hold.h"

#include "domain/text.h"

#include <assert.h>

#define NARROW_SPACE "\u202f"
#define NO_BREAK_SPACE "\u00a0"

const struct import_hold_limits *import_hold_limits_on(const struct import_hold_settings *settings, struct date date)
{
    return season_contains(&settings->rentree_season, date) ? &settings->rentree : &settings->usual;
}

struct instant import_hold_memory_begins(const struct import_hold_settings *settings, struct date date)
{
    bool is_rentree = season_contains(&settings->rentree_season, date);
    struct instant today = date_start(date);
    struct instant begins = today;
    struct instant before = instant_add(begins, DAYS(-1));
    while (!duration_longer(instant_since(today, before), settings->memory) &&
           (is_rentree || !season_contains(&settings->rentree_season, date_of_instant(before)))) {
        begins = before;
        before = instant_add(begins, DAYS(-1));
    }
    return begins;
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

static bool reason_is_held(const struct import_hold_reason *reason, int64_t count_min)
{
    return is_exceeded(reason->count, reason->of, reason->share_max, count_min);
}

static bool has_reason(const struct import_hold *hold, enum import_hold_kind kind)
{
    for (size_t i = 0; i < hold->count; i++) {
        if (hold->reasons[i].kind == kind) {
            return true;
        }
    }
    return false;
}

/* The losses of many days are told only where those of this one alone were not too many. */
static bool is_told_already(const struct import_hold *hold, enum import_hold_kind kind)
{
    return (kind == HOLD_PUPILS_DWINDLED && has_reason(hold, HOLD_PUPILS_DEPARTED)) ||
           (kind == HOLD_GUARDIANS_DWINDLED && has_reason(hold, HOLD_GUARDIANS_DEPARTED));
}

/* What is refused of a first load is no share of those known: there are none yet, or less than it refuses. Of an academy
 * that is known, records that were never accepted are refused every night, and are no reason to hold it every night. */
static int64_t first_refused(const struct import_hold_figures *figures)
{
    return figures->read_refused > figures->pupils + figures->guardians ? figures->read_refused : 0;
}

static void academy_judge(
    struct import_hold *hold, const struct import_hold_figures *figures, const struct import_hold_limits *limits)
{
    const struct import_hold_figures *f = figures;
    int64_t pupils_lost = f->pupils_most - (f->pupils - f->pupils_departed + f->pupils_joined);
    int64_t guardians_lost = f->guardians_most - (f->guardians - f->guardians_departed + f->guardians_joined);
    int64_t persons_known = f->pupils + f->guardians;
    const struct import_hold_reason reasons[] = {
        {HOLD_PUPILS_DEPARTED,    {""}, f->pupils_departed,    f->pupils,         limits->departed_academy, false},
        {HOLD_GUARDIANS_DEPARTED, {""}, f->guardians_departed, f->guardians,      limits->departed_academy, false},
        {HOLD_PUPILS_DWINDLED,    {""}, pupils_lost,           f->pupils_most,    limits->departed_academy, false},
        {HOLD_GUARDIANS_DWINDLED, {""}, guardians_lost,        f->guardians_most, limits->departed_academy, false},
        {HOLD_IDENTITIES_CHANGED, {""}, f->identities_changed, persons_known,     limits->changed_academy,  false},
        {HOLD_PUPILS_MOVED,       {""}, f->moved,              f->pupils,         limits->moved_academy,    false},
        {HOLD_LINKS_CHANGED,      {""}, f->relinked,           f->pupils,         limits->links_academy,    false},
        {HOLD_MAILS_GONE,         {""}, f->mails_gone,         persons_known,     limits->contacts_academy, false},
        {HOLD_MOBILES_GONE,       {""}, f->mobiles_gone,       persons_known,     limits->contacts_academy, false},
 /* schools that are missing leave their pupils refused: a city must not disappear from its heads' lists */
        {HOLD_RECORDS_REFUSED,    {""}, f->refused,            persons_known,     limits->departed_academy, false},
        {HOLD_READ_REFUSED,       {""}, first_refused(f),      f->read,           limits->departed_academy, false},
        {HOLD_HEADS_GONE,         {""}, f->headless,           f->headed,         limits->departed_academy, false},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reason_is_held(&reasons[i], limits->count_min) && !is_told_already(hold, reasons[i].kind)) {
            hold->reasons[hold->count++] = reasons[i];
        }
    }
}

/* The worst that befalls a school speaks for it. */
static void school_judge(struct import_hold *hold, size_t first, const struct import_hold_school *school,
    const struct import_hold_limits *limits)
{
    const struct import_hold_reason reasons[] = {
        {HOLD_SCHOOL_DEPARTED,      school->uai, school->departed, school->pupils, limits->departed_school, false},
        {HOLD_SCHOOL_MOVED,         school->uai, school->moved,    school->pupils, limits->moved_school,    false},
        {HOLD_SCHOOL_LINKS_CHANGED, school->uai, school->relinked, school->pupils, limits->links_school,    false},
    };
    const struct import_hold_reason *worst = NULL;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reason_is_held(&reasons[i], limits->count_min) && (!worst || is_worse(&reasons[i], worst))) {
            worst = &reasons[i];
        }
    }
    if (worst) {
        school_insert(hold, first, worst);
    }
}

struct import_hold import_hold_judge(
    const struct import_hold_figures *figures, const struct import_hold_settings *settings, struct date date)
{
    const struct import_hold_limits *limits = import_hold_limits_on(settings, date);
    struct import_hold hold = {0};
    academy_judge(&hold, figures, limits);
    size_t first = hold.count;
    for (size_t i = 0; i < figures->school_count; i++) {
        school_judge(&hold, first, &figures->schools[i], limits);
    }
    for (size_t i = 0; i < hold.count; i++) {
        hold.reasons[i].is_rentree = limits == &settings->rentree;
    }
    return hold;
}

/* --- in French --- */

/* After "N des M". */
struct noun {
    const char *one, *many;
};

static const struct noun pupils = {"élève", "élèves"};
static const struct noun guardians = {"responsable", "responsables"};
static const struct noun persons = {"personne connue", "personnes connues"};
static const struct noun records = {"fiche lue", "fiches lues"};
static const struct noun structures = {"structure dirigée", "structures dirigées"};

struct outcome {
    const char *one, *many;
    const char *expected; /* after "au plus N %" */
};

static const struct outcome departed = {
    "n’est plus dans la livraison", "ne sont plus dans la livraison", "de départs attendus"};
static const struct outcome dwindled = {"du plus grand export récent ne serait plus là",
    "du plus grand export récent ne seraient plus là", "de départs attendus"};
static const struct outcome renamed = {"change de nom, de prénom ou de date de naissance",
    "changent de nom, de prénom ou de date de naissance", "de changements attendus"};
static const struct outcome moved = {"change d’établissement", "changent d’établissement", "de changements attendus"};
static const struct outcome relinked = {
    "change de responsable légal", "changent de responsable légal", "de changements attendus"};
static const struct outcome mailless = {
    "n’a plus d’adresse de messagerie", "n’ont plus d’adresse de messagerie", "de disparitions attendues"};
static const struct outcome mobileless = {
    "n’a plus de numéro de mobile", "n’ont plus de numéro de mobile", "de disparitions attendues"};
static const struct outcome refused = {"a une fiche refusée", "ont une fiche refusée", "de fiches refusées attendues"};
static const struct outcome read_refused = {"est refusée", "sont refusées", "de fiches refusées attendues"};
static const struct outcome headless = {
    "n’aurait plus de directeur", "n’auraient plus de directeur", "de directions vacantes attendues"};

static const struct wording {
    const struct noun *noun;
    const struct outcome *outcome;
} wordings[HOLD_KIND_COUNT] = {
    [HOLD_PUPILS_DEPARTED] = {&pupils,     &departed    },
    [HOLD_GUARDIANS_DEPARTED] = {&guardians,  &departed    },
    [HOLD_PUPILS_DWINDLED] = {&pupils,     &dwindled    },
    [HOLD_GUARDIANS_DWINDLED] = {&guardians,  &dwindled    },
    [HOLD_IDENTITIES_CHANGED] = {&persons,    &renamed     },
    [HOLD_PUPILS_MOVED] = {&pupils,     &moved       },
    [HOLD_LINKS_CHANGED] = {&pupils,     &relinked    },
    [HOLD_MAILS_GONE] = {&persons,    &mailless    },
    [HOLD_MOBILES_GONE] = {&persons,    &mobileless  },
    [HOLD_RECORDS_REFUSED] = {&persons,    &refused     },
    [HOLD_READ_REFUSED] = {&records,    &read_refused},
    [HOLD_HEADS_GONE] = {&structures, &headless    },
    [HOLD_SCHOOL_DEPARTED] = {&pupils,     &departed    },
    [HOLD_SCHOOL_MOVED] = {&pupils,     &moved       },
    [HOLD_SCHOOL_LINKS_CHANGED] = {&pupils,     &relinked    },
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
    const struct noun *noun = wordings[reason->kind].noun;
    const struct outcome *outcome = wordings[reason->kind].outcome;
    if (reason->uai.text[0]) {
        text_add(text, "Établissement ");
        text_add(text, reason->uai.text);
        text_add(text, NO_BREAK_SPACE ": ");
    }
    add_number(text, reason->count);
    text_add(text, reason->of == 1 ? " sur " : " des ");
    add_number(text, reason->of);
    text_add(text, " ");
    text_add(text, reason->of == 1 ? noun->one : noun->many);
    text_add(text, " (");
    add_share(text, reason->count, reason->of);
    text_add(text, ") ");
    text_add(text, reason->count == 1 ? outcome->one : outcome->many);
    text_add(text, NO_BREAK_SPACE "; au plus ");
    add_number(text, reason->share_max);
    text_add(text, NO_BREAK_SPACE "% ");
    text_add(text, outcome->expected);
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
