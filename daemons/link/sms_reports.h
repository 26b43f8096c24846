/* Delivery reports come in: a small HTTP server on this machine alone (sms.reports), which takes what sms_report.h reads of Kannel, and
 * sms_callback.h of providers of kind https, through the operator's proxy, and keeps it with the registration. A report that is repeated, late, made up or unreadable changes nothing and is counted.
 * Of several that come in one callback each counts for itself: what one is found to be keeps no other from being kept. One that the store does
 * not keep makes all of them come again.
 *
 * Bounded: connections, bytes, time, reports of a callback; callbacks that are being kept: past that it answers 503, and the gateway asks
 * again. */
#pragma once

#include "link/sms_request.h"
#include "runtime/daemon.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stdint.h>

struct link;
struct sms_providers;
struct sms_reports;

/* The providers are borrowed. Faults: CONFIG (an address of another machine), IO (taken by another). */
MUST_USE bool sms_reports_open(const struct daemon_run *run, struct link *link, const struct sms_providers *providers,
    struct sms_reports **out_reports, struct fault *fault);
/* Takes nothing more. Before the store is closed; then sms_reports_free. */
void sms_reports_stop(struct sms_reports *reports);
void sms_reports_free(struct sms_reports **reports);

/* Where Kannel tells what became of a try (dlr-url). */
void sms_reports_url(
    const struct sms_reports *reports, int64_t registration, int64_t attempt, char out_url[SMS_REPORT_URL_SIZE]);

/* Of the messages of the last hour, how many the telephone took and how many not: a share above sms.undelivered_max is
 * told (check "sms_delivery"), once there are enough of them. provider: by which most were lost; "" none. */
struct registration_backlog;
void sms_reports_judge(struct sms_reports *reports, const struct registration_backlog *backlog);
