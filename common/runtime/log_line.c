/* The forms of a log line. */
#include "runtime/log_line.h"

#include "domain/latin.h"
#include "runtime/clock.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { BROKEN = 0xFFFD }; /* what a byte reads as that is no UTF-8 */
enum { MARK_ROOM = 12 };  /* bytes kept for what tells that a line was cut, and for its end */

static void put_bytes(struct log_line *line, const char *bytes, size_t length)
{
    if (line->is_cut || length > LOG_LINE_SIZE - MARK_ROOM - line->length) {
        line->is_cut = true;
        return;
    }
    memcpy(line->text + line->length, bytes, length);
    line->length += length;
    line->text[line->length] = '\0';
}

static void put(struct log_line *line, const char *text)
{
    put_bytes(line, text, strlen(text));
}

PRINTF_LIKE(2, 3) static void put_format(struct log_line *line, const char *format, ...)
{
    char text[64];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put(line, text);
}

static void put_end(struct log_line *line, const char *mark)
{
    if (line->is_cut) {
        size_t length = strlen(mark);
        memcpy(line->text + line->length, mark, length + 1);
        line->length += length;
    }
    memcpy(line->text + line->length, "\n", 2);
    line->length++;
}

/* C0 and C1 controls and DEL: what moves a terminal's cursor or ends a line. */
static bool is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character < 0xA0);
}

/* One character of a quoted value. JSON's escapes are understood by logfmt readers too. */
static void put_quoted_character(struct log_line *line, uint32_t character, const char *bytes, size_t length)
{
    if (character == '"' || character == '\\')
        put_format(line, "\\%c", (int)character);
    else if (character == '\n')
        put(line, "\\n");
    else if (is_control(character) || character == BROKEN)
        put_format(line, "\\u%04" PRIx32, character);
    else
        put_bytes(line, bytes, length);
}

static void put_quoted(struct log_line *line, const char *text)
{
    put(line, "\"");
    while (*text != '\0') {
        const char *start = text;
        uint32_t character = utf8_next(&text);
        put_quoted_character(line, character, start, (size_t)(text - start));
    }
    put(line, "\"");
}

static bool is_word(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/@+,-";
    return text[0] != '\0' && text[strspn(text, plain)] == '\0';
}

static void put_text(struct log_line *line, const char *text, bool always_quoted)
{
    if (text == NULL)
        put(line, "null");
    else if (!always_quoted && is_word(text))
        put(line, text);
    else
        put_quoted(line, text);
}

static void put_real(struct log_line *line, double value)
{
    /* JSON knows no infinity and no NaN */
    if (isfinite(value))
        put_format(line, "%.6g", value);
    else
        put(line, "null");
}

/* Everything but a fault, which is several fields. */
static void put_value(struct log_line *line, const struct log_field *field, bool is_json)
{
    char instant[CLOCK_TEXT_SIZE];
    switch (field->kind) {
    case LOG_FIELD_INT:
        put_format(line, "%" PRId64, field->integer);
        break;
    case LOG_FIELD_UINT:
        put_format(line, "%" PRIu64, field->natural);
        break;
    case LOG_FIELD_REAL:
        put_real(line, field->real);
        break;
    case LOG_FIELD_BOOL:
        put(line, field->flag ? "true" : "false");
        break;
    case LOG_FIELD_TEXT:
        put_text(line, field->text, is_json);
        break;
    case LOG_FIELD_INSTANT:
        clock_format((struct instant){field->integer}, instant);
        put_text(line, instant, is_json);
        break;
    case LOG_FIELD_DURATION:
        put_format(line, "%.6g", (double)field->integer / 1e6);
        break;
    case LOG_FIELD_NONE:
    case LOG_FIELD_FAULT:
        break;
    }
}

void log_value_plain(struct log_line *line, const struct log_field *field)
{
    if (field->kind == LOG_FIELD_TEXT)
        put(line, field->text != NULL ? field->text : "");
    else
        put_value(line, field, false);
}

typedef void put_field(struct log_line *line, const struct log_field *field);

static void put_pair(struct log_line *line, const struct log_field *field)
{
    put(line, " ");
    put(line, field->name);
    put(line, "=");
    put_value(line, field, false);
}

static void put_member(struct log_line *line, const struct log_field *field)
{
    put(line, ",");
    put_quoted(line, field->name);
    put(line, ":");
    put_value(line, field, true);
}

