/* SAML metadata (SAML 2.0 Metadata): ours are written, of a peer's the keys are read that it signs with. Of files of the operator's, but a file may have
 * come from anywhere: read without DTD, entities or network, as responses are. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum { SAML_METADATA_MAX = 1024 * 1024, SAML_KEYS_MAX = 8 };

/* What others must know of us. certificates: PEM, one or, while our key is renewed, more. The caller frees; NULL with the fault: there is none. */
MUST_USE char *saml_metadata_write(
    const char *entity_id, const char *consumer_url, const char *certificates, struct fault *fault);

/* An identity provider, as its metadata have it. */
struct saml_metadata {
    char *entity_id;
    char *certificates[SAML_KEYS_MAX]; /* base64 of X.509, of the keys that sign */
    size_t certificate_count;
};
/* Faults: FORMAT, LIMIT, MISSING. The caller clears, also after false. */
MUST_USE bool saml_metadata_read(
    const char *xml, size_t length, struct saml_metadata *out_metadata, struct fault *fault);
void saml_metadata_clear(struct saml_metadata *metadata);
