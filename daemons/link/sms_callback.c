#include "link/sms_callback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_SIZE = 101 }; /* of one step of a way */

static bool holds(const char *const *words, const char *word)
{
    for (; *words; words++) {
        if (strcmp(*words, word) == 0) {
            return true;
        }
    }
    return false;
}

static unsigned places_of(const struct sms_callback *callback, const char *word)
{
    unsigned places = holds(callback->waiting, word);
    for (size_t i = 0; i < REGISTRATION_DELIVERY_COUNT; i++) {
        places += holds(callback->words[i], word);
    }
    return places;
}

const char *sms_callback_word_twice(const struct sms_callback *callback)
{
    for (size_t i = 0; i < REGISTRATION_DELIVERY_COUNT; i++) {
        for (const char *const *word = callback->words[i]; *word; word++) {
            if (places_of(callback, *word) > 1) {
                return *word;
            }
        }
    }
    return NULL;
}

json_t *sms_callback_document(const char *bytes, size_t length)
{
    json_error_t ignored; /* its text would quote the report */
    json_t *document = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &ignored);
    if (json_is_object(document) || json_array_size(document) > 0) {
        return document;
    }
    json_decref(document);
    return NULL;
}

size_t sms_callback_count(const json_t *document)
{
    return json_is_array(document) ? json_array_size(document) : 1;
}

const json_t *sms_callback_at(const json_t *document, size_t index)
{
    return json_is_array(document) ? json_array_get(document, index) : document;
}

static const json_t *step_into(const json_t *from, const char *name)
{
    if (!json_is_array(from)) {
        return json_object_get(from, name); /* NULL of what is no object */
    }
    char *end;
    unsigned long index = strtoul(name, &end, 10);
    return name[0] >= '0' && name[0] <= '9' && *end == '\0' ? json_array_get(from, index) : NULL;
}

static bool value_of(const json_t *member, char out_value[SMS_CALLBACK_VALUE_SIZE])
{
    int length = -1;
    if (json_is_string(member) && strlen(json_string_value(member)) == json_string_length(member)) {
        length = snprintf(out_value, SMS_CALLBACK_VALUE_SIZE, "%s", json_string_value(member));
    } else if (json_is_integer(member)) {
        length = snprintf(out_value, SMS_CALLBACK_VALUE_SIZE, "%lld", (long long)json_integer_value(member));
    }
    return length >= 0 && length < SMS_CALLBACK_VALUE_SIZE;
}

bool sms_callback_member(const json_t *document, const char *way, char out_value[SMS_CALLBACK_VALUE_SIZE])
{
    while (document) {
        char name[NAME_MAX_SIZE];
        size_t length = strcspn(way, ".");
        if (length >= sizeof name) {
            return false;
        }
        memcpy(name, way, length);
        name[length] = '\0';
        document = step_into(document, name);
        if (way[length] == '\0') {
            return document && value_of(document, out_value);
        }
        way += length + 1;
    }
    return false;
}

enum sms_report_kind sms_callback_read(const struct key_ring *keys, const struct sms_callback *callback,
    const char *token, const char *status, struct sms_report *out_report)
{
    if (!sms_report_token_read(keys, token, out_report)) {
        return SMS_REPORT_FORGED;
    }
    if (!status) {
        return SMS_REPORT_MALFORMED;
    }
    for (size_t i = 0; i < REGISTRATION_DELIVERY_COUNT; i++) {
        if (holds(callback->words[i], status)) {
            out_report->delivery = (enum registration_delivery)i;
            return SMS_REPORT_NEWS;
        }
    }
    return holds(callback->waiting, status) ? SMS_REPORT_NO_NEWS : SMS_REPORT_MALFORMED;
}
