/* What preauctl says: sentences for people, one JSON document on standard output for programs. */
#pragma once

#include "ctl/command.h"
#include "domain/refusal.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <jansson.h>
#include <stdint.h>

/* Prints and frees the document. */
void ctl_print_json(json_t *document);

/* The end of a command that did not do what was asked: the sentence on standard error, or {"error": {code, message,
 * hint}} on standard output. Gives `code` back. */
PRINTF_LIKE(4, 5)
enum ctl_exit ctl_fail(const struct ctl *ctl, enum ctl_exit code, const char *word, const char *format, ...);
/* what: what was tried, French: "base de données". */
enum ctl_exit ctl_fail_fault(const struct ctl *ctl, const char *what, const struct fault *fault);
enum ctl_exit ctl_fail_refusal(const struct ctl *ctl, enum refusal refusal);

/* Microseconds since 1970 as JSON: RFC 3339 in UTC; null for 0. */
json_t *ctl_json_instant(int64_t us);
/* For people, in the house's zone: "24/11/2026 13:05:12"; "—" for 0. */
enum { CTL_INSTANT_SIZE = 32 };
void ctl_write_instant(int64_t us, char out_text[static CTL_INSTANT_SIZE]);
