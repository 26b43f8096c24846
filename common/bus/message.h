/* Inside this room: reading a protobuf message with the checks that protobuf-c does not make. A peer of ours may be
 * old, broken or taken over. */
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

/* NULL when the bytes are no such message or hold what no message of ours may: a text that is not UTF-8, holds a NUL or
 * another control character (line feed aside) or is longer than 64 KiB, an enumeration without a declared value, a list
 * of more than 50,000 members, nesting deeper than 16. *out_wrong then names the first such field ("bytes" for the
 * whole); it may be NULL. The caller frees the message by protobuf_c_message_free_unpacked. */
ProtobufCMessage *message_read(
    const ProtobufCMessageDescriptor *descriptor, const void *bytes, size_t length, const char **out_wrong);
