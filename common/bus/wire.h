/* Inside this room: the protobuf encoding, looked over before protobuf-c unpacks it. */
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

/* False when the bytes are not fields from end to end, nest deeper than 16, or when a text holds a NUL: unpacked, it
 * would end there and nobody would see what was cut off. */
bool wire_is_sound(const ProtobufCMessageDescriptor *descriptor, const void *bytes, size_t length);
