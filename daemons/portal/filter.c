#include "portal/filter.h"

#include "domain/text.h"
#include "portal/query_text.h"
#include "runtime/cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHOICES_MAX 5
#define EXPIRY_DAYS_MAX 3660

enum kind { KIND_TEXT, KIND_STATE, KIND_ORIGIN, KIND_CHOICE, KIND_DATE, KIND_DAYS };

static const struct key_row {
    const char *name;
    const char *before, *after; /* the value in its tag */
    enum kind kind;
    struct filter_choice choices[CHOICES_MAX];
} keys[FILTER_KEY_COUNT] = {
    [FILTER_NAME] = {"nom",           "Nom : ",                      "",       KIND_TEXT,   {{0}}                     },
    [FILTER_CLASS] = {"classe",        "Classe ",                     "",       KIND_TEXT,   {{0}}                     },
    [FILTER_LEVEL] = {"niveau",        "Niveau ",                     "",       KIND_TEXT,   {{0}}                     },
    [FILTER_STATE] = {"etat",          "",                            "",       KIND_STATE,  {{0}}                     },
    [FILTER_ORIGIN] = {"origine",       "Origine : ",                  "",       KIND_ORIGIN, {{0}}                     },
    [FILTER_MAIL] = {"courriel",      "Courriel : ",                 "",       KIND_CHOICE,
                     {{"avec", "Avec", "Avec courriel"}, {"sans", "Sans", "Sans courriel"},
            {"revenu", "Revenu en erreur", "Courriel revenu en erreur"}}                                              },
    [FILTER_MOBILE] = {"mobile",        "Mobile : ",                   "",       KIND_CHOICE,
                     {{"avec", "Avec", "Avec mobile"}, {"sans", "Sans", "Sans mobile"}}                               },
    [FILTER_NOTIFIED] = {"notifie",       "Notification : ",             "",       KIND_CHOICE,
                     {{"jamais", "Jamais notifié", "Jamais notifié"}, {"oui", "Déjà notifié", "Déjà notifié"}}},
    [FILTER_BEFORE] = {"notifie_avant", "Notifié avant le ",          "",       KIND_DATE,   {{0}}                     },
    [FILTER_AFTER] = {"notifie_apres", "Notifié depuis le ",         "",       KIND_DATE,   {{0}}                     },
    [FILTER_EXPIRY] = {"echeance",      "Échéance dans les ",        " jours", KIND_DAYS,
                     {{"0", "Délai dépassé", "Délai dépassé"}, {"7", "Dans les 7 jours", "Échéance dans les 7 jours"},
            {"14", "Dans les 14 jours", "Échéance dans les 14 jours"},
            {"30", "Dans les 30 jours", "Échéance dans les 30 jours"}}                                              },
    [FILTER_LATEST] = {"echeance_au",   "Échéance au plus tard le ", "",       KIND_DATE,   {{0}}                     },
    [FILTER_SIGN_IN] = {"connexion",     "Connexion : ",                "",       KIND_CHOICE,
                     {{"jamais", "Jamais connecté", "Jamais connecté"}}                                             },
};

static const char *const sorts[FILTER_SORT_COUNT] = {
    [SORT_NAME] = "nom",
    [SORT_CLASS] = "classe",
    [SORT_STATE] = "etat",
    [SORT_NOTIFIED] = "notification",
    [SORT_EXPIRY] = "echeance",
    [SORT_LOGIN] = "identifiant",
};

static const int64_t page_sizes[] = {25, FILTER_ROWS_DEFAULT, 100, 200};

/* ---- reading */

static const struct filter_choice *choice_of(enum filter_key key, const char *value)
{
    const struct filter_choice *choice;
    for (size_t i = 0; (choice = filter_choice_at(key, i)); i++) {
        if (strcmp(choice->value, value) == 0) {
            return choice;
        }
    }
    return NULL;
}

/* A whole number without sign or blank; -1: it is none, or more than max. */
static int64_t number_of(const char *text, int64_t max)
{
    char *end = NULL;
    if (!text_is_digit(text[0]) || strlen(text) > 12) {
        return -1;
    }
    long long number = strtoll(text, &end, 10);
    return *end == '\0' && number <= max ? number : -1;
}

static bool value_is_right(struct filter *filter, enum filter_key key, const char *value)
{
    enum account_state state;
    enum account_origin origin;
    switch (keys[key].kind) {
    case KIND_TEXT:
        return true;
    case KIND_STATE:
        return state_from_code(value, &state);
    case KIND_ORIGIN:
        return origin_from_code(value, &origin);
    case KIND_CHOICE:
        return choice_of(key, value) != NULL;
    case KIND_DATE:
        return date_parse_typed(value, &filter->days[key]);
    case KIND_DAYS:
        filter->expiry_days = (int)number_of(value, EXPIRY_DAYS_MAX);
        return filter->expiry_days >= 0;
    }
    return false;
}

static void sort_read(struct filter *filter, const char *text)
{
    bool is_descending = text && text[0] == '-';
    for (int sort = 0; text && sort < FILTER_SORT_COUNT; sort++) {
        if (strcmp(text + is_descending, sorts[sort]) == 0) {
            filter->sort = (enum filter_sort)sort;
            filter->is_descending = is_descending;
        }
    }
}

static int64_t rows_read(const char *text)
{
    int64_t rows = text ? number_of(text, INT32_MAX) : -1;
    for (size_t i = 0; i < ARRAY_LENGTH(page_sizes); i++) {
        if (page_sizes[i] == rows) {
            return rows;
        }
    }
    return FILTER_ROWS_DEFAULT;
}

