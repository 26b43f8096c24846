/* A message is given to a provider, over libcurl. Blocking: for worker threads, one gateway of each provider for each thread.
 *
 * Bounded in time and size, no redirection, nothing of the environment. What a provider answers is not told to the log, but for Kannel's
 * one line: it may repeat a number or a text. */
#pragma once

#include "link/sms_provider.h"
#include "link/sms_request.h"
#include "runtime/fault.h"

struct sms_gateway;

enum sms_outcome {
    SMS_TAKEN,     /* by the provider, which sends it or will */
    SMS_REFUSED,   /* by the provider, as it would refuse any */
    SMS_UNFIT,     /* this message, for its number or its text: another may be taken */
    SMS_UNREACHED, /* nothing of it came there */
    SMS_SILENT     /* no whole answer: it may have been taken */
};

/* The provider is borrowed. */
NEVER_NULL MUST_USE struct sms_gateway *sms_gateway_new(const struct sms_provider *provider);
void sms_gateway_free(struct sms_gateway **gateway);

/* fault: what is said when it is not taken. */
enum sms_outcome sms_gateway_send(struct sms_gateway *gateway, const struct sms_message *message, struct fault *fault);
/* Is it there, and does it know us? Of Kannel, by a message to nobody (SMS_TAKEN: it answered as it should); of another, whether it may be
 * reached: no more can be asked of it for nothing. fault as above. */
enum sms_outcome sms_gateway_probe(struct sms_gateway *gateway, struct fault *fault);
