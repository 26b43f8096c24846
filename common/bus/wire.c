#include "bus/wire.h"

#include <stdint.h>
#include <string.h>

enum {
    DEPTH_MAX = 16,
    NUMBER_MAX = (1 << 29) - 1 /* of a field */
};

/* protobuf.dev/programming-guides/encoding; groups (3 and 4) are of proto2. */
enum wire_kind { WIRE_VARINT = 0, WIRE_EIGHT_BYTES = 1, WIRE_LENGTH = 2, WIRE_FOUR_BYTES = 5 };

struct wire {
    const uint8_t *bytes;
    size_t left;
};

static bool take(struct wire *wire, size_t length, struct wire *out_taken)
{
    if (length > wire->left) {
        return false;
    }
    *out_taken = (struct wire){wire->bytes, length};
    if (length > 0) {
        wire->bytes += length;
        wire->left -= length;
    }
    return true;
}

static bool take_varint(struct wire *wire, uint64_t *out_value)
{
    *out_value = 0;
    for (unsigned shift = 0; shift < 70 && wire->left > 0; shift += 7) {
        uint8_t byte = *wire->bytes++;
        wire->left--;
        if (shift < 64) {
            *out_value |= (uint64_t)(byte & 0x7f) << shift;
        }
        if (!(byte & 0x80)) {
            return true;
        }
    }
    return false;
}

static bool message_is_sound(const ProtobufCMessageDescriptor *descriptor, struct wire wire, unsigned depth);

static bool value_is_sound(const ProtobufCFieldDescriptor *field, struct wire value, unsigned depth)
{
    if (field && field->type == PROTOBUF_C_TYPE_STRING) {
        return value.left == 0 || !memchr(value.bytes, '\0', value.left);
    }
    if (field && field->type == PROTOBUF_C_TYPE_MESSAGE) {
        return depth < DEPTH_MAX && message_is_sound(field->descriptor, value, depth + 1);
    }
    return true;
}

static bool take_field(const ProtobufCMessageDescriptor *descriptor, struct wire *wire, unsigned depth)
{
    uint64_t tag = 0, number = 0;
    struct wire value = {0};
    if (!take_varint(wire, &tag) || tag >> 3 == 0 || tag >> 3 > NUMBER_MAX) {
        return false;
    }
    switch (tag & 7) {
    case WIRE_VARINT:
        return take_varint(wire, &number);
    case WIRE_EIGHT_BYTES:
        return take(wire, 8, &value);
    case WIRE_FOUR_BYTES:
        return take(wire, 4, &value);
    case WIRE_LENGTH:
        return take_varint(wire, &number) && take(wire, number, &value) &&
               value_is_sound(protobuf_c_message_descriptor_get_field(descriptor, (unsigned)(tag >> 3)), value, depth);
    default:
        return false;
    }
}

static bool message_is_sound(const ProtobufCMessageDescriptor *descriptor, struct wire wire, unsigned depth)
{
    while (wire.left > 0) {
        if (!take_field(descriptor, &wire, depth)) {
            return false;
        }
    }
    return true;
}

bool wire_is_sound(const ProtobufCMessageDescriptor *descriptor, const void *bytes, size_t length)
{
    return message_is_sound(descriptor, (struct wire){bytes, length}, 0);
}
