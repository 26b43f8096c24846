#include "bus/message.h"

#include "bus/wire.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistr.h>

enum {
    TEXT_MAX = 65536, /* bytes */
    LIST_MAX = 50000  /* members: the accounts of the largest school, with a margin */
};

/* The control characters of ASCII and Latin-1; a line feed is wanted in free texts. */
static bool is_control(ucs4_t point)
{
    return (point < 0x20 && point != '\n') || (point >= 0x7f && point < 0xa0);
}

static bool text_is_sound(const char *text)
{
    size_t left = strlen(text);
    if (left > TEXT_MAX) {
        return false;
    }
    const uint8_t *at = (const uint8_t *)text;
    while (left > 0) {
        ucs4_t point = 0;
        int taken = u8_mbtoucr(&point, at, left);
        if (taken <= 0 || is_control(point)) {
            return false;
        }
        at += taken;
        left -= (size_t)taken;
    }
    return true;
}

static const char *find_wrong(const ProtobufCMessage *message);

static bool value_is_sound(const ProtobufCFieldDescriptor *field, const void *value)
{
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        const char *text = *(const char *const *)value;
        return !text || text_is_sound(text);
    }
    if (field->type == PROTOBUF_C_TYPE_ENUM) {
        return protobuf_c_enum_descriptor_get_value(field->descriptor, *(const int *)value);
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        const ProtobufCMessage *inner = *(const ProtobufCMessage *const *)value;
        return !inner || !find_wrong(inner);
    }
    return true;
}

/* Of the kinds that value_is_sound looks at; 0 for those it does not. */
static size_t value_size(const ProtobufCFieldDescriptor *field)
{
    bool is_pointer = field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE;
    bool is_enum = field->type == PROTOBUF_C_TYPE_ENUM;
    return is_pointer ? sizeof(void *) : is_enum ? sizeof(int) : 0;
}

static bool list_is_sound(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const char *base = (const char *)message;
    size_t count = *(const size_t *)(const void *)(base + field->quantifier_offset);
    const char *values = *(const char *const *)(const void *)(base + field->offset);
    size_t size = value_size(field);
    if (count > LIST_MAX) {
        return false;
    }
    for (size_t i = 0; size > 0 && i < count; i++) {
        if (!value_is_sound(field, values + i * size)) {
            return false;
        }
    }
    return true;
}

/* A member of a oneof that is not the chosen one has no value to look at. */
static bool is_chosen(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)) {
        return true;
    }
    const char *base = (const char *)message;
    return *(const uint32_t *)(const void *)(base + field->quantifier_offset) == field->id;
}

static const char *find_wrong(const ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        const char *value = (const char *)message + field->offset;
        bool sound = field->label == PROTOBUF_C_LABEL_REPEATED
                         ? list_is_sound(message, field)
                         : !is_chosen(message, field) || value_is_sound(field, value);
        if (!sound) {
            return field->name;
        }
    }
    return NULL;
}

ProtobufCMessage *message_read(
    const ProtobufCMessageDescriptor *descriptor, const void *bytes, size_t length, const char **out_wrong)
{
    const char *wrong = "bytes";
    ProtobufCMessage *message =
        wire_is_sound(descriptor, bytes, length) ? protobuf_c_message_unpack(descriptor, NULL, length, bytes) : NULL;
    if (message) {
        wrong = find_wrong(message);
    }
    if (message && wrong) {
        protobuf_c_message_free_unpacked(message, NULL);
        message = NULL;
    }
    if (out_wrong) {
        *out_wrong = wrong;
    }
    return message;
}