static void put_fault(struct log_line *line, const struct fault *fault, put_field *put_one)
{
    char place[96];
    (void)snprintf(place, sizeof place, "%s:%d", fault->file != NULL ? fault->file : "?", fault->line);
    struct log_field known[] = {
        log_field_text("fault", fault_code_name(fault->code)),
        log_field_text("text", fault->text),
        log_field_text("place", place),
        log_field_text("hint", fault->hint),
        log_field_text("sqlstate", fault->sqlstate),
        log_field_int("errno", fault->os_error),
        log_field_bool("outcome_unknown", fault->outcome_unknown),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
        bool is_said = known[i].kind == LOG_FIELD_TEXT  ? known[i].text[0] != '\0'
                       : known[i].kind == LOG_FIELD_INT ? known[i].integer != 0
                                                        : known[i].flag;
        if (is_said)
            put_one(line, &known[i]);
    }
}

static void put_fields(struct log_line *line, const struct log_field *fields, put_field *put_one)
{
    for (; fields->kind != LOG_FIELD_NONE; fields++) {
        if (fields->kind == LOG_FIELD_FAULT)
            put_fault(line, fields->fault, put_one);
        else
            put_one(line, fields);
    }
}

const char *log_level_name(int level)
{
    switch (level) {
    case LOG_WARNING:
        return "warning";
    case LOG_NOTICE:
        return "notice";
    case LOG_INFO:
        return "info";
    case LOG_DEBUG:
        return "debug";
    default:
        return "error";
    }
}

static void begin(struct log_line *line)
{
    line->length = 0;
    line->is_cut = false;
    line->text[0] = '\0';
}

static const char *colour_of(int level)
{
    return level <= LOG_ERR ? "\033[31m" : level == LOG_WARNING ? "\033[33m" : level == LOG_DEBUG ? "\033[2m" : "";
}

void log_line_text(struct log_line *line, const struct log_head *head, const struct log_field *fields, bool with_colour)
{
    begin(line);
    struct civil_time time = clock_local(head->at);
    put_format(line, "%02d:%02d:%02d.%03d ", time.hour, time.minute, time.second, (int)(head->at.us / 1000 % 1000));
    put(line, with_colour ? colour_of(head->level) : "");
    put_format(line, "%-7s %s", log_level_name(head->level), "");
    put(line, head->event);
    put(line, with_colour && colour_of(head->level)[0] != '\0' ? "\033[0m" : "");
    put_fields(line, fields, put_pair);
    if (head->request[0] != '\0')
        put_pair(line, &(struct log_field){"request", LOG_FIELD_TEXT, {.text = head->request}});
    put_end(line, " ...");
}

void log_line_message(struct log_line *line, const struct log_head *head, const struct log_field *fields)
{
    begin(line);
    put(line, head->event);
    if (head->request[0] != '\0') /* so that journalctl --grep finds it as grep does */
        put_pair(line, &(struct log_field){"request", LOG_FIELD_TEXT, {.text = head->request}});
    put_fields(line, fields, put_pair);
}

void log_line_logfmt(struct log_line *line, const struct log_head *head, const struct log_field *fields)
{
    begin(line);
    char at[CLOCK_TEXT_SIZE];
    clock_format(head->at, at);
    put(line, "time=");
    put(line, at);
    put_pair(line, &(struct log_field){"level", LOG_FIELD_TEXT, {.text = log_level_name(head->level)}});
    put_pair(line, &(struct log_field){"program", LOG_FIELD_TEXT, {.text = head->program}});
    put_pair(line, &(struct log_field){"event", LOG_FIELD_TEXT, {.text = head->event}});
    if (head->request[0] != '\0')
        put_pair(line, &(struct log_field){"request", LOG_FIELD_TEXT, {.text = head->request}});
    put_fields(line, fields, put_pair);
    put_end(line, " ...");
}

void log_line_json(struct log_line *line, const struct log_head *head, const struct log_field *fields)
{
    begin(line);
    char at[CLOCK_TEXT_SIZE];
    clock_format(head->at, at);
    put(line, "{\"time\":");
    put_quoted(line, at);
    put_member(line, &(struct log_field){"level", LOG_FIELD_TEXT, {.text = log_level_name(head->level)}});
    put_member(line, &(struct log_field){"program", LOG_FIELD_TEXT, {.text = head->program}});
    put_member(line, &(struct log_field){"event", LOG_FIELD_TEXT, {.text = head->event}});
    if (head->request[0] != '\0')
        put_member(line, &(struct log_field){"request", LOG_FIELD_TEXT, {.text = head->request}});
    /* a member is put whole or not at all, so that a cut line is still an object */
    for (; fields->kind != LOG_FIELD_NONE; fields++) {
        size_t length = line->length;
        put_fields(line, (const struct log_field[]){*fields, LOG_END}, put_member);
        if (line->is_cut) {
            line->length = length;
            line->text[length] = '\0';
            break;
        }
    }
    const char *end = line->is_cut ? ",\"cut\":1}" : "}";
    memcpy(line->text + line->length, end, strlen(end));
    line->length += strlen(end);
    put_end(line, "");
}
