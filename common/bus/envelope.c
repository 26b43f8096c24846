#include "bus/envelope.h"

#include "bus/message.h"
#include "bus/service.h"

#include <stdio.h>

Preau__Bus__Request *envelope_read_request(const void *bytes, size_t length)
{
    Preau__Bus__Request *request = preau__bus__request__unpack(NULL, length, bytes);
    if (request && (request->version != ENVELOPE_VERSION || request->id.len != REQUEST_ID_SIZE ||
                       message_find_fault(&request->base))) {
        preau__bus__request__free_unpacked(request, NULL);
        request = NULL;
    }
    return request;
}

Preau__Bus__Reply *envelope_read_reply(const void *bytes, size_t length)
{
    Preau__Bus__Reply *reply = preau__bus__reply__unpack(NULL, length, bytes);
    if (reply && (reply->version != ENVELOPE_VERSION || reply->id.len != REQUEST_ID_SIZE ||
                     reply->outcome_case == PREAU__BUS__REPLY__OUTCOME__NOT_SET || message_find_fault(&reply->base))) {
        preau__bus__reply__free_unpacked(reply, NULL);
        reply = NULL;
    }
    return reply;
}

void envelope_incident(const unsigned char *id, char out_text[ENVELOPE_INCIDENT_SIZE])
{
    for (int i = 0; i < 8; i++) {
        snprintf(out_text + 2 * i, 3, "%02x", id[i]);
    }
}
