#include "store/parameters.h"

#include "runtime/memory.h"
#include "store/value_text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* bytes of one query's values: a batch of 20,000 accounts with their passwords, with a margin */
enum { PARAMETERS_LIMIT = 64 * 1024 * 1024 };

/* A text that grows: arrays are written in one pass, their length is not known before. */
struct growing {
    char *text;
    size_t used, size;
};

static void growing_add(struct growing *growing, const char *bytes, size_t length)
{
    if (growing->used + length + 1 > growing->size) {
        growing->size = (growing->used + length + 1) * 2;
        growing->text = checked_realloc(growing->text, growing->size, 1);
    }
    memcpy(growing->text + growing->used, bytes, length);
    growing->used += length;
    growing->text[growing->used] = '\0';
}

static void growing_add_text(struct growing *growing, const char *text)
{
    growing_add(growing, text, strlen(text));
}

static void growing_add_quoted(struct growing *growing, const char *text)
{
    growing_add(growing, "\"", 1);
    for (const char *at = text; *at; at++) {
        if (*at == '"' || *at == '\\') {
            growing_add(growing, "\\", 1);
        }
        growing_add(growing, at, 1);
    }
    growing_add(growing, "\"", 1);
}

static void parameters_add(struct parameters *parameters, const char *value)
{
    /* bounds are checked where the request is taken in: past the limit here, a text would silently be empty */
    assert(parameters->count < PARAMETERS_MAX && !arena_is_overflowed(parameters->arena));
    parameters->values[parameters->count++] = value;
}

static void parameters_add_array(struct parameters *parameters, struct growing *growing)
{
    growing_add(growing, "}", 1);
    parameters_add(parameters, arena_copy_bytes(parameters->arena, growing->text, growing->used));
    explicit_bzero(growing->text, growing->used);
    memory_free(&growing->text);
}

void parameters_init(struct parameters *parameters)
{
    *parameters = (struct parameters){.arena = arena_new_secret(PARAMETERS_LIMIT)};
}

void parameters_clear(struct parameters *parameters)
{
    arena_free(&parameters->arena);
    parameters->count = 0;
}

void parameters_copy(struct parameters *out_copy, const struct parameters *parameters)
{
    parameters_init(out_copy);
    for (int i = 0; i < parameters->count; i++) {
        parameters_text(out_copy, parameters->values[i]);
    }
}

void parameters_null(struct parameters *parameters)
{
    parameters_add(parameters, NULL);
}

void parameters_text(struct parameters *parameters, const char *text)
{
    parameters_add(parameters, text ? arena_copy(parameters->arena, text) : NULL);
}

void parameters_int64(struct parameters *parameters, int64_t value)
{
    parameters_add(parameters, arena_printf(parameters->arena, "%" PRId64, value));
}

void parameters_bool(struct parameters *parameters, bool value)
{
    parameters_add(parameters, value ? "t" : "f");
}

static char *bytes_text(struct parameters *parameters, const void *bytes, size_t length)
{
    char *text = arena_alloc(parameters->arena, 2 * length + 3, 1);
    assert(text);
    bytes_write(bytes, length, text);
    return text;
}

void parameters_bytes(struct parameters *parameters, const void *bytes, size_t length)
{
    parameters_add(parameters, bytes_text(parameters, bytes, length));
}

void parameters_uuid(struct parameters *parameters, const unsigned char uuid[16])
{
    /* PostgreSQL reads 32 digits without hyphens; bytea's prefix goes */
    parameters_add(parameters, bytes_text(parameters, uuid, 16) + strlen("\\x"));
}

static char *instant_text(struct parameters *parameters, struct instant instant)
{
    char text[INSTANT_TEXT_SIZE];
    instant_write(instant, text);
    return arena_copy(parameters->arena, text);
}

void parameters_instant(struct parameters *parameters, struct instant instant)
{
    parameters_add(parameters, instant_is_set(instant) ? instant_text(parameters, instant) : NULL);
}

void parameters_duration(struct parameters *parameters, struct duration duration)
{
    parameters_add(parameters, arena_printf(parameters->arena, "%" PRId64 " microseconds", duration.us));
}

void parameters_date(struct parameters *parameters, const struct date *date)
{
    char text[DATE_TEXT_SIZE] = "";
    if (date) {
        date_write_iso(*date, text);
    }
    parameters_text(parameters, date ? text : NULL);
}

void parameters_int64_array(struct parameters *parameters, const int64_t *values, size_t count)
{
    struct growing growing = {0};
    growing_add(&growing, "{", 1);
    for (size_t i = 0; i < count; i++) {
        char number[24];
        int length = snprintf(number, sizeof number, "%s%" PRId64, i ? "," : "", values[i]);
        growing_add(&growing, number, (size_t)length);
    }
    parameters_add_array(parameters, &growing);
}

void parameters_bool_array(struct parameters *parameters, const bool *values, size_t count)
{
    struct growing growing = {0};
    growing_add(&growing, "{", 1);
    for (size_t i = 0; i < count; i++) {
        growing_add_text(&growing, i ? "," : "");
        growing_add_text(&growing, values[i] ? "t" : "f");
    }
    parameters_add_array(parameters, &growing);
}

void parameters_text_array(struct parameters *parameters, const char *const *values, size_t count)
{
    struct growing growing = {0};
    growing_add(&growing, "{", 1);
    for (size_t i = 0; i < count; i++) {
        growing_add_text(&growing, i ? "," : "");
        if (values[i]) {
            growing_add_quoted(&growing, values[i]);
        } else {
            growing_add_text(&growing, "NULL");
        }
    }
    parameters_add_array(parameters, &growing);
}

void parameters_instant_array(struct parameters *parameters, const struct instant *values, size_t count)
{
    struct growing growing = {0};
    growing_add(&growing, "{", 1);
    for (size_t i = 0; i < count; i++) {
        growing_add_text(&growing, i ? "," : "");
        if (instant_is_set(values[i])) {
            growing_add_quoted(&growing, instant_text(parameters, values[i]));
        } else {
            growing_add_text(&growing, "NULL");
        }
    }
    parameters_add_array(parameters, &growing);
}

void parameters_bytes_array(struct parameters *parameters, const void *const *items, const size_t *sizes, size_t count)
{
    struct growing growing = {0};
    growing_add(&growing, "{", 1);
    for (size_t i = 0; i < count; i++) {
        growing_add_text(&growing, i ? "," : "");
        if (items[i]) {
            growing_add_quoted(&growing, bytes_text(parameters, items[i], sizes[i]));
        } else {
            growing_add_text(&growing, "NULL");
        }
    }
    parameters_add_array(parameters, &growing);
}
