/* The languages of the families' pages: which one a browser asks for, and what a sentence is in it.
 *
 * French stands in the sources and the templates; the others come from the catalogues, po/. Pure. */
#pragma once

#include <stdbool.h>

enum language {
    LANGUAGE_FRENCH,
    LANGUAGE_ENGLISH,
    LANGUAGE_ARABIC,
    LANGUAGE_PORTUGUESE,
    LANGUAGE_TURKISH,
    LANGUAGE_SPANISH,
    LANGUAGE_COUNT
};

const char *language_code(enum language language);      /* "ar", as in lang="" */
const char *language_name(enum language language);      /* in itself */
const char *language_direction(enum language language); /* "ltr" or "rtl" */
bool language_from_code(const char *code, enum language *out_language);

/* What a browser would rather read (Accept-Language, RFC 9110 12.5.4; may be NULL) among those offered, bits by number;
 * else French. */
enum language language_accepted(const char *header, unsigned offered);

/* The sentence in the language; the very pointer of the French where it has none. */
const char *language_say(enum language language, const char *french);
