#include "ctl/ask_status.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <curl/curl.h>
#include <string.h>

enum { ANSWER_MAX = 256 * 1024 };

struct status_asker {
    CURL *curl;
};

struct bytes {
    char *text;
    size_t length;
};

static size_t bytes_come(char *bytes, size_t size, size_t count, void *arg)
{
    struct bytes *all = arg;
    size_t length = size * count;
    if (length > ANSWER_MAX - all->length)
        return 0;
    all->text = checked_realloc(all->text, all->length + length + 1, 1);
    memcpy(all->text + all->length, bytes, length);
    all->length += length;
    all->text[all->length] = '\0';
    return length;
}

struct status_asker *status_asker_new(long timeout_ms)
{
    CURL *curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    if (curl == NULL)
        return NULL;
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, bytes_come);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* they are local: never through the environment's proxy */
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    struct status_asker *asker = checked_malloc(sizeof *asker);
    *asker = (struct status_asker){curl};
    return asker;
}

void status_asker_free(struct status_asker **asker)
{
    if (*asker == NULL)
        return;
    curl_easy_cleanup((*asker)->curl);
    curl_global_cleanup();
    memory_free(asker);
}

void status_ask(struct status_asker *asker, const char *address, const char *path, struct status_answer *out_answer)
{
    struct bytes bytes = {0};
    bool has_scheme = strstr(address, "://") != NULL;
    _cleanup_(memory_free) char *url = checked_printf("%s%s%s", has_scheme ? "" : "http://", address, path);
    *out_answer = (struct status_answer){0};
    (void)curl_easy_setopt(asker->curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(asker->curl, CURLOPT_WRITEDATA, &bytes);
    CURLcode done = curl_easy_perform(asker->curl);
    if (done == CURLE_OK)
        (void)curl_easy_getinfo(asker->curl, CURLINFO_RESPONSE_CODE, &out_answer->code);
    else
        memory_free(&bytes.text);
    out_answer->is_late = done == CURLE_OPERATION_TIMEDOUT;
    out_answer->body = bytes.text;
    if (out_answer->body == NULL)
        out_answer->body = checked_strdup(done != CURLE_OK ? curl_easy_strerror(done) : "");
}

void status_answer_clear(struct status_answer *answer)
{
    memory_free(&answer->body);
}
