/* What a provider is asked over HTTP, to take a message. Pure. */
#pragma once

#include "crypto/token.h"
#include "domain/phone.h"
#include "link/sms_message.h"
#include "link/sms_provider.h"

#include <curl/curl.h>
#include <stdint.h>

enum { SMS_REPORT_URL_SIZE = 200 };

struct sms_message {
    int64_t registration;
    int64_t attempt;
    struct phone to;
    char text[SMS_TEXT_SIZE];             /* UTF-8, of letters that the GSM alphabet has */
    char report_url[SMS_REPORT_URL_SIZE]; /* where Kannel tells what became of it */
    char report_token[TOKEN_LINK_SIZE];   /* by which another names it */
};

struct sms_request {
    char *url;
    char *body; /* NULL: GET */
    struct curl_slist *headers;
};

/* Wiped: it holds a code and a secret. */
void sms_request_clear(struct sms_request *request);

/* message: NULL: to nobody, which Kannel does not take: it says so after it has looked at who asks. */
void sms_request_of_kannel(
    const struct sms_provider *provider, const struct sms_message *message, struct sms_request *out_request);
void sms_request_of_https(
    const struct sms_provider *provider, const struct sms_message *message, struct sms_request *out_request);
