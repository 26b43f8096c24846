/* The providers of SMS, as the configuration has them (sections sms_provider) and in its order: the first that takes a message has it. */
#pragma once

#include "domain/types.h"
#include "link/sms_callback.h"
#include "link/sms_template.h"
#include "runtime/daemon.h"
#include "runtime/fault.h"

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

struct secret;

enum sms_kind {
    SMS_KANNEL, /* its HTTP interface, sendsms */
    SMS_HTTPS   /* what the configuration describes */
};

enum { SMS_PROVIDERS_MAX = 8, SMS_ACCEPTED_MAX = 8 };

struct sms_provider {
    const char *name;
    char *peer; /* among those whose certificates are told: "sms/" and its name */
    enum sms_kind kind;
    const char *url, *sender;
    struct secret *secret; /* password or key; NULL: none */
    struct duration timeout;
    const char *user; /* of SMS_KANNEL */
    /* of SMS_HTTPS */
    const char *method, *body, *ca_file;
    enum sms_encoding encoding;          /* of the body */
    const char *const *headers;          /* "Name: value"; NULL-ended */
    long accepted[SMS_ACCEPTED_MAX + 1]; /* statuses of who took it; 0-ended */
    regex_t answer;                      /* what such an answer holds */
    bool has_answer;
    const char *reports_url;      /* where its reports come in, as the world sees it; "" nowhere */
    struct sms_callback callback; /* what they look like; its status "": they are not followed */
};

struct sms_providers {
    struct sms_provider *list;
    size_t count; /* 0: no SMS is offered */
};

/* Everything about them is checked now, not at the first message. Faults: CONFIG, IO. To be closed also then. */
MUST_USE bool sms_providers_open(
    const struct daemon_run *run, struct sms_providers *out_providers, struct fault *fault);
void sms_providers_close(struct sms_providers *providers);
