/* What the bus reads from a peer. The first byte chooses: request, reply, event, or the body of an rpc of ours. */
#include "fuzz.h"

#include "bus/envelope.h"
#include "bus/message.h"
#include "import.pb-c.h"
#include "link.pb-c.h"
#include "notify.pb-c.h"
#include "statistics.pb-c.h"

#include <string.h>

static const ProtobufCServiceDescriptor *const services[] = {&preau__import__import__descriptor,
    &preau__link__link__descriptor, &preau__notify__notify__descriptor, &preau__statistics__statistics__descriptor};

/* The inputs, then the outputs, of all rpcs; NULL past the last. */
static const ProtobufCMessageDescriptor *body_at(unsigned index)
{
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        unsigned count = services[i]->n_methods;
        if (index < 2 * count) {
            return index < count ? services[i]->methods[index].input : services[i]->methods[index - count].output;
        }
        index -= 2 * count;
    }
    return NULL;
}

/* What was read may be sent on: packed, it reads again, and as the same. */
static void claim_same_again(const ProtobufCMessage *message)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = malloc(length + 1), *again = malloc(length + 1);
    FUZZ_CLAIM(packed && again);
    FUZZ_CLAIM(protobuf_c_message_pack(message, packed) == length);
    ProtobufCMessage *read = message_read(message->descriptor, packed, length, NULL);
    FUZZ_CLAIM(read && protobuf_c_message_get_packed_size(read) == length);
    protobuf_c_message_pack(read, again);
    FUZZ_CLAIM(memcmp(packed, again, length) == 0);
    protobuf_c_message_free_unpacked(read, NULL);
    free(packed);
    free(again);
}

static void read_request(const uint8_t *bytes, size_t length)
{
    Preau__Bus__Request *request = envelope_read_request(bytes, length);
    if (request) {
        char incident[ENVELOPE_INCIDENT_SIZE];
        envelope_incident(request->id.data, incident);
        FUZZ_CLAIM(strlen(incident) == ENVELOPE_INCIDENT_SIZE - 1);
        claim_same_again(&request->base);
        preau__bus__request__free_unpacked(request, NULL);
    }
}

static void read_reply(const uint8_t *bytes, size_t length)
{
    Preau__Bus__Reply *reply = envelope_read_reply(bytes, length);
    if (reply) {
        /* what the client follows without a further look */
        FUZZ_CLAIM(reply->outcome_case != PREAU__BUS__REPLY__OUTCOME_REFUSAL || reply->refusal->code);
        FUZZ_CLAIM(reply->outcome_case != PREAU__BUS__REPLY__OUTCOME_FAULT || reply->fault->incident);
        claim_same_again(&reply->base);
        preau__bus__reply__free_unpacked(reply, NULL);
    }
}

static void read_event(const uint8_t *bytes, size_t length)
{
    Preau__Bus__Event *event = envelope_read_event(bytes, length);
    if (event) {
        FUZZ_CLAIM(event->topic);
        claim_same_again(&event->base);
        preau__bus__event__free_unpacked(event, NULL);
    }
}

static void read_body(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t length)
{
    const char *wrong = NULL;
    ProtobufCMessage *body = message_read(descriptor, bytes, length, &wrong);
    FUZZ_CLAIM((body == NULL) == (wrong != NULL));
    if (body) {
        claim_same_again(body);
        protobuf_c_message_free_unpacked(body, NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0) {
        return 0;
    }
    unsigned kind = bytes[0];
    const ProtobufCMessageDescriptor *body = kind < 3 ? NULL : body_at(kind - 3);
    if (kind == 0) {
        read_request(bytes + 1, length - 1);
    } else if (kind == 1) {
        read_reply(bytes + 1, length - 1);
    } else if (kind == 2) {
        read_event(bytes + 1, length - 1);
    } else if (body) {
        read_body(body, bytes + 1, length - 1);
    }
    return 0;
}
