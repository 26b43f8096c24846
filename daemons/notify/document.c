#include "notify/document.h"

#include "crypto/seal.h"
#include "notify/move.h"
#include "notify/sheet_maker.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/document.h"

#include <stdio.h>

enum { PART_MAX = 100000 };

struct fetch {
    struct notify *notify;
    struct call *call;
    const Preau__Notify__GetDocumentRequest *request; /* lives as long as the call */
};

static enum refusal refusal_of(const struct document_found *found)
{
    if (found->was_made) {
        return REFUSAL_DOCUMENT_EXPIRED;
    }
    if (found->is_waiting) {
        return REFUSAL_DOCUMENT_NOT_READY;
    }
    return found->others > 0 ? REFUSAL_NOT_FOUND : REFUSAL_DOCUMENT_EXPIRED;
}

static void answer(const struct fetch *fetch, const struct document_found *found)
{
    const Preau__Notify__GetDocumentRequest *request = fetch->request;
    char place[SHEET_PLACE_SIZE];
    char name[80];
    size_t length = found->sealed_length > SEAL_OVERHEAD ? found->sealed_length - SEAL_OVERHEAD : 0;
    unsigned char *pdf = checked_calloc(length + 1, 1);
    sheet_place((int)request->academy, (long long)request->batch, (int)request->part, place);
    if (length == 0 || !seal_open(fetch->notify->keys, place, found->sealed, found->sealed_length, pdf)) {
        struct fault fault;
        fault_set(&fault, FAULT_CRYPTO, "a document cannot be opened");
        fault_hint(&fault, "A sealing key that is still in use was removed from keys.directory.");
        call_fail(fetch->call, &fault);
    } else {
        snprintf(name, sizeof name, "fiches-%s-%lld-%u.pdf", request->uai, (long long)request->batch, request->part);
        Preau__Notify__GetDocumentReply reply = PREAU__NOTIFY__GET_DOCUMENT_REPLY__INIT;
        reply.file_name = name;
        reply.pdf.data = pdf;
        reply.pdf.len = length;
        reply.pages = (uint32_t)found->pages;
        log_event(LOG_NOTICE, "document_fetched", F("administrator", call_caller(fetch->call).administrator),
            F("uai", request->uai), F("batch", (long long)request->batch), F("part", request->part),
            F("pages", found->pages));
        call_answer(fetch->call, &reply.base);
    }
    secret_wipe(pdf, length);
    memory_free(&pdf);
}

static void loaded(void *arg, const struct document_found *found, const struct fault *fault)
{
    struct fetch *fetch = arg;
    if (fault) {
        call_fail(fetch->call, fault);
    } else if (!found) {
        call_refuse(fetch->call, REFUSAL_NOT_FOUND);
    } else if (!found->sealed) {
        call_refuse(fetch->call, refusal_of(found));
    } else {
        answer(fetch, found);
    }
    memory_free(&fetch);
}

void document_fetch(struct notify *notify, struct call *call, const Preau__Notify__GetDocumentRequest *request)
{
    if (!move_school_is_sound(request->academy, request->uai) || request->part == 0 || request->part > PART_MAX) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    struct fetch *fetch = checked_malloc(sizeof *fetch);
    *fetch = (struct fetch){notify, call, request};
    const struct audit_author author = {.administrator = call_caller(call).administrator, .trace = call_trace(call)};
    document_load(notify->store, &author, (academy_code){(int16_t)request->academy}, request->uai,
        (batch_id){request->batch}, (int)request->part, loaded, fetch);
}
