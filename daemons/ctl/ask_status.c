#include "ctl/ask_status.h"

#include "ctl/answer_text.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <curl/curl.h>
#include <string.h>

struct status_asker {
    CURL *curl;
};

struct status_asker *status_asker_new(long timeout_ms)
{
    CURL *curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    if (curl == NULL)
        return NULL;
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
    struct answer_text body;
    bool has_scheme = strstr(address, "://") != NULL;
    _cleanup_(memory_free) char *url = checked_printf("%s%s%s", has_scheme ? "" : "http://", address, path);
    *out_answer = (struct status_answer){0};
    (void)curl_easy_setopt(asker->curl, CURLOPT_URL, url);
    answer_text_follow(&body, asker->curl);
    CURLcode done = curl_easy_perform(asker->curl);
    if (done == CURLE_OK)
        (void)curl_easy_getinfo(asker->curl, CURLINFO_RESPONSE_CODE, &out_answer->code);
    out_answer->is_late = done == CURLE_OPERATION_TIMEDOUT;
    out_answer->body = answer_text_end(&body, done);
}

void status_answer_clear(struct status_answer *answer)
{
    memory_free(&answer->body);
}
