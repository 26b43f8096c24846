/* Inside this room: the envelope of requests, replies and events, read with all its checks. */
#pragma once

#include "envelope.pb-c.h"

#include <stdbool.h>
#include <stddef.h>

/* "preau.link.Link/.ping" asks whether anybody is there; no rpc can have such a name. It has no body, and so has its
 * answer. */
#define ENVELOPE_PING ".ping"

enum {
    ENVELOPE_VERSION = 1,
    ENVELOPE_INCIDENT_SIZE = 17 /* 16 hexadecimal digits and the end */
};

/* NULL when it is not one: bytes, version, size of the id, texts (message.h). The caller frees it. */
Preau__Bus__Request *envelope_read_request(const void *bytes, size_t length);
Preau__Bus__Reply *envelope_read_reply(const void *bytes, size_t length);
Preau__Bus__Event *envelope_read_event(const void *bytes, size_t length);

/* The method of a request to this service is ENVELOPE_PING. */
bool envelope_is_ping(const char *method, const char *service);

/* The number of an incident: the head of the request's id. */
void envelope_incident(const unsigned char *id, char out_text[ENVELOPE_INCIDENT_SIZE]);