void filter_read(struct filter *out_filter, enum account_profile profile, filter_source *value, const void *source)
{
    *out_filter = (struct filter){.profile = profile};
    for (int key = 0; key < FILTER_KEY_COUNT; key++) {
        const char *text = value(source, keys[key].name);
        text = text && text[strspn(text, " ")] != '\0' ? text : "";
        bool is_right = strlen(text) <= FILTER_VALUE_MAX &&
                        (text[0] == '\0' || value_is_right(out_filter, (enum filter_key)key, text));
        out_filter->values[key] = strlen(text) <= FILTER_VALUE_MAX ? text : "…";
        out_filter->is_wrong[key] = !is_right;
    }
    sort_read(out_filter, value(source, "tri"));
    out_filter->rows = rows_read(value(source, "lignes"));
    const char *page = value(source, "page");
    int64_t number = page ? number_of(page, FILTER_PAGE_LAST) : 1;
    out_filter->page = number >= 1 ? number : 1; /* a page that is none counts as the first */
    const char *selection = value(source, "choix");
    number = selection ? number_of(selection, INT64_MAX) : 0;
    out_filter->selection = number >= 1 ? number : 0;
}

/* ---- asking */

bool filter_narrows(const struct filter *filter)
{
    for (int key = 0; key < FILTER_KEY_COUNT; key++) {
        if (filter->values[key][0] != '\0') {
            return true;
        }
    }
    return false;
}

bool filter_is_understood(const struct filter *filter)
{
    for (int key = 0; key < FILTER_KEY_COUNT; key++) {
        if (filter->is_wrong[key]) {
            return false;
        }
    }
    return true;
}

struct filter filter_sorted(const struct filter *filter, enum filter_sort sort)
{
    struct filter sorted = *filter;
    sorted.is_descending = sort == filter->sort && !filter->is_descending;
    sorted.sort = sort;
    sorted.page = 1;
    return sorted;
}

struct filter filter_without(const struct filter *filter, enum filter_key key)
{
    struct filter without = *filter;
    without.values[key] = "";
    without.is_wrong[key] = false;
    without.page = 1;
    return without;
}

/* ---- writing */

static void add_pair(struct text_builder *text, const char *name, const char *value)
{
    text_add_char(text, text->used == 0 ? '?' : '&');
    text_add(text, name);
    text_add_char(text, '=');
    query_add(text, value);
}

static void add_number(struct text_builder *text, const char *name, int64_t value)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%lld", (long long)value);
    add_pair(text, name, digits);
}

void filter_write(const struct filter *filter, char out_text[FILTER_HREF_SIZE])
{
    struct text_builder text = text_begin(out_text, FILTER_HREF_SIZE);
    for (int key = 0; key < FILTER_KEY_COUNT; key++) {
        if (filter->values[key][0] != '\0') {
            add_pair(&text, keys[key].name, filter->values[key]);
        }
    }
    if (filter->sort != SORT_NAME || filter->is_descending) {
        char sort[24];
        (void)snprintf(sort, sizeof sort, "%s%s", filter->is_descending ? "-" : "", sorts[filter->sort]);
        add_pair(&text, "tri", sort);
    }
    if (filter->rows != FILTER_ROWS_DEFAULT) {
        add_number(&text, "lignes", filter->rows);
    }
    if (filter->selection > 0) {
        add_number(&text, "choix", filter->selection);
    }
    if (filter->page > 1) {
        add_number(&text, "page", filter->page);
    }
}

const char *filter_name(enum filter_key key)
{
    return keys[key].name;
}

const char *filter_sort_name(enum filter_sort sort)
{
    return sorts[sort];
}

/* The value as people read it. */
static const char *value_label(const struct filter *filter, enum filter_key key, char out_day[DATE_TEXT_SIZE])
{
    const char *value = filter->values[key];
    enum account_state state;
    enum account_origin origin;
    if (keys[key].kind == KIND_STATE && state_from_code(value, &state)) {
        return state_label(state);
    }
    if (keys[key].kind == KIND_ORIGIN && origin_from_code(value, &origin)) {
        return origin_label(origin);
    }
    if (keys[key].kind == KIND_DATE) {
        date_write_french(filter->days[key], out_day);
        return out_day;
    }
    return value;
}

void filter_tag(const struct filter *filter, enum filter_key key, char out_text[FILTER_TAG_SIZE])
{
    char day[DATE_TEXT_SIZE];
    const struct filter_choice *choice = choice_of(key, filter->values[key]);
    if (filter->is_wrong[key]) {
        (void)snprintf(out_text, FILTER_TAG_SIZE, "%s : « %s » n’est pas compris", keys[key].name, filter->values[key]);
    } else if (choice) {
        (void)snprintf(out_text, FILTER_TAG_SIZE, "%s", choice->tag);
    } else {
        (void)snprintf(
            out_text, FILTER_TAG_SIZE, "%s%s%s", keys[key].before, value_label(filter, key, day), keys[key].after);
    }
}

const struct filter_choice *filter_choice_at(enum filter_key key, size_t index)
{
    return index < CHOICES_MAX && keys[key].choices[index].value ? &keys[key].choices[index] : NULL;
}

int64_t filter_rows_at(size_t index)
{
    return index < ARRAY_LENGTH(page_sizes) ? page_sizes[index] : 0;
}
