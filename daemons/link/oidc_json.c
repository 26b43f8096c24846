#include "link/oidc_json.h"

#include <math.h>
#include <string.h>

void json_free(json_t **json)
{
    json_decref(*json);
    *json = NULL;
}

json_t *json_read_object(const char *bytes, size_t length, struct fault *fault)
{
    json_error_t error;
    json_t *json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(json)) {
        json_decref(json);
        (void)fault_set(fault, FAULT_FORMAT, "no JSON object"); /* the library's text would quote the answer */
        return NULL;
    }
    return json;
}

const char *json_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

bool json_seconds(const json_t *object, const char *name, int64_t *out_seconds)
{
    static const double furthest = 253402300800.0; /* year 10000 */
    const json_t *value = json_object_get(object, name);
    double seconds = json_number_value(value);
    if (!json_is_number(value) || !isfinite(seconds) || fabs(seconds) > furthest) {
        return false;
    }
    *out_seconds = (int64_t)seconds;
    return true;
}

bool json_says(const json_t *object, const char *name, const char *text)
{
    const json_t *value = json_object_get(object, name);
    if (json_is_string(value)) {
        return strcmp(json_string_value(value), text) == 0;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *member = json_string_value(json_array_get(value, i));
        if (member && strcmp(member, text) == 0) {
            return true;
        }
    }
    return false;
}
