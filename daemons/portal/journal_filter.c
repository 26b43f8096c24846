#include "portal/journal_filter.h"

#include "portal/query_text.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *typed(const struct visit *visit, const char *name)
{
    const char *value = http_query(visit->request, name);
    return value ? value : "";
}

/* "avant": microseconds, chain, number of the last entry of the page before. Another form is the first page. */
static void place_read(const char *text, struct journal_filter *filter)
{
    int end = 0;
    int64_t at;
    int64_t number;
    int chain;
    bool is_place = sscanf(text, "%18" SCNd64 "-%5d-%18" SCNd64 "%n", &at, &chain, &number, &end) == 3 &&
                    text[end] == '\0' && at > 0 && chain >= 0 && chain <= INT16_MAX && number > 0;
    if (is_place) {
        filter->is_further = true;
        filter->after.at.us = at;
        filter->after.chain = chain;
        filter->after.number = number;
    }
}

void journal_filter_read(const struct visit *visit, struct journal_filter *out_filter)
{
    *out_filter = (struct journal_filter){
        .uai = typed(visit, "etablissement"),
        .actor = typed(visit, "administrateur"),
        .action = typed(visit, "action"),
        .login = typed(visit, "compte"),
        .since = typed(visit, "depuis"),
        .until = typed(visit, "jusque"),
    };
    place_read(typed(visit, "avant"), out_filter);
}

bool journal_filter_narrows(const struct journal_filter *filter)
{
    return filter->uai[0] || filter->actor[0] || filter->action[0] || filter->login[0] || filter->since[0] ||
           filter->until[0];
}

struct audit_asked journal_filter_asked(const struct journal_filter *filter)
{
    struct date day;
    struct audit_asked asked = {
        .uai = filter->uai,
        .actor = filter->actor,
        .action = filter->action,
        .login = filter->login,
        .before_at = filter->after.at,
        .before_chain = filter->after.chain,
        .before_number = filter->after.number,
    };
    if (date_parse_typed(filter->since, &day)) {
        asked.since = clock_day_start(day, 0);
    }
    if (date_parse_typed(filter->until, &day)) {
        asked.until = (struct instant){clock_day_start(day, 1).us - 1};
    }
    return asked;
}

static const char *pairs_add(
    struct arena *arena, const char *href, size_t count, const char *const *names, const char *const *values)
{
    for (size_t i = 0; i < count; i++) {
        if (values[i][0] != '\0') {
            href = arena_printf(
                arena, "%s%c%s=%s", href, strchr(href, '?') ? '&' : '?', names[i], query_encoded(arena, values[i]));
        }
    }
    return href;
}

const char *journal_filter_href(
    const struct visit *visit, const struct journal_filter *filter, const struct audit_listed *after)
{
    static const char *const names[] = {
        "etablissement", "administrateur", "action", "compte", "depuis", "jusque", "avant"};
    struct arena *arena = visit_arena(visit);
    const char *place =
        after ? arena_printf(arena, "%" PRId64 "-%d-%" PRId64, after->at.us, after->chain, after->number) : "";
    const char *const values[] = {
        filter->uai, filter->actor, filter->action, filter->login, filter->since, filter->until, place};
    return pairs_add(arena, "/journal", ARRAY_LENGTH(names), names, values);
}
