/* Until when the certificate is good that a peer shows: told as METRIC_CERTIFICATE_END, so that its end is no surprise. */
#pragma once

#include <curl/curl.h>

/* Before the connection is made. */
void certificate_ask(CURL *curl);
/* After. peer: the label's value, made known at start. Of a connection that was open already, or without TLS, nothing is told. */
void certificate_tell(CURL *curl, const char *peer);
