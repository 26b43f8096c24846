#include "link/sms_gateway.h"

#include "link/certificate.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum {
    ANSWER_SIZE = 8192, /* what the provider's pattern is looked for in; the rest is not kept */
    LINE_MAX_SAID = 160,
    CONNECT_MS = 4000
};

struct sms_gateway {
    const struct sms_provider *provider;
    CURL *curl;
};

struct sms_gateway *sms_gateway_new(const struct sms_provider *provider)
{
    struct sms_gateway *gateway = checked_calloc(1, sizeof *gateway);
    gateway->provider = provider;
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

/* --- asked --- */

struct answer {
    char text[ANSWER_SIZE];
    size_t length;
};

static void answer_wipe(struct answer *answer)
{
    secret_wipe(answer->text, answer->length);
}

static size_t take_answer(const char *bytes, size_t size, size_t count, void *arg)
{
    struct answer *answer = arg;
    size_t room = ANSWER_SIZE - 1 - answer->length;
    size_t length = size * count < room ? size * count : room;
    memcpy(answer->text + answer->length, bytes, length);
    answer->length += length;
    return size * count;
}

static void set_bounds(const struct sms_gateway *gateway)
{
    CURL *curl = gateway->curl;
    const struct sms_provider *provider = gateway->provider;
    long timeout = (long)(provider->timeout.us / 1000);
    curl_easy_reset(curl); /* its connections stay */
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Preau");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout < CONNECT_MS ? timeout : (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, provider->kind == SMS_HTTPS ? "https" : "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    certificate_ask(curl);
    if (provider->kind == SMS_HTTPS && provider->ca_file[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_CAINFO, provider->ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
}

static bool not_reached(const struct sms_gateway *gateway, CURLcode code, struct fault *fault)
{
    return fault_set(fault, code == CURLE_OPERATION_TIMEDOUT ? FAULT_TIMEOUT : FAULT_PEER, "SMS provider %s: %s",
        gateway->provider->name, curl_easy_strerror(code));
}

/* The status of the answer; 0 with *out_outcome and the fault when there is none. */
static long ask(const struct sms_gateway *gateway, const struct sms_request *request, struct answer *answer,
    enum sms_outcome *out_outcome, struct fault *fault)
{
    CURL *curl = gateway->curl;
    long status = 0, sent = 0;
    set_bounds(gateway);
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, request->headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (request->body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
    }
    if (gateway->provider->kind == SMS_HTTPS && request->body) {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, gateway->provider->method);
    }
    CURLcode code = curl_easy_perform(curl);
    certificate_tell(curl, gateway->provider->peer);
    if (code != CURLE_OK) {
        curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent);
        *out_outcome = sent > 0 ? SMS_SILENT : SMS_UNREACHED;
        (void)not_reached(gateway, code, fault);
        return 0;
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* --- what an answer means --- */

/* Who asks is unknown, nothing of the kind is at that address, or it cannot: not for what this message is. */
static bool is_of_any(long status)
{
    return status < 400 || status == 401 || (status >= 403 && status <= 405) || status == 407 || status == 408 ||
           status == 429 || status >= 500;
}

static enum sms_outcome refused(
    const struct sms_gateway *gateway, long status, const struct answer *answer, struct fault *fault)
{
    bool is_kannel = gateway->provider->kind == SMS_KANNEL;
    size_t length = is_kannel ? strcspn(answer->text, "\r\n") : 0;
    (void)fault_set(fault, FAULT_PEER, "SMS provider %s: %ld%s%.*s", gateway->provider->name, status,
        length > 0 ? " " : "", (int)(length < LINE_MAX_SAID ? length : LINE_MAX_SAID), answer->text);
    return is_of_any(status) ? SMS_REFUSED : SMS_UNFIT;
}

/* What has a status of success and is not what the configuration says is some other server's answer, or says no: an answer
 * of no use, as any other would be. */
static bool is_as_described(const struct sms_provider *provider, const struct answer *answer)
{
    return !provider->has_answer || regexec(&provider->answer, answer->text, 0, NULL, 0) == 0;
}

static enum sms_outcome judge_https(
    const struct sms_gateway *gateway, long status, const struct answer *answer, struct fault *fault)
{
    const struct sms_provider *provider = gateway->provider;
    for (const long *accepted = provider->accepted; *accepted != 0; accepted++) {
        if (status == *accepted && is_as_described(provider, answer)) {
            return SMS_TAKEN;
        }
        if (status == *accepted) {
            (void)fault_set(
                fault, FAULT_PEER, "SMS provider %s: %ld, and not the answer that is wanted", provider->name, status);
            return SMS_REFUSED;
        }
    }
    return refused(gateway, status, answer, fault);
}

enum sms_outcome sms_gateway_send(struct sms_gateway *gateway, const struct sms_message *message, struct fault *fault)
{
    bool is_kannel = gateway->provider->kind == SMS_KANNEL;
    enum sms_outcome outcome = SMS_SILENT;
    _cleanup_(answer_wipe) struct answer answer = {.length = 0};
    _cleanup_(sms_request_clear) struct sms_request request;
    (is_kannel ? sms_request_of_kannel : sms_request_of_https)(gateway->provider, message, &request);
    long status = ask(gateway, &request, &answer, &outcome, fault);
    if (status == 0) {
        return outcome;
    }
    if (!is_kannel) {
        return judge_https(gateway, status, &answer, fault);
    }
    return status == 202 || status == 200 ? SMS_TAKEN : refused(gateway, status, &answer, fault);
}

static enum sms_outcome probe_https(struct sms_gateway *gateway, struct fault *fault)
{
    const struct sms_message nobody = {.to = {"+"}};
    _cleanup_(sms_request_clear) struct sms_request request;
    sms_request_of_https(gateway->provider, &nobody, &request); /* for its address */
    set_bounds(gateway);
    curl_easy_setopt(gateway->curl, CURLOPT_URL, request.url);
    curl_easy_setopt(gateway->curl, CURLOPT_CONNECT_ONLY, 1L);
    CURLcode code = curl_easy_perform(gateway->curl);
    certificate_tell(gateway->curl, gateway->provider->peer);
    if (code != CURLE_OK) {
        (void)not_reached(gateway, code, fault);
    }
    return code == CURLE_OK ? SMS_TAKEN : SMS_UNREACHED;
}

enum sms_outcome sms_gateway_probe(struct sms_gateway *gateway, struct fault *fault)
{
    if (gateway->provider->kind == SMS_HTTPS) {
        return probe_https(gateway, fault);
    }
    enum sms_outcome outcome = SMS_SILENT;
    _cleanup_(answer_wipe) struct answer answer = {.length = 0};
    _cleanup_(sms_request_clear) struct sms_request request;
    sms_request_of_kannel(gateway->provider, NULL, &request);
    long status = ask(gateway, &request, &answer, &outcome, fault);
    if (status == 0) {
        return outcome;
    }
    return status >= 400 && is_of_any(status) ? refused(gateway, status, &answer, fault) : SMS_TAKEN;
}
