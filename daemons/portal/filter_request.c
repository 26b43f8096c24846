#include "portal/filter_request.h"
#include "portal/tabs.h"

#include "domain/name.h"
#include "runtime/clock.h"

#include <string.h>

enum { WORDS_MAX = 16 };

static const char *query_value(const void *request, const char *name)
{
    return http_query(request, name);
}

static const char *form_value(const void *request, const char *name)
{
    const char *value = http_form(request, name);
    return value ? value : http_query(request, name);
}

void filter_from_query(const struct visit *visit, enum account_profile profile, struct filter *out_filter)
{
    filter_read(out_filter, profile, query_value, visit->request);
}

void filter_from_form(const struct visit *visit, enum account_profile profile, struct filter *out_filter)
{
    filter_read(out_filter, profile, form_value, visit->request);
}

/* What holds no letter is no name of anybody: looked for as it is, it finds nobody. */
static void words_split(struct arena *arena, const char *typed, struct roster_filter *filter)
{
    const char **words = arena_alloc(arena, WORDS_MAX, sizeof *words);
    struct name_key key;
    filter->words = words;
    if (!words || typed[0] == '\0') {
        return;
    }
    if (!name_key_make(typed, &key)) {
        words[filter->word_count++] = typed;
        return;
    }
    char *text = arena_copy(arena, key.text);
    char *rest = NULL;
    for (char *word = strtok_r(text, " ", &rest); word && filter->word_count < WORDS_MAX;
         word = strtok_r(NULL, " ", &rest)) {
        words[filter->word_count++] = word;
    }
}

/* What ends on a day or before it, also what has ended: a reminder's list is looked at late, too. */
static void latest_bound(const struct filter *filter, struct roster_filter *roster)
{
    if (filter->values[FILTER_LATEST][0] == '\0') {
        return;
    }
    struct instant end = clock_day_start(filter->days[FILTER_LATEST], 1);
    if (!instant_is_set(roster->expires_to) || instant_before(end, roster->expires_to)) {
        roster->expires_to = end;
    }
}

static void expiry_bound(const struct filter *filter, struct roster_filter *roster)
{
    struct instant now = clock_now();
    if (filter->values[FILTER_EXPIRY][0] == '\0') {
        return;
    }
    if (filter->expiry_days == 0) {
        roster->expires_to = now;
    } else {
        roster->expires_from = now;
        roster->expires_to = instant_add(now, DAYS(filter->expiry_days));
    }
}

struct roster_filter filter_roster(const struct visit *visit, const struct filter *filter)
{
    const char *const *values = filter->values;
    struct roster_filter roster = {
        .profile = filter->profile,
        .class = values[FILTER_CLASS],
        .level = values[FILTER_LEVEL],
        .state = values[FILTER_STATE],
        .origin = values[FILTER_ORIGIN],
        .mail = values[FILTER_MAIL],
        .mobile = values[FILTER_MOBILE],
        .notified = values[FILTER_NOTIFIED],
        .before = values[FILTER_BEFORE][0] != '\0' ? clock_day_start(filter->days[FILTER_BEFORE], 0) : INSTANT_NEVER,
        .after = values[FILTER_AFTER][0] != '\0' ? clock_day_start(filter->days[FILTER_AFTER], 0) : INSTANT_NEVER,
        .sign_in = values[FILTER_SIGN_IN],
        .sort = filter_sort_name(filter->sort),
        .is_descending = filter->is_descending,
        .limit = filter->rows,
        .offset = (filter->page - 1) * filter->rows,
    };
    words_split(visit_arena(visit), values[FILTER_NAME], &roster);
    expiry_bound(filter, &roster);
    latest_bound(filter, &roster);
    return roster;
}

const char *filter_href_to(const struct visit *visit, const struct filter *filter, const char *place)
{
    char query[FILTER_HREF_SIZE];
    filter_write(filter, query);
    return arena_printf(visit_arena(visit), "/etablissements/%s/%s%s", visit->school.uai.text, place, query);
}

const char *filter_href(const struct visit *visit, const struct filter *filter)
{
    return filter_href_to(visit, filter, tab_of(filter->profile));
}
