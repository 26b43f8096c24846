/* Where log lines go, how many, and which request they belong to. */
#include "runtime/log.h"

#include "runtime/clock.h"
#include "runtime/log_line.h"
#include "runtime/metric.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION 1
#include <systemd/sd-journal.h>

static const char *program_name = "preau";
static enum log_format form = LOG_FORMAT_TEXT;
static bool with_colour;
static _Atomic int least_level = LOG_INFO;

static _Thread_local char request_in_scope[LOG_REQUEST_SIZE];

/* --- opening --- */

/* systemd tells by JOURNAL_STREAM=device:inode that stderr is its own pipe to journald; a redirected one differs. */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat stat;
    if (stream == NULL || fstat(STDERR_FILENO, &stat) != 0)
        return false;
    char own[64];
    (void)snprintf(own, sizeof own, "%ju:%ju", (uintmax_t)stat.st_dev, (uintmax_t)stat.st_ino);
    return strcmp(own, stream) == 0;
}

void log_open(const char *program, enum log_format format, int level)
{
    program_name = program;
    bool is_terminal = isatty(STDERR_FILENO) == 1;
    if (format == LOG_FORMAT_AUTO)
        format = stderr_is_journal() ? LOG_FORMAT_JOURNAL : is_terminal ? LOG_FORMAT_TEXT : LOG_FORMAT_LOGFMT;
    form = format;
    with_colour = is_terminal && getenv("NO_COLOR") == NULL;
    log_level_set(level);
}

void log_level_set(int level)
{
    atomic_store(&least_level, level);
}

bool log_level_parse(const char *word, int *out_level)
{
    static const int levels[] = {LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG};
    for (size_t i = 0; i < ARRAY_LENGTH(levels); i++)
        if (strcmp(word, log_level_name(levels[i])) == 0) {
            *out_level = levels[i];
            return true;
        }
    return false;
}

bool log_format_parse(const char *word, enum log_format *out_format)
{
    static const char *const words[] = {"auto", "text", "logfmt", "json", "journal"};
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (strcmp(word, words[i]) == 0) {
            *out_format = (enum log_format)i;
            return true;
        }
    return false;
}

/* --- the request in scope --- */

static void scope_set(const char *request)
{
    (void)snprintf(request_in_scope, sizeof request_in_scope, "%s", request);
}

struct log_scope log_scope_enter(const char *request)
{
    struct log_scope scope;
    memcpy(scope.outer, request_in_scope, sizeof scope.outer);
    scope_set(request);
    return scope;
}

void log_scope_leave(struct log_scope *scope)
{
    memcpy(request_in_scope, scope->outer, sizeof request_in_scope);
}

const char *log_request(void)
{
    return request_in_scope;
}

/* --- not too many of one kind --- */

enum {
    REPEAT_SECONDS = 10,
    REPEAT_URGENT = 20,
    REPEAT_OTHER = 200, /* LOG_INFO and less urgent: ordinary work, which a busy morning has much of */
    REPEAT_KINDS = 128,
};

struct repeat {
    const char *event; /* static text: compared by content, as two files may hold the same */
    int64_t window;
    int count;
    int suppressed;
};

static pthread_mutex_t repeat_lock = PTHREAD_MUTEX_INITIALIZER;
static struct repeat repeats[REPEAT_KINDS];

static struct repeat *repeat_find(const char *event)
{
    for (size_t i = 0; i < REPEAT_KINDS; i++) {
        if (repeats[i].event == NULL)
            repeats[i].event = event;
        if (strcmp(repeats[i].event, event) == 0)
            return &repeats[i];
    }
    return NULL;
}

