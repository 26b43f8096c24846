#include "link/oidc_claim.h"

#include <stdio.h>
#include <string.h>

struct search {
    char *value;
    size_t size;
    bool has_several, is_too_long;
};

/* What is neither text nor whole number says nothing. */
static void value_take(struct search *search, const json_t *json)
{
    char number[32];
    const char *text = json_string_value(json);
    if (json_is_integer(json)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(json));
        text = number;
    }
    if (!text || text[0] == '\0' || strcmp(text, search->value) == 0) {
        return;
    }
    if (strlen(text) >= search->size) {
        search->is_too_long = true;
        return;
    }
    search->has_several = search->has_several || search->value[0] != '\0';
    memcpy(search->value, text, strlen(text) + 1);
}

bool oidc_claim_one(const json_t *claims, const char *name, char *out_value, size_t size, struct fault *fault)
{
    const json_t *claim = json_object_get(claims, name);
    struct search search = {.value = out_value, .size = size};
    out_value[0] = '\0';
    value_take(&search, claim);
    for (size_t i = 0; i < json_array_size(claim); i++) {
        value_take(&search, json_array_get(claim, i));
    }
    if (search.is_too_long) {
        return fault_set(fault, FAULT_LIMIT, "the claim that holds the key is too long");
    }
    if (search.has_several) {
        return fault_set(fault, FAULT_MISSING, "several values of the claim that holds the key");
    }
    return out_value[0] != '\0' || fault_set(fault, FAULT_MISSING, "no claim that holds the key");
}
