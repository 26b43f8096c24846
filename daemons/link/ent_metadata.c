/* What an ENT's operator must know of us, for whoever asks: it holds nothing that is secret. */
#include "link/ent_sign_in.h"
#include "runtime/memory.h"

void ent_metadata(struct link *link, struct call *call, const Preau__Link__GetEntMetadataRequest *request)
{
    const struct ent_peer *peer = ent_peer_named(&link->ents, request->peer);
    const char *metadata = peer ? ent_peer_metadata(peer) : NULL;
    if (!metadata) {
        call_refuse(call, REFUSAL_ENT_NOT_OFFERED);
        return;
    }
    char *xml = checked_strdup(metadata);
    Preau__Link__GetEntMetadataReply reply = PREAU__LINK__GET_ENT_METADATA_REPLY__INIT;
    reply.xml = xml;
    call_answer(call, &reply.base);
    memory_free(&xml);
}
