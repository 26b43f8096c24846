/* A request as its handler sees it: copied, decoded, checked. */
#include "runtime/http_internal.h"

#include "domain/latin.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "runtime/network.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool pair_add(struct http_request *request, struct http_pairs *pairs, const char *name, const char *value)
{
    if (pairs->count == pairs->room) {
        size_t room = pairs->room > 0 ? 2 * pairs->room : 16;
        struct http_pair *grown = arena_alloc(request->arena, room, sizeof *grown);
        if (grown == NULL)
            return false;
        if (pairs->count > 0)
            memcpy(grown, pairs->pairs, pairs->count * sizeof *grown);
        pairs->pairs = grown;
        pairs->room = room;
    }
    pairs->pairs[pairs->count++] = (struct http_pair){name, value};
    return true;
}

static const char *pair_at(const struct http_pairs *pairs, const char *name, size_t index)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (strcmp(pairs->pairs[i].name, name) == 0 && index-- == 0)
            return pairs->pairs[i].value;
    return NULL;
}

static bool pair_each(const struct http_pairs *pairs, size_t index, const char **out_name, const char **out_value)
{
    if (index >= pairs->count)
        return false;
    *out_name = pairs->pairs[index].name;
    *out_value = pairs->pairs[index].value;
    return true;
}

/* Percent-decoded into the arena; NULL if it hides a NUL or is no UTF-8. */
static const char *decode(struct http_request *request, const char *text, size_t length, bool is_form)
{
    _cleanup_(memory_free) char *raw = checked_strndup(text, length);
    size_t size = 0;
    _cleanup_(memory_free) char *decoded = evhttp_uridecode(raw, is_form, &size);
    if (decoded == NULL || strlen(decoded) != size || strlen(raw) != length || !utf8_is_valid(decoded))
        return NULL;
    const char *copy = arena_copy_bytes(request->arena, decoded, size);
    explicit_bzero(raw, length); /* a form carries passwords */
    explicit_bzero(decoded, size);
    return copy;
}

/* "a=1&b=2" */
static bool read_parameters(
    struct http_request *request, struct http_pairs *pairs, const char *text, size_t length, unsigned max)
{
    const char *end = text + length;
    while (text < end) {
        const char *stop = memchr(text, '&', (size_t)(end - text));
        stop = stop != NULL ? stop : end;
        const char *equals = memchr(text, '=', (size_t)(stop - text));
        const char *name_end = equals != NULL ? equals : stop;
        const char *value_start = equals != NULL ? equals + 1 : stop;
        if (stop > text) {
            const char *name = decode(request, text, (size_t)(name_end - text), true);
            const char *value = decode(request, value_start, (size_t)(stop - value_start), true);
            if (name == NULL || value == NULL || request->query.count + request->form.count >= max ||
                !pair_add(request, pairs, name, value))
                return false;
        }
        text = stop + 1;
    }
    return true;
}

/* No "." nor ".." segment, no control character, no backslash that a careless reader takes for a slash. */
static bool path_is_plain(const char *path)
{
    if (path[0] != '/')
        return false;
    for (const char *at = path; *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7F || *at == '\\')
            return false;
        if (at[0] == '/' && at[1] == '.') {
            const char *rest = at + 2 + (at[2] == '.');
            if (*rest == '/' || *rest == '\0')
                return false;
        }
    }
    return true;
}

static bool read_target(struct http_request *request, unsigned parameters_max)
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request->event);
    const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;
    const char *query = uri != NULL ? evhttp_uri_get_query(uri) : NULL;
    if (path == NULL)
        return false;
    request->path = decode(request, path, strlen(path), false);
    request->query_text = arena_copy(request->arena, query != NULL ? query : "");
    return request->path != NULL && path_is_plain(request->path) &&
           read_parameters(request, &request->query, request->query_text, strlen(request->query_text), parameters_max);
}

/* Two lengths of one body, or two ideas of it, are how a request is smuggled past a proxy. */
static bool length_is_clear(const struct http_pairs *headers)
{
    size_t lengths = 0;
    size_t codings = 0;
    for (size_t i = 0; i < headers->count; i++) {
        lengths += strcasecmp(headers->pairs[i].name, "Content-Length") == 0;
        codings += strcasecmp(headers->pairs[i].name, "Transfer-Encoding") == 0;
    }
    return lengths + codings <= 1;
}

