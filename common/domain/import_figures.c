#include "domain/import_figures.h"

#include "domain/text.h"

#include <string.h>

struct word {
    const char *code, *label, *of_accounts;
};

static const struct word categories[] = {
    {"EtabEducNat",    "Établissements",          NULL},
    {"Eleve",          "Élèves",                 NULL},
    {"PersRelEleve",   "Responsables et contacts", NULL},
    {"account",        "Comptes",                  NULL},
    {"PersEducNat",    "Personnels",               NULL},
    {"MefEducNat",     "Niveaux",                  NULL},
    {"MatiereEducNat", "Matières",                NULL},
    {NULL,             NULL,                       NULL},
};

/* Of records, then of accounts where it is another word. */
static const struct word counters[] = {
    {"read",      "lues",               NULL      },
    {"added",     "ajoutées",          "créés" },
    {"changed",   "changées",          "changés"},
    {"unchanged", "inchangées",        NULL      },
    {"departed",  "parties",            "fermés" },
    {"refused",   "refusées",          NULL      },
    {"reported",  "valeurs écartées", NULL      },
    {"ignored",   "sans objet ici",     NULL      },
    {"merged",    "réunies",           "réunis" },
    {"closed",    "fermées",           "fermés" },
    {"erased",    "effacées",          "effacés"},
    {NULL,        NULL,                 NULL      },
};

static const struct word states[] = {
    {"running",  "en cours",          NULL},
    {"applied",  "intégrée",        NULL},
    {"refused",  "refusée",          NULL},
    {"failed",   "en échec",         NULL},
    {"held",     "retenue",           NULL},
    {"checked",  "vérifiée",        NULL},
    {"repeated", "déjà intégrée", NULL},
    {NULL,       NULL,                NULL},
};

static const struct word kinds[] = {
    {"complete", "export complet",               NULL},
    {"delta",    "export différentiel (Delta)", NULL},
    {NULL,       NULL,                           NULL},
};

/* Past the last for one that is not known. */
static size_t rank_of(const struct word *words, const char *code)
{
    size_t rank = 0;
    while (words[rank].code && strcmp(words[rank].code, code) != 0) {
        rank++;
    }
    return rank;
}

static const char *label_of(const struct word *words, const char *code)
{
    const struct word *word = &words[rank_of(words, code)];
    return word->code ? word->label : code;
}

const char *import_category_label(const char *category)
{
    return label_of(categories, category);
}

const char *import_counter_label(const char *category, const char *counter)
{
    const struct word *word = &counters[rank_of(counters, counter)];
    if (word->code && word->of_accounts && strcmp(category, "account") == 0) {
        return word->of_accounts;
    }
    return word->code ? word->label : counter;
}

const char *import_state_label(const char *state)
{
    return label_of(states, state);
}

const char *import_kind_label(const char *kind)
{
    return label_of(kinds, kind);
}

void import_duration_write(struct duration duration, char out_text[static IMPORT_DURATION_SIZE])
{
    uint64_t tenths = duration.us > 0 ? (uint64_t)duration.us / 100000 : 0;
    uint64_t seconds = tenths / 10;
    struct text_builder text = text_begin(out_text, IMPORT_DURATION_SIZE);
    if (seconds >= 3600) {
        text_add_number(&text, seconds / 3600, 1);
        text_add(&text, " h ");
        text_add_number(&text, seconds / 60 % 60, 2);
        text_add(&text, " min");
    } else if (seconds >= 60) {
        text_add_number(&text, seconds / 60, 1);
        text_add(&text, " min ");
        text_add_number(&text, seconds % 60, 2);
        text_add(&text, " s");
    } else {
        text_add_number(&text, seconds, 1);
        text_add(&text, ",");
        text_add_number(&text, tenths % 10, 1);
        text_add(&text, " s");
    }
}

/* --- today beside yesterday --- */

static int compare(const struct import_figure *a, const struct import_figure *b)
{
    size_t of_a = rank_of(categories, a->category);
    size_t of_b = rank_of(categories, b->category);
    if (of_a != of_b) {
        return of_a < of_b ? -1 : 1;
    }
    int by_name = strcmp(a->category, b->category);
    if (by_name != 0) {
        return by_name;
    }
    of_a = rank_of(counters, a->what);
    of_b = rank_of(counters, b->what);
    return of_a == of_b ? strcmp(a->what, b->what) : of_a < of_b ? -1 : 1;
}

/* The place of the counter, made in its order when it has none; NULL: there is no room. */
static struct import_figure *figure_at(
    struct import_figure *figures, size_t *count, size_t capacity, const struct import_count *counted)
{
    const struct import_figure wanted = {counted->category, counted->what, 0, 0};
    size_t at = 0;
    while (at < *count && compare(&figures[at], &wanted) < 0) {
        at++;
    }
    if (at < *count && compare(&figures[at], &wanted) == 0) {
        return &figures[at];
    }
    if (*count == capacity) {
        return NULL;
    }
    memmove(&figures[at + 1], &figures[at], (*count - at) * sizeof *figures);
    figures[at] = wanted;
    (*count)++;
    return &figures[at];
}

size_t import_figures_line_up(const struct import_count *counts, size_t count, const struct import_count *previous,
    size_t previous_count, struct import_figure *out_figures, size_t capacity)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        struct import_figure *figure = figure_at(out_figures, &used, capacity, &counts[i]);
        if (figure) {
            figure->count += counts[i].count;
        }
    }
    for (size_t i = 0; i < previous_count; i++) {
        struct import_figure *figure = figure_at(out_figures, &used, capacity, &previous[i]);
        if (figure) {
            figure->previous += previous[i].count;
        }
    }
    return used;
}

/* --- schools --- */

void import_school_count(struct import_school *school, const char *category, const char *what, uint64_t count)
{
    if (strcmp(what, "refused") == 0) {
        school->refused += count;
    } else if (strcmp(what, "departed") == 0 && strcmp(category, "Eleve") == 0) {
        school->departed_pupils += count;
    } else if (strcmp(what, "departed") == 0 && strcmp(category, "PersRelEleve") == 0) {
        school->departed_guardians += count;
    }
}

static uint64_t told(const struct import_school *school)
{
    return school->departed_pupils + school->departed_guardians + school->refused;
}

bool import_school_is_told(const struct import_school *school)
{
    return told(school) > 0;
}

int import_school_compare(const void *a, const void *b)
{
    const struct import_school *one = a;
    const struct import_school *other = b;
    if (told(one) != told(other)) {
        return told(one) > told(other) ? -1 : 1;
    }
    return strcmp(one->uai, other->uai);
}
