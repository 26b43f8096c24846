/* What a delivery report is: whose it is and what it says. Pure.
 *
 * A report comes to an address that only the provider of that message was told: it is made of a key, the registration and the try, so
 * that nobody makes one up. */
#pragma once

#include "crypto/key.h"
#include "crypto/token.h"
#include "store/registration.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SMS_REPORT_PATH_SIZE = TOKEN_LINK_SIZE + 16,
    /* What Kannel is to tell of (dlr-mask, protocols.md 4.2): delivered, not delivered, accepted by the operator, refused by it. That
     * a message waits there (4) is no news. */
    SMS_REPORT_MASK = 1 | 2 | 8 | 16
};

struct sms_report {
    int64_t registration;
    int64_t attempt;
    enum registration_delivery delivery;
};

enum sms_report_kind {
    SMS_REPORT_NEWS,
    SMS_REPORT_NO_NEWS,   /* ours, of something that nobody waits for */
    SMS_REPORT_MALFORMED, /* ours, and not to be read */
    SMS_REPORT_FORGED     /* of no message of ours */
};

/* The message, by a text that nobody else makes. */
void sms_report_token(
    const struct key_ring *keys, int64_t registration, int64_t attempt, char out_token[TOKEN_LINK_SIZE]);
/* Sets all of *out_report but its delivery. False: of no message of ours. */
bool sms_report_token_read(const struct key_ring *keys, const char *token, struct sms_report *out_report);

/* "/report/TOKEN/"; what happened follows as a number: Kannel's %d. */
void sms_report_path(
    const struct key_ring *keys, int64_t registration, int64_t attempt, char out_path[SMS_REPORT_PATH_SIZE]);

/* path: as it was asked for. *out_report is set for SMS_REPORT_NEWS. */
enum sms_report_kind sms_report_read(const struct key_ring *keys, const char *path, struct sms_report *out_report);
