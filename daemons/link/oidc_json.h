/* JSON of an identity provider: read strictly, asked by name. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For _cleanup_. */
void json_free(json_t **json);

/* An object, no member twice. NULL with the fault (FORMAT). The caller owns it. */
MUST_USE json_t *json_read_object(const char *bytes, size_t length, struct fault *fault);

/* NULL when there is none, or it is no text. */
const char *json_text(const json_t *object, const char *name);
/* A whole number, or one with a fraction cut off; false when there is none or it is out of this world. */
bool json_seconds(const json_t *object, const char *name, int64_t *out_seconds);
/* The text itself, or an array that holds it. */
bool json_says(const json_t *object, const char *name, const char *text);