/* false: leave this one out. *out_suppressed: how many were left out in the window before. */
static bool repeat_allows(const char *event, int level, int *out_suppressed)
{
    int64_t window = clock_tick().us / (REPEAT_SECONDS * INT64_C(1000000));
    *out_suppressed = 0;
    (void)pthread_mutex_lock(&repeat_lock);
    struct repeat *repeat = repeat_find(event);
    bool is_allowed = true;
    if (repeat != NULL) {
        if (repeat->window != window) {
            *out_suppressed = repeat->suppressed;
            *repeat = (struct repeat){.event = repeat->event, .window = window};
        }
        is_allowed = ++repeat->count <= (level >= LOG_INFO ? REPEAT_OTHER : REPEAT_URGENT);
        if (!is_allowed)
            repeat->suppressed++;
    }
    (void)pthread_mutex_unlock(&repeat_lock);
    return is_allowed;
}

/* --- writing --- */

static bool journal_add(struct iovec *vectors, int *count, const char *prefix, const struct log_field *field)
{
    struct log_line value = {.length = 0};
    log_value_plain(&value, field);
    char *text = NULL;
    if (asprintf(&text, "%s%s=%s", prefix, field->name, value.text) < 0)
        return false;
    for (char *at = text; *at != '='; at++)
        *at = (char)toupper((unsigned char)*at);
    vectors[(*count)++] = (struct iovec){text, strlen(text)};
    return true;
}

static bool write_journal(const struct log_head *head, const struct log_field *fields)
{
    enum { FIELDS_MAX = 24 };
    struct iovec vectors[FIELDS_MAX];
    int count = 0;
    struct log_line message;
    log_line_message(&message, head, fields);
    const struct log_field own[] = {
        log_field_text("message", message.text),
        log_field_int("priority", head->level),
        log_field_text("syslog_identifier", head->program),
        log_field_text("preau_event", head->event),
        log_field_text("preau_request", head->request),
    };
    bool is_whole = true;
    for (size_t i = 0; i < ARRAY_LENGTH(own); i++)
        is_whole = journal_add(vectors, &count, "", &own[i]) && is_whole;
    for (; fields->kind != LOG_FIELD_NONE && count < FIELDS_MAX; fields++)
        if (fields->kind != LOG_FIELD_FAULT)
            is_whole = journal_add(vectors, &count, "PREAU_", fields) && is_whole;
    bool is_sent = is_whole && sd_journal_sendv(vectors, count) == 0;
    for (int i = 0; i < count; i++)
        free(vectors[i].iov_base);
    return is_sent;
}

static void write_stderr(const struct log_head *head, const struct log_field *fields)
{
    struct log_line line;
    if (form == LOG_FORMAT_JSON)
        log_line_json(&line, head, fields);
    else if (form == LOG_FORMAT_TEXT)
        log_line_text(&line, head, fields, with_colour);
    else
        log_line_logfmt(&line, head, fields);
    /* one write, so that lines of threads do not mix; a log that cannot be written has nobody to tell */
    ssize_t written = write(STDERR_FILENO, line.text, line.length);
    (void)written;
}

static void write_one(int level, const char *event, const struct log_field *fields)
{
    const struct log_head head = {
        .at = clock_now(), .level = level, .program = program_name, .event = event, .request = request_in_scope};
    if (form == LOG_FORMAT_JOURNAL && write_journal(&head, fields))
        return;
    write_stderr(&head, fields);
}

static void count_faults(const struct log_field *fields)
{
    for (; fields->kind != LOG_FIELD_NONE; fields++)
        if (fields->kind == LOG_FIELD_FAULT && fields->fault->code != FAULT_NONE)
            metric_count(METRIC_FAULTS, fault_code_name(fields->fault->code));
}

void log_write(int level, const char *event, const struct log_field *fields)
{
    metric_count(METRIC_LOG_EVENTS, log_level_name(level));
    count_faults(fields);
    if (level > atomic_load(&least_level))
        return;
    int error = errno;
    int suppressed;
    if (repeat_allows(event, level, &suppressed)) {
        if (suppressed > 0)
            write_one(LOG_NOTICE, "log_suppressed",
                (const struct log_field[]){F("of", event), F("lines", suppressed), LOG_END});
        write_one(level, event, fields);
    }
    errno = error;
}
