/* preauctl audit show: who did what, when. */
#include "ctl/audit.h"
#include "ctl/output.h"
#include "domain/school.h"
#include "runtime/clock.h"
#include "store/blocking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_STANDARD = 50, LIMIT_MAX = 10000, ACADEMY_MAX = 999, LINES_SIZE = 2048 };

/* --- what was asked --- */

static const char *text_or_nothing(const struct ctl *ctl, const char *option)
{
    const char *value = ctl_value(ctl, option);
    return value != NULL ? value : "";
}

/* false, and told, when it is none. Not given: never. */
static bool day_read(const struct ctl *ctl, const char *option, struct date *out_day, bool *out_given)
{
    const char *text = ctl_value(ctl, option);
    *out_given = text != NULL;
    if (text == NULL || date_parse_iso(text, out_day))
        return true;
    (void)fprintf(stderr, "preauctl: --%s : un jour est attendu, AAAA-MM-JJ, non « %s »\n", option, text);
    return false;
}

static bool days_read(const struct ctl *ctl, struct audit_asked *asked)
{
    struct date day;
    bool is_given;
    if (!day_read(ctl, "since", &day, &is_given))
        return false;
    if (is_given)
        asked->since = clock_day_start(day, 0);
    if (!day_read(ctl, "until", &day, &is_given))
        return false;
    if (is_given)
        asked->until = (struct instant){clock_day_start(day, 1).us - 1};
    return true;
}

static bool action_is_known(const char *action)
{
    enum audit_action known;
    if (action[0] == '\0' || audit_action_from_code(action, &known))
        return true;
    (void)fprintf(stderr, "preauctl: --action : l’une de ces actions est attendue :\n");
    for (unsigned i = 0; i < AUDIT_ACTION_COUNT; i++)
        (void)fprintf(
            stderr, "  %-24s %s\n", audit_action_code((enum audit_action)i), audit_action_label((enum audit_action)i));
    return false;
}

static bool asked_read(const struct ctl *ctl, struct audit_asked *out_asked)
{
    long academy;
    long limit;
    if (!ctl_number(ctl, "academy", 0, ACADEMY_MAX, &academy) || !ctl_number(ctl, "limit", 1, LIMIT_MAX, &limit))
        return false;
    *out_asked = (struct audit_asked){
        .academy = {(int16_t)academy},
        .uai = text_or_nothing(ctl, "school"),
        .actor = text_or_nothing(ctl, "administrator"),
        .action = text_or_nothing(ctl, "action"),
        .login = text_or_nothing(ctl, "account"),
        .limit = limit != 0 ? limit : LIMIT_STANDARD,
    };
    return days_read(ctl, out_asked) && action_is_known(out_asked->action);
}

/* --- what is said --- */

static json_t *text_or_null(const char *text)
{
    return text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *entry_json(const struct audit_listed *entry)
{
    return json_pack("{s:i, s:I, s:o, s:s, s:o, s:s, s:o, s:o, s:o, s:o}", "academy", entry->chain, "number",
        (json_int_t)entry->number, "at", ctl_json_instant(entry->at.us), "actor", entry->actor, "administrator",
        entry->administrator.v != 0 ? json_integer((json_int_t)entry->administrator.v) : json_null(), "action",
        entry->action, "uai", text_or_null(entry->uai), "account", text_or_null(entry->login), "detail",
        json_loads(entry->detail, 0, NULL), "trace", text_or_null(entry->trace));
}

static void details_print(const char *lines)
{
    char copy[LINES_SIZE];
    char words[AUDIT_DETAIL_SIZE];
    char *rest = NULL;
    (void)snprintf(copy, sizeof copy, "%s", lines);
    for (char *line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        char *tab = strchr(line, '\t');
        if (tab == NULL)
            continue;
        *tab = '\0';
        audit_detail_write(line, tab + 1, words);
        (void)printf(", %s", words);
    }
}

static void entry_print(const struct audit_listed *entry)
{
    char at[CTL_INSTANT_SIZE];
    ctl_write_instant(entry->at.us, at);
    (void)printf("%s  %02d/%" PRId64 "  %s%s  %s", at, entry->chain, entry->number,
        entry->administrator.v == 0 ? "exploitant " : "", entry->actor, audit_action_words(entry->action));
    if (entry->uai[0] != '\0')
        (void)printf("  %s", entry->uai);
    if (entry->login[0] != '\0')
        (void)printf("  %s", entry->login);
    else if (entry->account.v != 0)
        (void)printf("  compte %d-%" PRId64 " (effacé)", entry->account_academy.v, entry->account.v);
    details_print(entry->detail_lines);
    (void)printf("\n");
}

struct showing {
    const struct ctl *ctl;
    json_t *all;
};

static bool entry_tell(void *arg, const struct audit_listed *entry)
{
    const struct showing *showing = arg;
    if (showing->ctl->is_json)
        (void)json_array_append_new(showing->all, entry_json(entry));
    else
        entry_print(entry);
    return true;
}

enum ctl_exit ctl_audit_show(const struct ctl *ctl)
{
    enum ctl_exit code = CTL_OK;
    struct audit_asked asked;
    struct fault fault = {0};
    size_t count = 0;
    if (!asked_read(ctl, &asked))
        return CTL_USAGE;
    struct session *session = audit_open(ctl, &code);
    if (session == NULL)
        return code;
    struct showing showing = {ctl, json_array()};
    bool is_read = audit_session_load(session, &asked, &count, entry_tell, &showing, &fault);
    session_close(&session);
    if (!is_read) {
        json_decref(showing.all);
        return ctl_fail_fault(ctl, "base de données", &fault);
    }
    if (ctl->is_json) {
        ctl_print_json(json_pack("{s:o}", "entries", showing.all));
        return CTL_OK;
    }
    json_decref(showing.all);
    if (count == 0)
        (void)puts("Aucune entrée ne répond à cette demande.");
    return CTL_OK;
}
