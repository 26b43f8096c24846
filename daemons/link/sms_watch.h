/* Is the SMS gateway well? The check "sms". Each message that is sent tells; when none was for sms.check_interval, the gateway is
 * asked, on the threads that send. */
#pragma once

#include "link/sms_gateway.h"
#include "runtime/daemon.h"
#include "runtime/worker.h"

struct sms_watch;

/* The workers' context is a struct sms_gateway; they are borrowed. */
NEVER_NULL MUST_USE struct sms_watch *sms_watch_new(const struct daemon_run *run, struct workers *workers);
/* What became of a message; fault: unless it was taken. */
void sms_watch_judge(struct sms_watch *watch, enum sms_outcome outcome, const struct fault *fault);
/* As many messages as may (sms.hourly_max) left within the hour, or no longer so. */
void sms_watch_full(struct sms_watch *watch, bool is_full);
/* Before the workers are stopped. */
void sms_watch_stop(struct sms_watch *watch);
void sms_watch_free(struct sms_watch **watch);
