/* What the daemon says of itself, on its own address. */
#include "runtime/status.h"

#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/http_server.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/process.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAUSE_SIZE = 240, FACTS_MAX = 64, CHECKS_MAX = 16 };

struct status_check {
    char name[48];
    bool is_required;
    enum status_state state;
    struct instant since;
    char cause[CAUSE_SIZE];
};

struct fact {
    char name[64];
    bool is_text;
    int64_t number;
    char text[CAUSE_SIZE];
};

struct status {
    const char *name;
    enum status_phase phase;
    struct instant started;
    struct tick started_tick;
    int schema_version;
    struct status_check checks[CHECKS_MAX];
    size_t check_count;
    struct fact facts[FACTS_MAX];
    size_t fact_count;
    json_t *lists;
    loop_callback *refresh;
    void *refresh_arg;
    struct http_server *server;
};

struct status *status_new(const char *name)
{
    struct status *status = checked_calloc(1, sizeof *status);
    status->name = name;
    status->started = clock_now();
    status->started_tick = clock_tick();
    status->lists = json_object();
    metric_label_add(METRIC_BUILD_INFO, 1, PREAU_VERSION);
    metric_set(METRIC_BUILD_INFO, 1, PREAU_VERSION);
    return status;
}

void status_free(struct status **status)
{
    if (*status == NULL)
        return;
    http_server_close(&(*status)->server);
    json_decref((*status)->lists);
    memory_free(status);
}

void status_phase_set(struct status *status, enum status_phase phase)
{
    status->phase = phase;
}

struct status_check *status_check_add(struct status *status, const char *name, bool required)
{
    assert(status->check_count < CHECKS_MAX);
    struct status_check *check = &status->checks[status->check_count++];
    *check = (struct status_check){.is_required = required, .state = STATUS_FAILED, .since = clock_now()};
    (void)snprintf(check->name, sizeof check->name, "%s", name);
    (void)snprintf(check->cause, sizeof check->cause, "not checked yet");
    metric_label_add(METRIC_CHECK, 1, check->name);
    return check;
}

/* JSON takes no half of a letter, which a bound may have left at the end. */
static void cut_whole(char *text)
{
    size_t length = strlen(text), lead = length;
    while (lead > 0 && ((unsigned char)text[lead - 1] & 0xc0) == 0x80)
        lead--;
    if (lead == 0)
        return;
    unsigned char first = (unsigned char)text[--lead];
    size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    if (lead + size > length)
        text[lead] = '\0';
}

void status_check_set(struct status_check *check, enum status_state state, const char *cause)
{
    if (state != check->state)
        check->since = clock_now();
    check->state = state;
    (void)snprintf(check->cause, sizeof check->cause, "%s", cause);
    cut_whole(check->cause);
}

static struct fact *fact_find(struct status *status, const char *name)
{
    for (size_t i = 0; i < status->fact_count; i++)
        if (strcmp(status->facts[i].name, name) == 0)
            return &status->facts[i];
    assert(status->fact_count < FACTS_MAX);
    struct fact *fact = &status->facts[status->fact_count++];
    (void)snprintf(fact->name, sizeof fact->name, "%s", name);
    return fact;
}

void status_number_set(struct status *status, const char *name, int64_t value)
{
    struct fact *fact = fact_find(status, name);
    fact->is_text = false;
    fact->number = value;
}

void status_text_set(struct status *status, const char *name, const char *value)
{
    struct fact *fact = fact_find(status, name);
    fact->is_text = true;
    (void)snprintf(fact->text, sizeof fact->text, "%s", value);
}

void status_list_clear(struct status *status, const char *list)
{
    (void)json_object_set_new(status->lists, list, json_array());
}

void status_row_add(struct status *status, const char *list)
{
    (void)json_array_append_new(json_object_get(status->lists, list), json_object());
}

static json_t *last_row(const struct status *status, const char *list)
{
    json_t *rows = json_object_get(status->lists, list);
    assert(json_array_size(rows) > 0);
    return json_array_get(rows, json_array_size(rows) - 1);
}

void status_row_number(struct status *status, const char *list, const char *name, int64_t value)
{
    (void)json_object_set_new(last_row(status, list), name, json_integer(value));
}

void status_row_text(struct status *status, const char *list, const char *name, const char *value)
{
    (void)json_object_set_new(last_row(status, list), name, json_string(value));
}

void status_schema_set(struct status *status, int version)
{
    status->schema_version = version;
}

void status_refresh(struct status *status, loop_callback *function, void *arg)
{
    status->refresh = function;
    status->refresh_arg = arg;
}

bool status_is_ready(const struct status *status)
{
    if (status->phase != STATUS_RUNNING)
        return false;
    for (size_t i = 0; i < status->check_count; i++)
        if (status->checks[i].is_required && status->checks[i].state != STATUS_OK)
            return false;
    return true;
}

