/* What a provider of kind https reports, as the configuration describes it: which field of its callback names the message, which says what
 * became of it, and what its words mean. Pure.
 *
 * A field is a parameter of the address, one of a form, or a member of a JSON object, where its name may be a way: "results.0.status". Of a
 * JSON array each element is a report. */
#pragma once

#include "link/sms_report.h"

#include <jansson.h>
#include <stdbool.h>

enum { SMS_CALLBACK_VALUE_SIZE = 128 };

struct sms_callback {
    const char *id;     /* the field that repeats %j; "": each message has an address of its own, %r */
    const char *status; /* the field of the words; "": reports are not followed */
    const char *const *words[REGISTRATION_DELIVERY_COUNT]; /* of each, NULL-ended */
    const char *const *waiting;                            /* that are no news; NULL-ended */
};

/* One that stands in two places; NULL: none. */
const char *sms_callback_word_twice(const struct sms_callback *callback);

/* What a JSON body is: an object, which is one report, or an array of some; no member twice. NULL: it is neither, or an array of none. The
 * caller owns it. */
json_t *sms_callback_document(const char *bytes, size_t length);
/* Reports of the document; NULL, of a form or an address, is one. */
size_t sms_callback_count(const json_t *document);
/* One of them, of whatever kind its element is; lent. NULL of NULL. */
const json_t *sms_callback_at(const json_t *document, size_t index);

/* A text, or a whole number as text. False: there is none, or it is longer than any that is of use. */
bool sms_callback_member(const json_t *document, const char *way, char out_value[SMS_CALLBACK_VALUE_SIZE]);

/* status: NULL: the report has none. *out_report is set for SMS_REPORT_NEWS; but for SMS_REPORT_FORGED, all of it save the delivery. */
enum sms_report_kind sms_callback_read(const struct key_ring *keys, const struct sms_callback *callback,
    const char *token, const char *status, struct sms_report *out_report);
