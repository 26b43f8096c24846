/* Kannel's HTTP interface to send an SMS (protocols.md 4.2), over libcurl. Blocking: for worker threads, one each.
 *
 * Bounded in time and size, no redirection, nothing of the environment. The password is in the request: without TLS the
 * gateway must be on this very machine. */
#pragma once

#include "domain/phone.h"
#include "domain/types.h"
#include "link/sms_message.h"
#include "link/sms_reports.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>

struct secret;
struct sms_gateway;

struct sms_gateway_settings {
    const char *url;
    const char *user;
    const struct secret *password; /* NULL: none */
    const char *sender;
    struct duration timeout;
};

enum sms_outcome {
    SMS_TAKEN,   /* by the gateway, which sends it or will */
    SMS_REFUSED, /* by the gateway, as it would refuse any */
    SMS_UNFIT,   /* this message, for its number or its text: another may be taken */
    SMS_SILENT   /* no whole answer: it may have been taken */
};

struct sms_message {
    struct phone to;
    char text[SMS_TEXT_SIZE];             /* UTF-8, of letters that the GSM alphabet has */
    char report_url[SMS_REPORT_URL_SIZE]; /* where it tells what became of it */
};

/* Settings are borrowed. */
NEVER_NULL MUST_USE struct sms_gateway *sms_gateway_new(const struct sms_gateway_settings *settings);
void sms_gateway_free(struct sms_gateway **gateway);

/* fault: what is said when it is not taken. */
enum sms_outcome sms_gateway_send(
    struct sms_gateway *gateway, const struct sms_message *message, struct fault *fault);
/* Is it there, and does it know us? A message to nobody, which it does not take: it says so (SMS_TAKEN) after it has looked at who
 * asks. fault as above. */
enum sms_outcome sms_gateway_probe(struct sms_gateway *gateway, struct fault *fault);
