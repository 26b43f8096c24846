/* Codes that are due leave by SMS. Who is known is looked up here, after the person was answered: neither the words nor
 * the time of an answer depend on it. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/daemon.h"
#include "runtime/fault.h"

#include <stdbool.h>

struct link;
struct sms;

/* *out_sms is NULL when the configuration names no gateway. Faults: CONFIG, IO. */
MUST_USE bool sms_open(const struct daemon_run *run, struct link *link, struct sms **out_sms, struct fault *fault);
/* Before the store is closed: what runs ends, nothing more is looked for. Then sms_free. */
void sms_stop(struct sms *sms);
void sms_free(struct sms **sms);

/* A registration was begun: its code is due. */
void sms_wake(struct sms *sms);
