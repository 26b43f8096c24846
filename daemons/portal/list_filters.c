#include "portal/list_view.h"

#include "runtime/cleanup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where each filter with a list of values stands in the template. */
static const struct {
    enum filter_key key;
    const char *part;
} listed[] = {
    {FILTER_STATE,    "STATE"          },
    {FILTER_ORIGIN,   "ORIGIN"         },
    {FILTER_MAIL,     "MAIL"           },
    {FILTER_MOBILE,   "MOBILE"         },
    {FILTER_NOTIFIED, "NOTIFIED_FILTER"},
    {FILTER_EXPIRY,   "EXPIRY_FILTER"  },
    {FILTER_SIGN_IN,  "SIGN_IN"        },
};

/* Those that are always in sight. */
static bool is_in_sight(enum filter_key key)
{
    return key == FILTER_NAME || key == FILTER_CLASS || key == FILTER_STATE || key == FILTER_MAIL;
}

void list_choice_add(struct view *view, const char *part, const char *value, const char *label, const char *chosen)
{
    struct view *choice = view_add(view, part);
    view_set(choice, "VALUE", value);
    view_set(choice, "LABEL", label);
    if (strcmp(value, chosen) == 0) {
        view_show(choice, "SELECTED");
    }
}

static void states_fill(struct view *body, const struct filter *filter)
{
    const char *const *values = filter->values;
    for (int state = 0; state < STATE_COUNT; state++) {
        if (filter->profile == PROFILE_RESPONSABLE || state != STATE_EN_COURS) { /* a pupil is never half open */
            list_choice_add(body, "STATE", state_code((enum account_state)state),
                state_label((enum account_state)state), values[FILTER_STATE]);
        }
    }
    for (int origin = 0; origin < ORIGIN_COUNT; origin++) {
        list_choice_add(body, "ORIGIN", origin_code((enum account_origin)origin),
            origin_label((enum account_origin)origin), values[FILTER_ORIGIN]);
    }
}

static void fixed_choices_fill(struct view *body, const struct filter *filter)
{
    const struct filter_choice *choice;
    for (size_t i = 0; i < ARRAY_LENGTH(listed); i++) {
        for (size_t j = 0; (choice = filter_choice_at(listed[i].key, j)); j++) {
            list_choice_add(body, listed[i].part, choice->value, choice->label, filter->values[listed[i].key]);
        }
    }
}

/* A value that comes by a link and is none of the field's: shown there too, so that filtering again keeps it. */
static void odd_values_fill(struct view *body, const struct filter *filter)
{
    char label[FILTER_TAG_SIZE];
    for (size_t i = 0; i < ARRAY_LENGTH(listed); i++) {
        enum filter_key key = listed[i].key;
        const char *value = filter->values[key];
        bool is_listed = value[0] == '\0' || ((key == FILTER_STATE || key == FILTER_ORIGIN) && !filter->is_wrong[key]);
        const struct filter_choice *choice;
        for (size_t j = 0; !is_listed && (choice = filter_choice_at(key, j)); j++) {
            is_listed = strcmp(choice->value, value) == 0;
        }
        if (!is_listed) {
            filter_tag(filter, key, label);
            list_choice_add(body, listed[i].part, value, label, value);
        }
    }
}

