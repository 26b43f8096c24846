/* preauctl status: what the five daemons say of themselves on their status addresses. */
#include "ctl/output.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

enum { ANSWER_MAX = 256 * 1024, TIMEOUT_MS = 3000 };

static const struct {
    const char *name;
    enum config_key address;
} daemons[] = {
    {"preau-importd", CONFIG_STATUS_IMPORT    },
    {"preau-notifyd", CONFIG_STATUS_NOTIFY    },
    {"preau-linkd",   CONFIG_STATUS_LINK      },
    {"preau-statsd",  CONFIG_STATUS_STATISTICS},
    {"preau-portald", CONFIG_STATUS_PORTAL    },
};

struct answer {
    char *bytes;
    size_t length;
};

static size_t answer_comes(char *bytes, size_t size, size_t count, void *arg)
{
    struct answer *answer = arg;
    size_t length = size * count;
    if (length > ANSWER_MAX - answer->length)
        return 0;
    answer->bytes = checked_realloc(answer->bytes, answer->length + length + 1, 1);
    memcpy(answer->bytes + answer->length, bytes, length);
    answer->length += length;
    answer->bytes[answer->length] = '\0';
    return length;
}

/* The HTTP status, 0 when nobody answers; the body then says why. The caller frees *out_body. */
static long get(CURL *curl, const char *address, const char *path, char **out_body)
{
    char url[300];
    long code = 0;
    struct answer answer = {0};
    (void)snprintf(url, sizeof url, "http://%s%s", address, path);
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    CURLcode done = curl_easy_perform(curl);
    if (done == CURLE_OK)
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    if (done != CURLE_OK || answer.bytes == NULL) {
        memory_free(&answer.bytes);
        answer.bytes = checked_strdup(done != CURLE_OK ? curl_easy_strerror(done) : "");
    }
    *out_body = answer.bytes;
    return code;
}

struct seen {
    const char *name, *address;
    bool is_up, is_ready;
    json_t *status; /* NULL when it did not answer */
    char *cause;    /* why it is not ready */
};

/* The lines of /readyz, apart by semicolons. */
static void in_one_line(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '\n')
        text[--length] = '\0';
    for (char *at = strchr(text, '\n'); at != NULL; at = strchr(at, '\n'))
        *at = ';';
}

static void look(CURL *curl, struct seen *seen)
{
    _cleanup_(memory_free) char *body = NULL;
    long ready = get(curl, seen->address, "/readyz", &seen->cause);
    seen->is_up = ready != 0;
    seen->is_ready = ready == 200;
    if (seen->is_up && get(curl, seen->address, "/status", &body) == 200)
        seen->status = json_loads(body, 0, NULL);
    if (seen->is_ready)
        seen->cause[0] = '\0';
    in_one_line(seen->cause);
}

static void print_uptime(json_int_t seconds)
{
    if (seconds < 60)
        (void)printf("depuis %d s", (int)seconds);
    else if (seconds < 3600)
        (void)printf("depuis %d min", (int)(seconds / 60));
    else if (seconds < 86400)
        (void)printf("depuis %d h %02d", (int)(seconds / 3600), (int)(seconds / 60 % 60));
    else
        (void)printf("depuis %d j", (int)(seconds / 86400));
}

static void print_line(const struct seen *seen)
{
    const char *version = "";
    json_int_t uptime = 0;
    (void)json_unpack(seen->status, "{s:s, s:I}", "version", &version, "uptime_seconds", &uptime);
    (void)printf("%-14s %-21s ", seen->name, seen->address);
    if (!seen->is_up) {
        (void)printf("arrêté : %s\n", seen->cause);
        return;
    }
    (void)printf("%s, version %s, ", seen->is_ready ? "prêt" : "pas prêt", version);
    print_uptime(uptime);
    (void)printf("%s%s\n", seen->is_ready ? "" : " : ", seen->cause);
}

static json_t *seen_json(const struct seen *seen)
{
    return json_pack("{s:s, s:s, s:b, s:b, s:s, s:o}", "name", seen->name, "address", seen->address, "up", seen->is_up,
        "ready", seen->is_ready, "cause", seen->cause, "status",
        seen->status != NULL ? json_incref(seen->status) : json_null());
}

static CURL *open_curl(void)
{
    CURL *curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    if (curl == NULL)
        return NULL;
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, answer_comes);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* they are local: never through the environment's proxy */
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    return curl;
}

static bool see(const struct ctl *ctl, CURL *curl, size_t which, json_t *all)
{
    struct seen seen = {.name = daemons[which].name, .address = config_text(ctl->config, daemons[which].address)};
    look(curl, &seen);
    if (ctl->is_json)
        (void)json_array_append_new(all, seen_json(&seen));
    else
        print_line(&seen);
    json_decref(seen.status);
    memory_free(&seen.cause);
    return seen.is_ready;
}

enum ctl_exit ctl_status(const struct ctl *ctl)
{
    CURL *curl = open_curl();
    if (curl == NULL)
        return ctl_fail(ctl, CTL_UNREACHABLE, "library", "libcurl ne fonctionne pas sur cette machine");
    bool is_ready = true;
    json_t *all = json_array();
    for (size_t i = 0; i < ARRAY_LENGTH(daemons); i++)
        is_ready = see(ctl, curl, i, all) && is_ready;
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:b, s:o}", "ready", is_ready, "daemons", all));
    else
        json_decref(all);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    return is_ready ? CTL_OK : CTL_NO;
}
