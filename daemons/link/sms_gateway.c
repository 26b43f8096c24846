#include "link/sms_gateway.h"

#include "link/sms_report.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_SIZE = 1024 };
enum { ANSWER_SIZE = 200 }; /* what a person reads of it in the log; the rest is not kept */

struct sms_gateway {
    const struct sms_gateway_settings *settings;
    CURL *curl;
};

/* --- a message --- */

struct sms_gateway *sms_gateway_new(const struct sms_gateway_settings *settings)
{
    struct sms_gateway *gateway = checked_calloc(1, sizeof *gateway);
    gateway->settings = settings;
    gateway->curl = curl_easy_init();
    if (!gateway->curl) {
        abort(); /* out of memory */
    }
    return gateway;
}

void sms_gateway_free(struct sms_gateway **gateway)
{
    if (*gateway) {
        curl_easy_cleanup((*gateway)->curl);
        memory_free(gateway);
    }
}

struct answer {
    char text[ANSWER_SIZE];
    size_t length;
};

static size_t take_answer(const char *bytes, size_t size, size_t count, void *arg)
{
    struct answer *answer = arg;
    size_t room = ANSWER_SIZE - 1 - answer->length;
    size_t length = size * count < room ? size * count : room;
    memcpy(answer->text + answer->length, bytes, length);
    answer->length += length;
    return size * count;
}

static void headers_free(struct curl_slist **headers)
{
    for (struct curl_slist *one = *headers; one; one = one->next) {
        secret_wipe(one->data, strlen(one->data));
    }
    curl_slist_free_all(*headers);
}

static struct curl_slist *headers_add(struct curl_slist *headers, const char *name, const char *value)
{
    char line[HEADER_SIZE];
    snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *more = curl_slist_append(headers, line);
    secret_wipe(line, sizeof line);
    if (!more) {
        abort(); /* out of memory */
    }
    return more;
}

/* smsbox takes what a message is from headers, so that neither a password nor a code is in an address that gets logged.
 * message: NULL: to nobody. */
static struct curl_slist *headers_make(const struct sms_gateway_settings *settings, const struct sms_message *message)
{
    struct curl_slist *headers = headers_add(NULL, "Content-Type", "text/plain; charset=UTF-8");
    headers = headers_add(headers, "X-Kannel-Username", settings->user);
    headers = headers_add(headers, "X-Kannel-Password", settings->password ? secret_text(settings->password) : "");
    headers = headers_add(headers, "X-Kannel-From", settings->sender);
    headers = headers_add(headers, "X-Kannel-Coding", "0");
    if (message) {
        char mask[12];
        snprintf(mask, sizeof mask, "%d", (int)SMS_REPORT_MASK);
        headers = headers_add(headers, "X-Kannel-To", message->to.e164);
        headers = headers_add(headers, "X-Kannel-DLR-Mask", mask);
        headers = headers_add(headers, "X-Kannel-DLR-Url", message->report_url);
    }
    return headers;
}

static void prepare(
    const struct sms_gateway *gateway, struct curl_slist *headers, const char *text, struct answer *answer)
{
    CURL *curl = gateway->curl;
    curl_easy_reset(curl); /* its connections stay */
    curl_easy_setopt(curl, CURLOPT_URL, gateway->settings->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Preau");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(gateway->settings->timeout.us / 1000));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

/* The status of the answer; 0 with the fault when there is none. */
static long ask(const struct sms_gateway *gateway, struct curl_slist *headers, const char *text, struct answer *answer,
    struct fault *fault)
{
    long status = 0;
    prepare(gateway, headers, text, answer);
    CURLcode code = curl_easy_perform(gateway->curl);
    if (code != CURLE_OK) {
        fault_set(fault, code == CURLE_OPERATION_TIMEDOUT ? FAULT_TIMEOUT : FAULT_PEER, "SMS gateway: %s",
            curl_easy_strerror(code));
        return 0;
    }
    curl_easy_getinfo(gateway->curl, CURLINFO_RESPONSE_CODE, &status);
    answer->text[strcspn(answer->text, "\r\n")] = '\0';
    return status;
}

/* Who asks is unknown, nothing of the kind is at that address, or it cannot: not for what this message is. */
static bool is_of_any(long status)
{
    return status < 400 || status == 401 || (status >= 403 && status <= 405) || status >= 500;
}

static enum sms_outcome refused(long status, const struct answer *answer, struct fault *fault)
{
    fault_set(fault, FAULT_PEER, "SMS gateway: %ld %s", status, answer->text);
    return is_of_any(status) ? SMS_REFUSED : SMS_UNFIT;
}

enum sms_outcome sms_gateway_send(
    struct sms_gateway *gateway, const struct sms_message *message, struct fault *fault)
{
    struct answer answer = {.length = 0};
    _cleanup_(headers_free) struct curl_slist *headers = headers_make(gateway->settings, message);
    long status = ask(gateway, headers, message->text, &answer, fault);
    if (status == 0) {
        return SMS_SILENT;
    }
    return status == 202 || status == 200 ? SMS_TAKEN : refused(status, &answer, fault);
}

enum sms_outcome sms_gateway_probe(struct sms_gateway *gateway, struct fault *fault)
{
    struct answer answer = {.length = 0};
    _cleanup_(headers_free) struct curl_slist *headers = headers_make(gateway->settings, NULL);
    long status = ask(gateway, headers, "", &answer, fault);
    if (status == 0) {
        return SMS_SILENT;
    }
    return status >= 400 && is_of_any(status) ? refused(status, &answer, fault) : SMS_TAKEN;
}