/* As a browser's date field writes them; what is no date stays as it was typed. */
static void dates_fill(struct view *body, const struct filter *filter)
{
    char day[DATE_TEXT_SIZE];
    static const struct {
        enum filter_key key;
        const char *name;
    } dates[] = {
        {FILTER_BEFORE, "BEFORE"},
        {FILTER_AFTER,  "AFTER" },
        {FILTER_LATEST, "LATEST"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(dates); i++) {
        const char *value = filter->values[dates[i].key];
        if (value[0] != '\0' && !filter->is_wrong[dates[i].key]) {
            date_write_iso(filter->days[dates[i].key], day);
            value = day;
        }
        view_set(body, dates[i].name, value);
    }
}

static void order_fill(struct view *body, const struct filter *filter)
{
    static const char *const labels[FILTER_SORT_COUNT] = {
        "Nom", "Classe", "État", "Notification", "Échéance", "Identifiant"};
    char value[32];
    char label[64];
    char chosen[32];
    (void)snprintf(chosen, sizeof chosen, "%s%s", filter->is_descending ? "-" : "", filter_sort_name(filter->sort));
    for (int sort = 0; sort < FILTER_SORT_COUNT; sort++) {
        const char *name = filter_sort_name((enum filter_sort)sort);
        list_choice_add(body, "ORDER", name, labels[sort], chosen);
        (void)snprintf(value, sizeof value, "-%s", name);
        (void)snprintf(label, sizeof label, "%s, du dernier au premier", labels[sort]);
        list_choice_add(body, "ORDER", value, label, chosen);
    }
    (void)snprintf(chosen, sizeof chosen, "%" PRId64, filter->rows);
    for (size_t i = 0; filter_rows_at(i) > 0; i++) {
        (void)snprintf(value, sizeof value, "%" PRId64, filter_rows_at(i));
        list_choice_add(body, "ROWS", value, value, chosen);
    }
}

static void tags_fill(const struct visit *visit, struct view *body, const struct filter *filter)
{
    char label[FILTER_TAG_SIZE];
    bool is_open = false;
    if (!filter_narrows(filter)) {
        return;
    }
    struct view *tags = view_add(body, "TAGS");
    struct filter none = *filter;
    for (int i = 0; i < FILTER_KEY_COUNT; i++) {
        enum filter_key key = (enum filter_key)i;
        if (filter->values[key][0] != '\0') {
            struct filter without = filter_without(filter, key);
            struct view *tag = view_add(tags, "TAG");
            filter_tag(filter, key, label);
            view_set(tag, "LABEL", label);
            view_set(tag, "HREF", filter_href(visit, &without));
            is_open = is_open || !is_in_sight(key);
            none = filter_without(&none, key);
        }
    }
    view_set(tags, "NONE_HREF", filter_href(visit, &none));
    if (is_open) {
        view_show(body, "MORE_OPEN");
    }
}

void list_filters_fill(
    const struct visit *visit, const struct list *list, const struct roster_choice *choices, size_t count)
{
    const struct filter *filter = &list->filter;
    struct filter here = *filter;
    here.page = 1;
    for (int key = 0; key < FILTER_KEY_COUNT; key++) {
        here.values[key] = "";
    }
    view_set(list->body, "FILTER_ACTION", filter_href(visit, &here));
    view_set(list->body, "QUERY", filter->values[FILTER_NAME]);
    states_fill(list->body, filter);
    fixed_choices_fill(list->body, filter);
    odd_values_fill(list->body, filter);
    dates_fill(list->body, filter);
    order_fill(list->body, filter);
    tags_fill(visit, list->body, filter);
    bool has_class = filter->values[FILTER_CLASS][0] == '\0';
    bool has_level = filter->values[FILTER_LEVEL][0] == '\0';
    for (size_t i = 0; i < count; i++) {
        const char *chosen = filter->values[choices[i].is_class ? FILTER_CLASS : FILTER_LEVEL];
        list_choice_add(
            list->body, choices[i].is_class ? "CLASS" : "LEVEL", choices[i].value, choices[i].value, chosen);
        has_class = has_class || (choices[i].is_class && strcmp(choices[i].value, chosen) == 0);
        has_level = has_level || (!choices[i].is_class && strcmp(choices[i].value, chosen) == 0);
    }
    if (!has_class) {
        list_choice_add(list->body, "CLASS", filter->values[FILTER_CLASS], filter->values[FILTER_CLASS],
            filter->values[FILTER_CLASS]);
    }
    if (!has_level) {
        list_choice_add(list->body, "LEVEL", filter->values[FILTER_LEVEL], filter->values[FILTER_LEVEL],
            filter->values[FILTER_LEVEL]);
    }
}
