/* The list of accounts as a document (guide 5.4): those that a form selects, or all that an address's filter finds. */
#include "portal/chosen.h"
#include "portal/document.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/tabs.h"

#include <string.h>

struct export_asked {
    struct chosen *chosen;
    Preau__Notify__ListFormat format;
    struct piece { /* of the first answer: every other must be of the same list */
        int64_t made_at;
        uint64_t length;
        uint8_t digest[64];
        size_t digest_length;
    } first;
};

static void piece_ask(struct visit *visit);

static const char *content_type(const struct export_asked *asked)
{
    return asked->format == PREAU__NOTIFY__LIST_FORMAT__LIST_FORMAT_PDF ? "application/pdf" : "text/csv; charset=utf-8";
}

static bool first_keep(struct piece *first, const Preau__Notify__ExportListReply *reply)
{
    if (reply->digest.len > sizeof first->digest) {
        return false;
    }
    *first = (struct piece){.made_at = reply->made_at, .length = reply->length, .digest_length = reply->digest.len};
    memcpy(first->digest, reply->digest.data, reply->digest.len);
    return true;
}

static bool is_same_list(const struct piece *first, const Preau__Notify__ExportListReply *reply)
{
    return first->length == reply->length && first->digest_length == reply->digest.len &&
           memcmp(first->digest, reply->digest.data, reply->digest.len) == 0;
}

static void piece_come(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Notify__ExportListReply *reply = (const void *)answer;
    struct export_asked *asked = visit->own;
    if (!reply) {
        page_refuse(visit, refusal);
        return;
    }
    bool is_whole = visit->document.length == 0 ? first_keep(&asked->first, reply) : is_same_list(&asked->first, reply);
    if (!is_whole || (reply->document.len == 0 && visit->document.length < reply->length)) {
        page_refuse(visit, REFUSAL_BUSY); /* the list changed between two pieces: asked again, it is another one */
        return;
    }
    if (visit->document.length == 0) {
        document_reserve(&visit->document, (size_t)reply->length);
    }
    document_add(&visit->document, reply->document.data, reply->document.len);
    if (visit->document.length < reply->length && !http_is_gone(visit->request)) {
        piece_ask(visit);
    } else {
        document_send(visit, content_type(asked), reply->file_name);
    }
}

static void piece_ask(struct visit *visit)
{
    struct export_asked *asked = visit->own;
    const struct filter *filter = &asked->chosen->filter;
    Preau__Notify__ExportListRequest request = PREAU__NOTIFY__EXPORT_LIST_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.profile =
        filter->profile == PROFILE_ELEVE ? PREAU__PROFILE__PROFILE_ELEVE : PREAU__PROFILE__PROFILE_RESPONSABLE;
    request.format = asked->format;
    request.accounts = chosen_refs(visit, asked->chosen);
    request.n_accounts = asked->chosen->selection->count;
    request.class_ = arena_copy(visit_arena(visit), filter->values[FILTER_CLASS]);
    request.made_at = asked->first.made_at;
    request.digest.data = asked->first.digest;
    request.digest.len = asked->first.digest_length;
    request.offset = visit->document.length;
    visit_call(
        visit, &(struct visit_call){visit->portal->notify, "ExportList", &request.base, piece_come, NULL, false});
}

/* The format of the button or the address, or unspecified. */
static Preau__Notify__ListFormat format_read(const char *text)
{
    if (text && strcmp(text, "pdf") == 0) {
        return PREAU__NOTIFY__LIST_FORMAT__LIST_FORMAT_PDF;
    }
    return text && strcmp(text, "csv") == 0 ? PREAU__NOTIFY__LIST_FORMAT__LIST_FORMAT_CSV
                                            : PREAU__NOTIFY__LIST_FORMAT__LIST_FORMAT_UNSPECIFIED;
}

static Preau__Notify__ListFormat format_asked(const struct visit *visit)
{
    const char *of_button = http_form(visit->request, "format");
    return format_read(of_button ? of_button : http_query(visit->request, "format"));
}

static void export_chosen(struct visit *visit, struct chosen *chosen)
{
    struct export_asked *asked = arena_alloc(visit_arena(visit), 1, sizeof *asked);
    *asked = (struct export_asked){.chosen = chosen, .format = format_asked(visit)};
    visit->own = asked;
    piece_ask(visit);
}

static void export_begin(struct visit *visit, struct chosen *chosen)
{
    if (format_asked(visit) == PREAU__NOTIFY__LIST_FORMAT__LIST_FORMAT_UNSPECIFIED) {
        page_refuse(visit, REFUSAL_MALFORMED);
    } else {
        chosen_load(visit, chosen, export_chosen);
    }
}

void export_do(struct visit *visit)
{
    enum refusal refusal;
    struct chosen *chosen = chosen_read(visit, &refusal);
    if (chosen) {
        export_begin(visit, chosen);
    } else {
        page_refuse(visit, refusal);
    }
}

static void export_filtered(struct visit *visit, enum account_profile profile)
{
    if (!tab_is_open(&visit->school, profile)) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    struct arena *arena = visit_arena(visit);
    struct chosen *chosen = arena_alloc(arena, 1, sizeof *chosen);
    *chosen = (struct chosen){.selection = arena_alloc(arena, 1, sizeof *chosen->selection), .is_all = true};
    filter_from_query(visit, profile, &chosen->filter);
    export_begin(visit, chosen);
}

void export_guardians(struct visit *visit)
{
    export_filtered(visit, PROFILE_RESPONSABLE);
}

void export_pupils(struct visit *visit)
{
    export_filtered(visit, PROFILE_ELEVE);
}
