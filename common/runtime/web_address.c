#include "runtime/web_address.h"

#include <event2/http.h>
#include <stddef.h>
#include <strings.h>

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7F) {
            return false;
        }
    }
    return true;
}

bool web_address_is_safe(const char *text)
{
    struct evhttp_uri *uri = is_plain(text) ? evhttp_uri_parse(text) : NULL;
    if (!uri) {
        return false;
    }
    const char *scheme = evhttp_uri_get_scheme(uri);
    const char *host = evhttp_uri_get_host(uri);
    bool is_safe =
        scheme && strcasecmp(scheme, "https") == 0 && host && host[0] != '\0' && !evhttp_uri_get_userinfo(uri);
    evhttp_uri_free(uri);
    return is_safe;
}
