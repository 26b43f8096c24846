/* Checks that protobuf-c does not make: a peer of ours may be old, broken or taken over. */
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

/* Every text is UTF-8 without control characters (line feed aside) of at most 64 KiB, every enumeration holds a
 * declared value, no list is longer than 50,000. Gives the name of the first field that is not so, NULL when all are.
 */
const char *message_find_fault(const ProtobufCMessage *message);
