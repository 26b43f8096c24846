/* preauctl status: what the daemons of this host say of themselves on their status addresses. */
#include "ctl/ask_status.h"
#include "ctl/house.h"
#include "ctl/output.h"
#include "ctl/status_print.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <string.h>

enum { TIMEOUT_MS = 3000 };

struct seen {
    const char *name, *address;
    bool is_up, is_ready;
    json_t *status; /* NULL when it did not answer */
    char *cause;    /* why it is not ready */
};

/* The lines of /readyz, apart by semicolons. */
static void in_one_line(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '\n')
        text[--length] = '\0';
    for (char *at = strchr(text, '\n'); at != NULL; at = strchr(at, '\n'))
        *at = ';';
}

static void look(struct status_asker *asker, struct seen *seen)
{
    struct status_answer ready;
    _cleanup_(status_answer_clear) struct status_answer status = {0};
    status_ask(asker, seen->address, "/readyz", &ready);
    seen->is_up = ready.code != 0;
    seen->is_ready = ready.code == 200;
    seen->cause = ready.body;
    if (seen->is_up)
        status_ask(asker, seen->address, "/status", &status);
    if (status.code == 200)
        seen->status = json_loads(status.body, 0, NULL);
    if (seen->is_ready)
        seen->cause[0] = '\0';
    in_one_line(seen->cause);
}

static void print_daemon(const struct seen *seen)
{
    const char *version = "";
    json_int_t uptime = 0;
    (void)json_unpack(seen->status, "{s:s, s:I}", "version", &version, "uptime_seconds", &uptime);
    (void)printf("%-14s %-21s ", seen->name, seen->address);
    if (!seen->is_up) {
        (void)printf("arrêté : %s\n", seen->cause);
        return;
    }
    (void)printf("%s, version %s, ", seen->is_ready ? "prêt" : "pas prêt", version);
    status_print_age("depuis", uptime);
    (void)printf("%s%s\n", seen->is_ready ? "" : " : ", seen->cause);
    status_print_details(seen->status);
}

static json_t *seen_json(const struct seen *seen)
{
    return json_pack("{s:s, s:s, s:s, s:b, s:b, s:s, s:o}", "name", seen->name, "state",
        seen->is_ready ? "ready"
        : seen->is_up  ? "not_ready"
                       : "stopped",
        "address", seen->address, "up", seen->is_up, "ready", seen->is_ready, "cause", seen->cause, "status",
        seen->status != NULL ? json_incref(seen->status) : json_null());
}

static bool see(const struct ctl *ctl, struct status_asker *asker, size_t which, json_t *all)
{
    struct seen seen = {
        .name = house_daemons[which].name, .address = config_text(ctl->config, house_daemons[which].status)};
    look(asker, &seen);
    if (ctl->is_json)
        (void)json_array_append_new(all, seen_json(&seen));
    else
        print_daemon(&seen);
    json_decref(seen.status);
    memory_free(&seen.cause);
    return seen.is_ready;
}

/* One of another host is looked at there: whether it is ready is not known here, and neither said nor denied. */
static bool pass_over(const struct ctl *ctl, int which, json_t *all)
{
    if (ctl->is_json)
        (void)json_array_append_new(
            all, json_pack("{s:s, s:s, s:n, s:n, s:n, s:s, s:n}", "name", house_daemons[which].name, "state",
                     "elsewhere", "address", "up", "ready", "cause", "", "status"));
    else
        (void)printf("%-14s sur une autre machine\n", house_daemons[which].name);
    return true;
}

enum ctl_exit ctl_status(const struct ctl *ctl)
{
    _cleanup_(status_asker_free) struct status_asker *asker = status_asker_new(TIMEOUT_MS);
    if (asker == NULL)
        return ctl_fail(ctl, CTL_UNREACHABLE, "library", "libcurl ne fonctionne pas sur cette machine");
    bool is_ready = true;
    json_t *all = json_array();
    for (int i = 0; i < HOUSE_COUNT; i++)
        is_ready =
            (house_is_here(ctl->config, i) ? see(ctl, asker, (size_t)i, all) : pass_over(ctl, i, all)) && is_ready;
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:b, s:o}", "ready", is_ready, "daemons", all));
    else
        json_decref(all);
    return is_ready ? CTL_OK : CTL_NO;
}
