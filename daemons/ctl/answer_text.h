/* What a server answers to libcurl, as text and bounded: whoever answers may be another program, or a hostile one. */
#pragma once

#include "runtime/attributes.h"

#include <curl/curl.h>
#include <stddef.h>

struct answer_text {
    char *text;
    size_t length;
};

/* The next answer on curl comes into `text`, which is empty. What is longer than 256 KiB ends the transfer. */
void answer_text_follow(struct answer_text *text, CURL *curl);
/* What came, or why nothing did; never NULL, the caller frees. done: of curl_easy_perform. */
MUST_USE char *answer_text_end(struct answer_text *text, CURLcode done);
