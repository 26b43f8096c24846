/* CAS 3 (guide 1.1, the transition): the browser goes to /login with the service that it comes back to, and brings a ticket, which the
 * server exchanges for who was signed in. CAS has no nonce: the service bears the state of the attempt, so that a ticket that was made
 * for another way back is none of this one. */
#include "link/ent_cas_answer.h"
#include "link/oidc_metadata.h"
#include "link/oidc_query.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <string.h>

static bool cas_open(const struct ent_settings *settings, void **out_own, struct fault *fault)
{
    size_t length = strlen(settings->address);
    *out_own = NULL;
    ent_cas_answer_begin();
    if (!oidc_url_is_right(settings->address) || settings->address[length - 1] == '/') {
        (void)fault_set(fault, FAULT_CONFIG, "address: is no https address, or ends with a slash");
        return fault_hint(fault, "It is what stands before /login. See docs/operators/ent.md.");
    }
    return true;
}

static void cas_close(void *own)
{
    (void)own;
}

/* Byte for byte the same at both ends (protocol 2.5.1). The caller wipes and frees. */
static char *service_of(const struct ent_settings *settings, const struct ent_attempt *attempt)
{
    return checked_printf("%s?etat=%s", settings->back_url, attempt->state);
}

static bool cas_start(const struct ent_settings *settings, void *own, struct http_client *http,
    const struct ent_attempt *attempt, struct ent_departure *out_departure, struct fault *fault)
{
    (void)own;
    (void)http;
    (void)fault;
    _cleanup_(secret_text_free) char *service = service_of(settings, attempt);
    _cleanup_(memory_free) char *login = checked_printf("%s/login", settings->address);
    struct oidc_query query;
    oidc_query_begin(&query, login);
    oidc_query_add(&query, "service", service);
    *out_departure = (struct ent_departure){.url = oidc_query_end(&query)};
    return true;
}

static bool ask(const struct ent_settings *settings, struct http_client *http, const struct ent_attempt *attempt,
    const char *url, struct http_answer *out_answer, struct fault *fault)
{
    const struct http_question question = {
        .url = url, .accept = "application/xml, text/xml", .begun = attempt->begun, .bound = settings->bound};
    if (!http_ask(http, &question, out_answer, fault)) {
        return false;
    }
    if (out_answer->status == 200) {
        return true;
    }
    enum fault_code code = out_answer->status >= 500 ? FAULT_PEER : FAULT_FORMAT;
    (void)fault_set(fault, code, "serviceValidate answers with status %ld", out_answer->status);
    http_answer_clear(out_answer);
    return false;
}

/* ticket: NULL: without one. The caller wipes and frees. */
static char *validation_of(const struct ent_settings *settings, const char *service, const char *ticket)
{
    _cleanup_(memory_free) char *place = checked_printf("%s/p3/serviceValidate", settings->address);
    struct oidc_query query;
    oidc_query_begin(&query, place);
    oidc_query_add(&query, "service", service);
    if (ticket) {
        oidc_query_add(&query, "ticket", ticket);
    }
    return oidc_query_end(&query);
}

/* "ST-" and what the server made of it (protocol 3.1.1). */
static bool is_ticket(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    return text && strncmp(text, "ST-", 3) == 0 && strlen(text) < ENT_TICKET_SIZE &&
           text[strspn(text, letters)] == '\0';
}

static bool cas_end(const struct ent_settings *settings, void *own, struct http_client *http,
    const struct ent_attempt *attempt, const struct ent_return *back, struct ent_identity *out_identity,
    struct fault *fault)
{
    (void)own;
    struct http_answer answer = {0};
    *out_identity = (struct ent_identity){.key = ""};
    if (!is_ticket(back->ticket)) {
        return fault_set(fault, FAULT_FORMAT, "no ticket came back");
    }
    _cleanup_(secret_text_free) char *service = service_of(settings, attempt);
    _cleanup_(secret_text_free) char *url = validation_of(settings, service, back->ticket);
    if (!ask(settings, http, attempt, url, &answer, fault)) {
        return false;
    }
    bool is_read = ent_cas_answer_read(answer.body, answer.length, settings->key_attribute, out_identity->key, fault);
    http_answer_clear(&answer);
    return is_read;
}

/* A server that is well refuses a question without a ticket (protocol 2.5.3); some of them break down on a ticket of another form. */
static bool cas_look(const struct ent_settings *settings, void *own, struct http_client *http,
    const struct ent_attempt *attempt, struct fault *fault)
{
    (void)own;
    struct http_answer answer = {0};
    _cleanup_(memory_free) char *url = validation_of(settings, settings->back_url, NULL);
    if (!ask(settings, http, attempt, url, &answer, fault)) {
        return false;
    }
    bool is_well = ent_cas_answer_refuses(answer.body, answer.length);
    http_answer_clear(&answer);
    return is_well || fault_set(fault, FAULT_FORMAT, "serviceValidate does not refuse who brings no ticket");
}

const struct ent_protocol ent_cas = {
    .word = "cas", .open = cas_open, .close = cas_close, .start = cas_start, .end = cas_end, .look = cas_look};
