#include "link/sms_template.h"

#include "link/oidc_json.h"
#include "runtime/cleanup.h"
#include "runtime/secret.h"

#include <assert.h>
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char letters[] = "nNtiskrj%";

static const char *value_of(char letter, const struct sms_fields *fields)
{
    switch (letter) {
    case 'n':
        return fields->number;
    case 'N':
        return fields->number + (fields->number[0] == '+');
    case 't':
        return fields->text;
    case 'i':
        return fields->id;
    case 's':
        return fields->sender;
    case 'r':
        return fields->report_url;
    case 'j':
        return fields->report_id;
    default:
        assert(letter == 'k'); /* it was checked */
        return fields->secret;
    }
}

static void put(FILE *out, const char *value, enum sms_encoding encoding)
{
    if (encoding != SMS_FORM) {
        (void)fputs(value, out); /* JSON's signs are written with the whole text */
        return;
    }
    char *escaped = curl_easy_escape(NULL, value, 0);
    if (!escaped) {
        abort(); /* out of memory */
    }
    (void)fputs(escaped, out);
    secret_wipe(escaped, strlen(escaped));
    curl_free(escaped);
}

static FRESH_MEMORY char *expand(const char *text, enum sms_encoding encoding, const struct sms_fields *fields)
{
    char *filled = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&filled, &length);
    assert(out);
    for (; *text != '\0'; text++) {
        if (*text != '%') {
            (void)fputc(*text, out);
        } else if (*++text == '%') {
            (void)fputc('%', out);
        } else {
            put(out, value_of(*text, fields), encoding);
        }
    }
    (void)fclose(out);
    return filled;
}

static bool check_escapes(const char *text, enum sms_encoding encoding, struct fault *fault)
{
    for (const char *sign = strchr(text, '%'); sign; sign = strchr(sign + 2, '%')) {
        if (sign[1] == '\0' || !strchr(letters, sign[1])) {
            fault_set(fault, FAULT_CONFIG, "%%%c is put for nothing", sign[1] != '\0' ? sign[1] : ' ');
            return fault_hint(fault, "Number %%n or %%N, text %%t, our number %%i, sender %%s, secret %%k, reports %%r "
                                     "or %%j, percent %%%%.");
        }
        if (sign[1] == 't' && encoding == SMS_HEADER) {
            return fault_set(fault, FAULT_CONFIG, "%%t is no text for a header");
        }
    }
    return true;
}

bool sms_template_has(const char *text, char letter)
{
    for (const char *sign = strchr(text, '%'); sign && sign[1] != '\0'; sign = strchr(sign + 2, '%')) {
        if (sign[1] == letter) {
            return true;
        }
    }
    return false;
}

/* --- JSON --- */

/* A copy with its texts given by `change`; false of one ends it. */
typedef bool text_visit(const char *text, void *arg, json_t **out_text);

static json_t *json_copy_with(json_t *from, text_visit *visit, void *arg);

static json_t *object_copy_with(json_t *from, text_visit *visit, void *arg)
{
    json_t *to = json_object();
    const char *name;
    json_t *member;
    json_object_foreach(from, name, member)
    {
        json_t *copy = json_copy_with(member, visit, arg);
        if (!copy || json_object_set_new(to, name, copy) != 0) {
            json_decref(to);
            return NULL;
        }
    }
    return to;
}

static json_t *array_copy_with(json_t *from, text_visit *visit, void *arg)
{
    json_t *to = json_array();
    size_t index;
    json_t *member;
    json_array_foreach(from, index, member)
    {
        json_t *copy = json_copy_with(member, visit, arg);
        if (!copy || json_array_append_new(to, copy) != 0) {
            json_decref(to);
            return NULL;
        }
    }
    return to;
}

/* As deep as the configuration's text is: jansson bounds it. */
static json_t *json_copy_with(json_t *from, text_visit *visit, void *arg) // NOLINT(misc-no-recursion)
{
    json_t *text;
    if (json_is_object(from)) {
        return object_copy_with(from, visit, arg);
    }
    if (json_is_array(from)) {
        return array_copy_with(from, visit, arg);
    }
    if (json_is_string(from)) {
        return visit(json_string_value(from), arg, &text) ? text : NULL;
    }
    return json_incref(from);
}

static bool text_check(const char *text, void *arg, json_t **out_text)
{
    *out_text = json_null();
    return check_escapes(text, SMS_JSON, arg);
}

struct filling {
    const struct sms_fields *fields;
};

static bool text_fill(const char *text, void *arg, json_t **out_text)
{
    const struct filling *filling = arg;
    char *filled = expand(text, SMS_JSON, filling->fields);
    *out_text = json_string(filled);
    secret_wipe(filled, strlen(filled));
    memory_free(&filled);
    return *out_text != NULL;
}

/* --- */

bool sms_template_check(const char *text, enum sms_encoding encoding, struct fault *fault)
{
    if (encoding != SMS_JSON) {
        return check_escapes(text, encoding, fault);
    }
    _cleanup_(json_free) json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    if (!document) {
        fault_set(fault, FAULT_CONFIG, "no JSON");
        return fault_hint(fault, "An object or a list, between single quotes: '{\"to\": \"%%n\", \"text\": \"%%t\"}'.");
    }
    _cleanup_(json_free) json_t *checked = json_copy_with(document, text_check, fault);
    return checked != NULL;
}

char *sms_template_fill(const char *text, enum sms_encoding encoding, const struct sms_fields *fields)
{
    if (encoding != SMS_JSON) {
        return expand(text, encoding, fields);
    }
    _cleanup_(json_free) json_t *document = json_loads(text, 0, NULL);
    assert(document); /* it was checked */
    struct filling filling = {fields};
    _cleanup_(json_free) json_t *filled = json_copy_with(document, text_fill, &filling);
    char *body = filled ? json_dumps(filled, JSON_COMPACT) : NULL;
    if (!body) {
        abort(); /* out of memory: all that is put in is UTF-8 */
    }
    return body;
}
