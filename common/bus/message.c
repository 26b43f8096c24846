#include "bus/message.h"

#include <stdint.h>
#include <string.h>
#include <unistr.h>

enum {
    TEXT_MAX = 65536, /* bytes */
    LIST_MAX = 50000  /* members: the accounts of the largest school, with a margin */
};

static bool text_is_sound(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if ((byte < 0x20 && byte != '\n') || byte == 0x7f) {
            return false;
        }
    }
    return length <= TEXT_MAX && !u8_check((const uint8_t *)text, length);
}

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
        return !inner || !message_find_fault(inner);
    }
    return true;
}

static size_t value_size(const ProtobufCFieldDescriptor *field)
{
    bool is_pointer = field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE;
    return is_pointer ? sizeof(void *) : sizeof(int);
}

static bool list_is_sound(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const char *base = (const char *)message;
    size_t count = *(const size_t *)(const void *)(base + field->quantifier_offset);
    const char *values = *(const char *const *)(const void *)(base + field->offset);
    if (count > LIST_MAX) {
        return false;
    }
    bool is_checked = field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_ENUM ||
                      field->type == PROTOBUF_C_TYPE_MESSAGE;
    for (size_t i = 0; is_checked && i < count; i++) {
        if (!value_is_sound(field, values + i * value_size(field))) {
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

const char *message_find_fault(const ProtobufCMessage *message)
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