size_t status_troubled(const struct status *status, const char **out_names, size_t capacity)
{
    size_t count = 0;
    for (size_t i = 0; i < status->check_count && count < capacity; i++)
        if (status->checks[i].state != STATUS_OK)
            out_names[count++] = status->checks[i].name;
    return count;
}

int status_port(const struct status *status)
{
    return http_server_port(status->server);
}

/* --- answers --- */

static const char *phase_name(enum status_phase phase)
{
    static const char *const names[] = {"starting", "running", "stopping"};
    return names[phase];
}

static const char *state_name(enum status_state state)
{
    static const char *const names[] = {"ok", "degraded", "failed"};
    return names[state];
}

static json_t *instant_json(struct instant instant)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(instant, text);
    return json_string(text);
}

static json_t *checks_json(const struct status *status)
{
    json_t *checks = json_array();
    for (size_t i = 0; i < status->check_count; i++) {
        const struct status_check *check = &status->checks[i];
        (void)json_array_append_new(
            checks, json_pack("{s:s, s:s, s:b, s:o, s:s}", "name", check->name, "state", state_name(check->state),
                        "required", check->is_required, "since", instant_json(check->since), "cause", check->cause));
    }
    return checks;
}

static json_t *facts_json(const struct status *status, bool is_text)
{
    json_t *facts = json_object();
    for (size_t i = 0; i < status->fact_count; i++) {
        const struct fact *fact = &status->facts[i];
        if (fact->is_text == is_text)
            (void)json_object_set_new(
                facts, fact->name, is_text ? json_string(fact->text) : json_integer(fact->number));
    }
    return facts;
}

static void reply_status(struct status *status, struct http_request *request)
{
    json_t *all = json_pack("{s:s, s:s, s:s, s:b, s:o, s:I, s:i, s:o, s:o, s:o, s:O}", "name", status->name, "version",
        PREAU_VERSION, "state", phase_name(status->phase), "ready", status_is_ready(status), "started",
        instant_json(status->started), "uptime_seconds", (json_int_t)(clock_since(status->started_tick).us / 1000000),
        "schema_version", status->schema_version, "checks", checks_json(status), "numbers", facts_json(status, false),
        "texts", facts_json(status, true), "lists", status->lists);
    assert(all != NULL);
    char *text = json_dumps(all, JSON_INDENT(2));
    assert(text != NULL);
    http_reply(request, 200, "application/json", text, strlen(text));
    free(text);
    json_decref(all);
}

static void reply_ready(const struct status *status, struct http_request *request)
{
    struct arena *arena = http_arena(request);
    if (status_is_ready(status)) {
        http_reply_text(request, 200, "ready\n");
        return;
    }
    const char *text = arena_printf(arena, "not ready: %s\n", phase_name(status->phase));
    for (size_t i = 0; i < status->check_count; i++) {
        const struct status_check *check = &status->checks[i];
        if (check->is_required && check->state != STATUS_OK)
            text = arena_printf(arena, "%s%s %s: %s\n", text, check->name, state_name(check->state), check->cause);
    }
    http_reply_text(request, 503, text);
}

/* What /status says too, as numbers. */
static void measure(const struct status *status)
{
    metric_set(METRIC_READY, status_is_ready(status));
    metric_set(METRIC_SCHEMA_VERSION, status->schema_version);
    metric_set(METRIC_PROCESS_START, (double)status->started.us / 1e6);
    for (size_t i = 0; i < status->check_count; i++) {
        const struct status_check *check = &status->checks[i];
        metric_set(METRIC_CHECK, check->state == STATUS_OK, check->name, check->is_required ? "yes" : "no");
    }
    process_measure();
}

static void reply_metrics(const struct status *status, struct http_request *request)
{
    size_t length;
    measure(status);
    _cleanup_(memory_free) char *text = metric_print(&length);
    http_reply(request, 200, "text/plain; version=0.0.4; charset=utf-8", text, length);
}

static void request_comes(struct http_request *request, void *arg)
{
    struct status *status = arg;
    const char *path = http_path(request);
    http_set_header(request, "Cache-Control", "no-store");
    if (http_method(request) == HTTP_POST) {
        http_reply_text(request, 405, "GET only\n");
        return;
    }
    if (strcmp(path, "/livez") == 0) {
        http_reply_text(request, 200, "alive\n");
        return;
    }
    if (status->refresh != NULL)
        status->refresh(status->refresh_arg);
    if (strcmp(path, "/readyz") == 0)
        reply_ready(status, request);
    else if (strcmp(path, "/status") == 0)
        reply_status(status, request);
    else if (strcmp(path, "/metrics") == 0)
        reply_metrics(status, request);
    else
        http_reply_text(request, 404, "/livez /readyz /status /metrics\n");
}

bool status_listen(struct status *status, struct loop *loop, const char *address, struct fault *fault)
{
    const struct http_options options = {
        .address = address,
        .body_max = 1024,
        .header_max = 8192,
        .connections_max = 64,
        .timeout = SECONDS(10),
        .parameters_max = 16,
    };
    return http_server_open(loop, &options, request_comes, status, &status->server, fault);
}