/* A token of RFC 9110, 5.6.2: no blank before the colon, no empty name. */
static bool is_header_name(const char *name)
{
    static const char token[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
    return name[0] != '\0' && name[strspn(name, token)] == '\0';
}

static bool read_headers(struct http_request *request)
{
    const struct evkeyvalq *headers = evhttp_request_get_input_headers(request->event);
    for (const struct evkeyval *one = headers->tqh_first; one != NULL; one = one->next.tqe_next)
        if (!is_header_name(one->key) || !pair_add(request, &request->headers, arena_copy(request->arena, one->key),
                                             arena_copy(request->arena, one->value)))
            return false;
    return length_is_clear(&request->headers);
}

static bool read_cookies(struct http_request *request)
{
    const char *header = http_header(request, "Cookie");
    if (header == NULL)
        return true;
    char *rest = arena_copy(request->arena, header);
    char *one;
    while ((one = strsep(&rest, ";")) != NULL) {
        one += strspn(one, " \t");
        char *equals = strchr(one, '=');
        if (equals == NULL)
            continue;
        *equals = '\0';
        if (!pair_add(request, &request->cookies, one, equals + 1))
            return false;
    }
    return true;
}

static bool read_body(struct http_request *request, unsigned parameters_max)
{
    struct evbuffer *body = evhttp_request_get_input_buffer(request->event);
    request->body_length = evbuffer_get_length(body);
    const unsigned char *bytes = evbuffer_pullup(body, -1);
    request->body = arena_copy_bytes(request->arena, bytes, request->body_length);
    const char *type = http_header(request, "Content-Type");
    static const char form_type[] = "application/x-www-form-urlencoded";
    if (request->method != HTTP_POST || type == NULL || strncasecmp(type, form_type, sizeof form_type - 1) != 0)
        return true;
    return read_parameters(request, &request->form, request->body, request->body_length, parameters_max);
}

bool http_is_trusted(const char *address, const char *const *trusted)
{
    for (; trusted != NULL && *trusted != NULL; trusted++)
        if (network_holds(*trusted, address))
            return true;
    return false;
}

static bool is_address(const char *text)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

/* Some proxies lengthen the header, others add one of their own: all of them, in their order, are one list. NULL: there
 * is no room for it. */
static char *forwarded_for(struct http_request *request)
{
    size_t size = 1;
    for (size_t i = 0; i < request->headers.count; i++)
        size += strlen(request->headers.pairs[i].value) + 1;
    char *list = arena_alloc(request->arena, size, 1);
    char *end = list;
    if (list == NULL)
        return NULL;
    *end = '\0';
    for (size_t i = 0; i < request->headers.count; i++) {
        const struct http_pair *header = &request->headers.pairs[i];
        if (strcasecmp(header->name, "X-Forwarded-For") != 0)
            continue;
        if (end != list)
            *end++ = ',';
        end = stpcpy(end, header->value);
    }
    return list;
}

/* Each proxy adds at the right whom it got the request from; what stands left of the first untrusted one is hearsay. */
static const char *client_of(struct http_request *request, const struct http_peer *peer, const char *const *trusted)
{
    const char *client = arena_copy(request->arena, peer->address);
    char *list = forwarded_for(request);
    bool is_believed = peer->is_let_in || http_is_trusted(client, trusted);
    while (list != NULL && is_believed && list[0] != '\0') {
        char *comma = strrchr(list, ',');
        char *last = comma != NULL ? comma + 1 : list;
        last += strspn(last, " \t");
        last[strcspn(last, " \t")] = '\0';
        if (!is_address(last))
            return client;
        client = last;
        is_believed = http_is_trusted(client, trusted);
        list = comma != NULL ? list : last + strlen(last);
        if (comma != NULL)
            *comma = '\0';
    }
    return client;
}

bool http_request_read(struct http_request *request, const struct http_peer *peer, const struct http_options *options)
{
    bool is_well_formed = read_headers(request) && read_target(request, options->parameters_max) &&
                          read_cookies(request) && read_body(request, options->parameters_max);
    if (!is_well_formed || arena_is_overflowed(request->arena))
        return false;
    request->client = client_of(request, peer, options->trusted_proxies);
    return true;
}

enum http_method http_method(const struct http_request *request)
{
    return request->method;
}

const char *http_path(const struct http_request *request)
{
    return request->path;
}

const char *http_query(const struct http_request *request, const char *name)
{
    return pair_at(&request->query, name, 0);
}

const char *http_form(const struct http_request *request, const char *name)
{
    return pair_at(&request->form, name, 0);
}

const char *http_query_at(const struct http_request *request, const char *name, size_t index)
{
    return pair_at(&request->query, name, index);
}

const char *http_form_at(const struct http_request *request, const char *name, size_t index)
{
    return pair_at(&request->form, name, index);
}

bool http_form_each(const struct http_request *request, size_t index, const char **out_name, const char **out_value)
{
    return pair_each(&request->form, index, out_name, out_value);
}

bool http_query_each(const struct http_request *request, size_t index, const char **out_name, const char **out_value)
{
    return pair_each(&request->query, index, out_name, out_value);
}

const char *http_query_text(const struct http_request *request)
{
    return request->query_text;
}

const char *http_header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->headers.count; i++)
        if (strcasecmp(request->headers.pairs[i].name, name) == 0)
            return request->headers.pairs[i].value;
    return NULL;
}

const char *http_cookie(const struct http_request *request, const char *name)
{
    return pair_at(&request->cookies, name, 0);
}

const char *http_client(const struct http_request *request)
{
    return request->client;
}

const char *http_body(const struct http_request *request, size_t *out_length)
{
    *out_length = request->body_length;
    return request->body;
}

struct arena *http_arena(struct http_request *request)
{
    return request->arena;
}

const char *http_request_id(const struct http_request *request)
{
    return request->id;
}
