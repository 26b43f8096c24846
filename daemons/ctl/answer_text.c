#include "ctl/answer_text.h"

#include "runtime/memory.h"

#include <string.h>

enum { ANSWER_MAX = 256 * 1024 };

static size_t bytes_come(char *bytes, size_t size, size_t count, void *arg)
{
    struct answer_text *all = arg;
    size_t length = size * count;
    if (length > ANSWER_MAX - all->length)
        return 0;
    all->text = checked_realloc(all->text, all->length + length + 1, 1);
    memcpy(all->text + all->length, bytes, length);
    all->length += length;
    all->text[all->length] = '\0';
    return length;
}

void answer_text_follow(struct answer_text *text, CURL *curl)
{
    *text = (struct answer_text){0};
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, bytes_come);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, text);
}

char *answer_text_end(struct answer_text *text, CURLcode done)
{
    if (done == CURLE_OK)
        return text->text != NULL ? text->text : checked_strdup("");
    memory_free(&text->text);
    return checked_strdup(curl_easy_strerror(done));
}
