/* Are the providers of SMS well? The check "sms", and whom the next message is given to. Each message that is sent tells; when none was for
 * sms.check_interval, the provider is asked, on the threads that send.
 *
 * One that fails is passed over, so that nobody waits for it with each code, until a probe finds it, or, where only a message proves it,
 * until one message in a while is tried with it again. */
#pragma once

#include "link/sms_gateway.h"
#include "link/sms_provider.h"
#include "runtime/daemon.h"
#include "runtime/worker.h"

struct sms_watch;

/* The workers' context is an array of gateways, one a provider; all is borrowed. */
NEVER_NULL MUST_USE struct sms_watch *sms_watch_new(
    const struct daemon_run *run, struct workers *workers, const struct sms_providers *providers);
/* It fails: it is passed over. From any thread. */
bool sms_watch_fails(const struct sms_watch *watch, size_t provider);
/* A message was not taken: it is passed over from now on, before this is judged. From any thread. */
void sms_watch_note_failure(struct sms_watch *watch, size_t provider);
/* Is the next message to be tried with it nevertheless? True of one that fails takes its turn. */
bool sms_watch_takes_turn(struct sms_watch *watch, size_t provider);
/* What became of a message; fault: unless it was taken. */
void sms_watch_judge(struct sms_watch *watch, size_t provider, enum sms_outcome outcome, const struct fault *fault);
/* As many messages as may (sms.hourly_max) left within the hour, or no longer so. */
void sms_watch_full(struct sms_watch *watch, bool is_full);
/* Before the workers are stopped. */
void sms_watch_stop(struct sms_watch *watch);
void sms_watch_free(struct sms_watch **watch);
