#include "bus/envelope.h"

#include "bus/message.h"
#include "bus/service.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* NULL, and the message gone, unless it is sound. */
static void *keep_if(bool sound, ProtobufCMessage *message)
{
    if (message && !sound) {
        protobuf_c_message_free_unpacked(message, NULL);
        message = NULL;
    }
    return message;
}

Preau__Bus__Request *envelope_read_request(const void *bytes, size_t length)
{
    ProtobufCMessage *message = message_read(&preau__bus__request__descriptor, bytes, length, NULL);
    const Preau__Bus__Request *request = (const Preau__Bus__Request *)message;
    return keep_if(request && request->version == ENVELOPE_VERSION && request->id.len == REQUEST_ID_SIZE, message);
}

Preau__Bus__Reply *envelope_read_reply(const void *bytes, size_t length)
{
    ProtobufCMessage *message = message_read(&preau__bus__reply__descriptor, bytes, length, NULL);
    const Preau__Bus__Reply *reply = (const Preau__Bus__Reply *)message;
    return keep_if(reply && reply->version == ENVELOPE_VERSION && reply->id.len == REQUEST_ID_SIZE &&
                       reply->outcome_case != PREAU__BUS__REPLY__OUTCOME__NOT_SET,
        message);
}

Preau__Bus__Event *envelope_read_event(const void *bytes, size_t length)
{
    ProtobufCMessage *message = message_read(&preau__bus__event__descriptor, bytes, length, NULL);
    const Preau__Bus__Event *event = (const Preau__Bus__Event *)message;
    return keep_if(event && event->version == ENVELOPE_VERSION, message);
}

bool envelope_is_ping(const char *method, const char *service)
{
    size_t length = strlen(service);
    return strncmp(method, service, length) == 0 && method[length] == '/' &&
           strcmp(method + length + 1, ENVELOPE_PING) == 0;
}

void envelope_incident(const unsigned char *id, char out_text[ENVELOPE_INCIDENT_SIZE])
{
    for (int i = 0; i < 8; i++) {
        snprintf(out_text + 2 * (ptrdiff_t)i, 3, "%02x", id[i]);
    }
}
