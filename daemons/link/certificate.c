#include "link/certificate.h"

#include "runtime/metric.h"

#include <string.h>

void certificate_ask(CURL *curl)
{
    curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
}

/* The peer's own stands first; those of the authorities behind it are not its operator's to renew. */
void certificate_tell(CURL *curl, const char *peer)
{
    static const char end_word[] = "Expire date:";
    struct curl_certinfo *chain = NULL;
    time_t end = -1;
    (void)curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain);
    bool is_shown = chain && chain->num_of_certs > 0;
    for (const struct curl_slist *fact = is_shown ? chain->certinfo[0] : NULL; fact; fact = fact->next) {
        if (strncmp(fact->data, end_word, sizeof end_word - 1) == 0) {
            end = curl_getdate(fact->data + sizeof end_word - 1, NULL);
        }
    }
    if (end >= 0) {
        metric_set(METRIC_CERTIFICATE_END, (double)end, peer);
    }
}
