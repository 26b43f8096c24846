#include "link/sms_request.h"

#include "link/sms_report.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sms_request_clear(struct sms_request *request)
{
    for (struct curl_slist *one = request->headers; one; one = one->next) {
        secret_wipe(one->data, strlen(one->data));
    }
    curl_slist_free_all(request->headers);
    secret_text_free(&request->url);
    secret_text_free(&request->body);
    request->headers = NULL;
}

/* Takes the line. */
static void take_header(struct sms_request *request, char *line)
{
    struct curl_slist *more = curl_slist_append(request->headers, line);
    secret_text_free(&line);
    if (!more) {
        abort(); /* out of memory */
    }
    request->headers = more;
}

static void add_header(struct sms_request *request, const char *name, const char *value)
{
    take_header(request, checked_printf("%s: %s", name, value));
}

static const char *secret_of(const struct sms_provider *provider)
{
    return provider->secret ? secret_text(provider->secret) : "";
}

/* smsbox takes what a message is from headers, so that neither a password nor a code is in an address that gets logged. */
void sms_request_of_kannel(
    const struct sms_provider *provider, const struct sms_message *message, struct sms_request *out_request)
{
    *out_request = (struct sms_request){
        .url = checked_strdup(provider->url), .body = checked_strdup(message ? message->text : "")};
    add_header(out_request, "Content-Type", "text/plain; charset=UTF-8");
    add_header(out_request, "X-Kannel-Username", provider->user);
    add_header(out_request, "X-Kannel-Password", secret_of(provider));
    add_header(out_request, "X-Kannel-From", provider->sender);
    add_header(out_request, "X-Kannel-Coding", "0");
    if (message) {
        char mask[12];
        snprintf(mask, sizeof mask, "%d", (int)SMS_REPORT_MASK);
        add_header(out_request, "X-Kannel-To", message->to.e164);
        add_header(out_request, "X-Kannel-DLR-Mask", mask);
        add_header(out_request, "X-Kannel-DLR-Url", message->report_url);
    }
}

void sms_request_of_https(
    const struct sms_provider *provider, const struct sms_message *message, struct sms_request *out_request)
{
    char id[48];
    snprintf(id, sizeof id, "preau-%" PRId64 "-%" PRId64, message->registration, message->attempt);
    _cleanup_(secret_text_free) char *report_url =
        checked_printf("%s/%s/%s", provider->reports_url, provider->name, message->report_token);
    const struct sms_fields fields = {
        .number = message->to.e164,
        .text = message->text,
        .id = id,
        .sender = provider->sender,
        .secret = secret_of(provider),
        .report_url = report_url,
        .report_id = message->report_token,
    };
    bool has_body = provider->body[0] != '\0';
    *out_request = (struct sms_request){
        .url = sms_template_fill(provider->url, SMS_FORM, &fields),
        .body = has_body ? sms_template_fill(provider->body, provider->encoding, &fields) : NULL,
    };
    if (has_body) {
        bool is_json = provider->encoding == SMS_JSON;
        add_header(out_request, "Content-Type", is_json ? "application/json" : "application/x-www-form-urlencoded");
    }
    for (const char *const *header = provider->headers; *header; header++) {
        take_header(out_request, sms_template_fill(*header, SMS_HEADER, &fields));
    }
}
