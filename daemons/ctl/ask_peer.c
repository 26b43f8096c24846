#include "ctl/ask_peer.h"

#include "ctl/answer_text.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

static const long timeout_ms = 6000;

/* libcurl tells certificates as lines "Expire date:…"; the first is the server's own. */
static void certificate_read(CURL *curl, struct peer_answer *answer)
{
    static const char label[] = "Expire date:";
    const struct curl_certinfo *info = NULL;
    if (curl_easy_getinfo(curl, CURLINFO_CERTINFO, &info) != CURLE_OK || info == NULL || info->num_of_certs == 0)
        return;
    answer->has_tls = true;
    for (const struct curl_slist *line = info->certinfo[0]; line != NULL; line = line->next) {
        if (strncasecmp(line->data, label, sizeof label - 1) != 0)
            continue;
        time_t end = curl_getdate(line->data + sizeof label - 1, NULL);
        if (end > 0)
            answer->certificate_end = (struct instant){(int64_t)end * 1000000};
    }
}

static void question_put(CURL *curl, const struct peer_question *question)
{
    static const long tls[] = {[PEER_TLS_BY_ADDRESS] = CURLUSESSL_NONE,
        [PEER_TLS_IF_OFFERED] = CURLUSESSL_TRY,
        [PEER_TLS_WANTED] = CURLUSESSL_ALL};
    (void)curl_easy_setopt(curl, CURLOPT_URL, question->address);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,smtp,smtps");
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, question->proxy);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_USE_SSL, tls[question->tls]);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, question->is_knock ? 1L : 0L);
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "Preau");
    if (question->ca_file[0] != '\0') {
        (void)curl_easy_setopt(curl, CURLOPT_CAINFO, question->ca_file);
        (void)curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
}

void peer_ask(const struct peer_question *question, struct peer_answer *out_answer)
{
    struct answer_text body = {0};
    CURLcode done = CURLE_FAILED_INIT;
    *out_answer = (struct peer_answer){0};
    CURL *curl = curl_easy_init();
    if (curl != NULL) {
        question_put(curl, question);
        answer_text_follow(&body, curl);
        done = curl_easy_perform(curl);
        certificate_read(curl, out_answer);
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &out_answer->code);
        curl_easy_cleanup(curl);
    }
    out_answer->is_there = done == CURLE_OK;
    out_answer->is_late = done == CURLE_OPERATION_TIMEDOUT;
    out_answer->is_tls_fault =
        done == CURLE_USE_SSL_FAILED || done == CURLE_SSL_CONNECT_ERROR || done == CURLE_PEER_FAILED_VERIFICATION;
    out_answer->body = answer_text_end(&body, done);
}

void peer_answer_clear(struct peer_answer *answer)
{
    memory_free(&answer->body);
}
