/*
 * Telephone numbers, kept in E.164. French numbers, overseas by their block (protocols.md 4.4); foreign ones by shape.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
    PHONE_SIZE = 17,     /* bytes: plus sign, 15 digits, the end */
    PHONE_TEXT_SIZE = 40 /* bytes: grouped or masked, in UTF-8 */
};

struct phone {
    char e164[PHONE_SIZE];
};

enum phone_kind {
    PHONE_FIXED,  /* French, no mobile */
    PHONE_MOBILE, /* French, metropolitan or overseas */
    PHONE_FOREIGN /* another country: mobile or not cannot be told */
};

/*
 * `+33 6 12 34 56 78`, `+33 (0)6…`, `0612345678`, `06.12.34.56.78`, `0033…`, `0690…` and `+33 6 90…` (overseas by
 * block), `+41…`, and `612345678`, which spreadsheets leave of a mobile.
 * False for anything else: too short, unknown block, all zeros, letters.
 */
bool phone_parse(const char *typed, struct phone *out_phone);

enum phone_kind phone_kind(const struct phone *phone);
bool phone_is_mobile(const struct phone *phone);

/* A mobile, or a foreign number, which may be one. */
bool phone_may_receive_sms(const struct phone *phone);

bool phone_is_same(const struct phone *a, const struct phone *b);

/* "06 12 34 56 78" for French numbers of ten digits, E.164 as it is otherwise. */
void phone_display(const struct phone *phone, char out_text[PHONE_TEXT_SIZE]);

/* All but the last two digits hidden: "•• •• •• •• 78". */
void phone_mask(const struct phone *phone, char out_text[PHONE_TEXT_SIZE]);
