#include "link/sms_address.h"

#include "runtime/cleanup.h"

#include <curl/curl.h>
#include <string.h>

static void url_free(CURLU **url)
{
    curl_url_cleanup(*url);
}

static void text_free(char **text)
{
    curl_free(*text);
}

bool sms_host_is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 || strncmp(host, "127.", 4) == 0;
}

bool sms_address_check(const char *key, const char *text, struct fault *fault)
{
    _cleanup_(url_free) CURLU *url = curl_url();
    _cleanup_(text_free) char *scheme = NULL;
    _cleanup_(text_free) char *host = NULL;
    if (curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
        (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)) {
        fault_set(fault, FAULT_CONFIG, "%s: not an address of http or https", key);
        return fault_hint(fault, "Write the address of smsbox, for instance http://127.0.0.1:13013/cgi-bin/sendsms.");
    }
    if (strcmp(scheme, "http") == 0 && !sms_host_is_loopback(host)) {
        fault_set(fault, FAULT_CONFIG, "%s: the password would travel in clear to another machine", key);
        return fault_hint(fault, "Use https, or a tunnel that ends on this machine.");
    }
    return true;
}
