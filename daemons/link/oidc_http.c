#include "link/oidc_http.h"

#include "link/certificate.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum {
    BODY_MAX = 256 * 1024, /* a provider with fifty keys is under 64 KiB */
    CONNECT_MS = 4000,
};

struct http_client {
    CURL *curl;
    char *name, *ca_file, *proxy;
};

/* A body as it comes. */
struct body {
    char *bytes;
    size_t length;
    bool is_too_large;
};

void http_client_begin(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct http_client *http_client_new(const struct http_client_options *options)
{
    struct http_client *client = checked_calloc(1, sizeof *client);
    client->curl = curl_easy_init();
    if (!client->curl) {
        abort(); /* out of memory */
    }
    client->name = checked_strdup(options->name);
    client->ca_file = checked_strdup(options->ca_file);
    client->proxy = checked_strdup(options->proxy);
    return client;
}

void http_client_free(struct http_client **client)
{
    if (*client) {
        curl_easy_cleanup((*client)->curl);
        memory_free(&(*client)->name);
        memory_free(&(*client)->ca_file);
        memory_free(&(*client)->proxy);
        memory_free(client);
    }
}

void http_answer_clear(struct http_answer *answer)
{
    if (answer->body) {
        secret_wipe(answer->body, answer->length);
    }
    memory_free(&answer->body);
    *answer = (struct http_answer){0};
}

static size_t take_body(const char *bytes, size_t size, size_t count, void *arg)
{
    struct body *body = arg;
    size_t length = size * count;
    if (length > BODY_MAX - body->length) {
        body->is_too_large = true;
        return 0; /* libcurl gives the transfer up */
    }
    memcpy(body->bytes + body->length, bytes, length);
    body->length += length;
    return length;
}

static void set_bounds(CURL *curl, const struct http_question *question)
{
    long left = (long)((question->bound.us - clock_since(question->begun).us) / 1000);
    left = left > 1 ? left : 1; /* 0 would be no bound at all */
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, left);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, left < CONNECT_MS ? left : (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)BODY_MAX); /* what is announced; take_body holds the rest */
}

static void set_security(const struct http_client *client)
{
    CURL *curl = client->curl;
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    certificate_ask(curl);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_PROXY, client->proxy);
    if (client->ca_file[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_CAINFO, client->ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
}

static void set_credentials(CURL *curl, const struct http_question *question)
{
    if (question->user) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, question->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, question->password);
    }
    if (question->bearer) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, question->bearer);
    }
}

static void prepare(
    struct http_client *client, const struct http_question *question, struct curl_slist *headers, struct body *body)
{
    CURL *curl = client->curl;
    curl_easy_reset(curl); /* its connections stay */
    curl_easy_setopt(curl, CURLOPT_URL, question->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Preau");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
    if (question->form) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, question->form);
    }
    set_bounds(curl, question);
    set_security(client);
    set_credentials(curl, question);
}

/* "Application/JSON; charset=utf-8" → "application/json" */
static void type_of(CURL *curl, char out_type[HTTP_TYPE_SIZE])
{
    const char *type = NULL;
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    size_t length = type ? strcspn(type, "; \t") : 0;
    length = length < HTTP_TYPE_SIZE ? length : HTTP_TYPE_SIZE - 1;
    for (size_t i = 0; i < length; i++) {
        out_type[i] = (char)tolower((unsigned char)type[i]);
    }
    out_type[length] = '\0';
}

static bool failed(CURLcode code, const struct body *body, struct fault *fault)
{
    if (body->is_too_large || code == CURLE_FILESIZE_EXCEEDED) {
        return fault_set(fault, FAULT_LIMIT, "answer larger than %d bytes", (int)BODY_MAX);
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
        return fault_set(fault, FAULT_TIMEOUT, "no whole answer in time");
    }
    return fault_set(fault, FAULT_PEER, "%s", curl_easy_strerror(code));
}

static void body_free(struct body *body)
{
    if (body->bytes) {
        secret_wipe(body->bytes, body->length);
    }
    memory_free(&body->bytes);
}

static void headers_free(struct curl_slist **headers)
{
    curl_slist_free_all(*headers);
}

bool http_ask(struct http_client *client, const struct http_question *question, struct http_answer *out_answer,
    struct fault *fault)
{
    _cleanup_(memory_free) char *accept =
        checked_printf("Accept: %s", question->accept ? question->accept : "application/json, application/jwt");
    _cleanup_(headers_free) struct curl_slist *headers = curl_slist_append(NULL, accept);
    _cleanup_(body_free) struct body body = {.bytes = checked_malloc(BODY_MAX + 1)};
    prepare(client, question, headers, &body);
    CURLcode code = curl_easy_perform(client->curl);
    certificate_tell(client->curl, client->name);
    if (code != CURLE_OK) {
        return failed(code, &body, fault);
    }
    *out_answer = (struct http_answer){.length = body.length};
    curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &out_answer->status);
    type_of(client->curl, out_answer->type);
    body.bytes[body.length] = '\0';
    out_answer->body = TAKE(body.bytes);
    return true;
}
