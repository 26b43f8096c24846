/* One rpc from the command line, as the operator. */
#pragma once

#include "ctl/command.h"

#include <protobuf-c/protobuf-c.h>

struct ctl_service;

/* endpoints: CONFIG_BUS_IMPORT …; name: "preau-importd", for what is told when nobody answers. NULL, and told, when it
 * cannot be opened. The caller closes it. */
struct ctl_service *ctl_service_open(
    const struct ctl *ctl, enum config_key endpoints, const ProtobufCServiceDescriptor *descriptor, const char *name);
void ctl_service_close(struct ctl_service **service);

/* Asks and waits: as long as the configuration's timeout and retries say, or `seconds` when that is not 0. NULL, and
 * told, when refused or failed: *out_exit is then the command's. The caller frees the answer by
 * protobuf_c_message_free_unpacked. */
ProtobufCMessage *ctl_ask(struct ctl_service *service, const char *method, const ProtobufCMessage *message,
    unsigned seconds, enum ctl_exit *out_exit);

/* For a request: protobuf-c has no const, and no NULL. */
char *ctl_lent(const char *text);
