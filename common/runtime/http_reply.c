/* Answers: bytes, redirections, files. */
#include "runtime/http_internal.h"

#include "runtime/cleanup.h"

#include <assert.h>
#include <event2/buffer.h>
#include <event2/http.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_header_text(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return false;
    return true;
}

void http_add_header(struct http_request *request, const char *name, const char *value)
{
    /* a line end in a value would let its author write headers of their own */
    assert(is_header_text(name) && is_header_text(value));
    if (request->event != NULL)
        (void)evhttp_add_header(evhttp_request_get_output_headers(request->event), name, value);
}

void http_set_header(struct http_request *request, const char *name, const char *value)
{
    if (request->event != NULL)
        (void)evhttp_remove_header(evhttp_request_get_output_headers(request->event), name);
    http_add_header(request, name, value);
}

void http_set_security_headers(struct http_request *request)
{
    static const struct {
        const char *name, *value;
    } headers[] = {
        {"Content-Security-Policy",    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                                    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                                    "frame-ancestors 'none'"},
        {"X-Content-Type-Options",     "nosniff"                                               },
        {"X-Frame-Options",            "DENY"                                                  },
        {"Referrer-Policy",            "same-origin"                                           },
        {"Permissions-Policy",         "camera=(), geolocation=(), microphone=()"              },
        {"Cross-Origin-Opener-Policy", "same-origin"                                           },
        {"Cache-Control",              "no-store"                                              },
    };
    for (size_t i = 0; i < ARRAY_LENGTH(headers); i++)
        http_set_header(request, headers[i].name, headers[i].value);
    if (request->server != NULL && http_server_is_https(request->server))
        http_set_header(request, "Strict-Transport-Security", "max-age=31536000");
}

static struct evbuffer *body_new(void)
{
    struct evbuffer *body = evbuffer_new();
    assert(body != NULL);
    return body;
}

static void body_free(struct evbuffer **body)
{
    evbuffer_free(*body);
}

void http_reply(struct http_request *request, int status, const char *content_type, const void *bytes, size_t length)
{
    _cleanup_(body_free) struct evbuffer *body = body_new();
    if (length > 0)
        (void)evbuffer_add(body, bytes, length);
    http_send(request, status, content_type, body);
}

void http_reply_text(struct http_request *request, int status, const char *text)
{
    http_reply(request, status, "text/plain; charset=utf-8", text, strlen(text));
}

void http_reply_redirect(struct http_request *request, const char *location)
{
    http_set_header(request, "Location", location);
    http_reply(request, 303, "text/plain; charset=utf-8", "", 0);
}

/* --- files --- */

static const char *content_type_of(const char *name)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        {".css",         "text/css; charset=utf-8"       },
        {".js",          "text/javascript; charset=utf-8"},
        {".mjs",         "text/javascript; charset=utf-8"},
        {".html",        "text/html; charset=utf-8"      },
        {".txt",         "text/plain; charset=utf-8"     },
        {".json",        "application/json"              },
        {".csv",         "text/csv; charset=utf-8"       },
        {".svg",         "image/svg+xml"                 },
        {".png",         "image/png"                     },
        {".jpg",         "image/jpeg"                    },
        {".webp",        "image/webp"                    },
        {".ico",         "image/x-icon"                  },
        {".woff",        "font/woff"                     },
        {".woff2",       "font/woff2"                    },
        {".pdf",         "application/pdf"               },
        {".webmanifest", "application/manifest+json"     },
    };
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending != NULL && i < ARRAY_LENGTH(types); i++)
        if (strcasecmp(types[i].ending, ending) == 0)
            return types[i].type;
    return "application/octet-stream";
}

static void file_close(int *file)
{
    if (*file >= 0)
        (void)close(*file);
}

/* Segment by segment, each without following a link, so that no name leads out of the directory. -1 if there is none.
 */
static int open_below(const char *directory, const char *name)
{
    int at = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    while (at >= 0) {
        _cleanup_(file_close) int above = at;
        size_t length = strcspn(name, "/");
        char segment[256];
        if (length == 0 || length >= sizeof segment || name[0] == '.')
            return -1;
        memcpy(segment, name, length);
        segment[length] = '\0';
        name += length;
        if (*name == '\0')
            /* a pipe would block the open */
            return openat(above, segment, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
        name++;
        at = openat(above, segment, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    return -1;
}

/* A copy by gzip that stands beside the file, for who takes it: the text is the same for everybody, so that its length tells
 * nothing. "gzip;q=0" is no browser's. */
static void take_packed(struct http_request *request, const char *directory, const char *name, int *file)
{
    char packed[PATH_MAX];
    const char *taken = http_header(request, "Accept-Encoding");
    int length = snprintf(packed, sizeof packed, "%s.gz", name);
    if (length < 0 || (size_t)length >= sizeof packed)
        return;
    int other = open_below(directory, packed);
    if (other < 0)
        return;
    http_set_header(request, "Vary", "Accept-Encoding");
    if (taken == NULL || strstr(taken, "gzip") == NULL) {
        (void)close(other);
        return;
    }
    http_set_header(request, "Content-Encoding", "gzip");
    (void)close(*file);
    *file = other;
}

static void file_reply(
    struct http_request *request, const char *name, int *file, const struct stat *stat, struct duration max_age)
{
    char tag[64];
    char age[48];
    (void)snprintf(tag, sizeof tag, "\"%jx-%jx-%jx\"", (uintmax_t)stat->st_mtim.tv_sec,
        (uintmax_t)stat->st_mtim.tv_nsec, (uintmax_t)stat->st_size);
    (void)snprintf(age, sizeof age, "public, max-age=%" PRId64, max_age.us / 1000000);
    http_set_header(request, "ETag", tag);
    http_set_header(request, "Cache-Control", age);
    const char *known = http_header(request, "If-None-Match");
    _cleanup_(body_free) struct evbuffer *body = body_new();
    if (known != NULL && strstr(known, tag) != NULL) {
        http_send(request, 304, NULL, body);
        return;
    }
    /* takes the descriptor; an empty file has nothing to map */
    if (stat->st_size > 0 && evbuffer_add_file(body, *file, 0, stat->st_size) == 0)
        *file = -1;
    http_send(request, 200, content_type_of(name), body);
}

void http_reply_file(struct http_request *request, const char *directory, const char *name, struct duration max_age)
{
    _cleanup_(file_close) int file = open_below(directory, name);
    struct stat stat;
    http_set_security_headers(request);
    if (file >= 0)
        take_packed(request, directory, name, &file);
    if (file < 0 || fstat(file, &stat) != 0 || !S_ISREG(stat.st_mode)) {
        http_reply_text(request, 404, "Introuvable.\n");
        return;
    }
    file_reply(request, name, &file, &stat, max_age);
}
