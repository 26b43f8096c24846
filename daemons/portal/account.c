/* One account (guide 6): its page, and the two things done from there at once. */
#include "crypto/random.h"
#include "domain/email.h"
#include "notify.pb-c.h"
#include "portal/account_view.h"
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/page.h"
#include "portal/tabs.h"
#include "portal/wording.h"
#include "store/disclaimed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CLAIMS_SHOWN = 20 };

static struct account_asked path_asked(const struct visit *visit)
{
    return (struct account_asked){&visit->school, visit->path.academy, visit->path.account};
}

/* ---- the page, in the order in which it is loaded */

static void notices_fill(struct visit *visit, const struct account_view *page)
{
    if (page->refusal != REFUSAL_NONE) {
        page_notice(visit, "error", refusal_sentence(page->refusal), refusal_next(page->refusal));
        return;
    }
    const char *word = note_take(visit);
    if (strcmp(word, "renvoi") == 0) {
        page_notice(visit, "success", "Le courriel d’activation est renvoyé",
            "Il part dans quelques instants ; les liens envoyés auparavant ne valent plus.");
    } else if (strcmp(word, "reunion") == 0) {
        page_notice(visit, "info", "Le compte demandé a été réuni à celui-ci",
            "C’est la même personne : elle se connecte désormais avec l’identifiant de ce compte.");
    } else if (strcmp(word, "rattachement") == 0) {
        page_notice(visit, "success", "Le rattachement est maintenu", "L’élève est de nouveau rattaché à ce compte.");
    }
}

static void happenings_loaded(
    void *arg, const struct account_happening *happenings, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct account_view *page = visit->own;
    if (!happenings) {
        page_fail(visit, fault);
        return;
    }
    account_life_fill(visit, happenings, count);
    notices_fill(visit, page);
    page_send(visit, refusal_status(page->refusal));
}

static void claims_loaded(
    void *arg, const struct disclaimed_claim *claims, size_t count, int64_t total, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct account_view *page = visit->own;
    const struct account_asked asked = path_asked(visit);
    (void)total;
    if (!claims) {
        page_fail(visit, fault);
        return;
    }
    struct view *list = count > 0 ? view_add(page->body, "DISCLAIMED") : NULL;
    if (list) {
        view_set(list, "SOURCE", degree_source(page->record->degree));
    }
    for (size_t i = 0; i < count; i++) {
        char text[WORDING_NAME_SIZE];
        struct view *row = view_add(list, "CLAIM");
        wording_name(claims[i].child_prenom, claims[i].child_nom, text);
        view_set(row, "CHILD_NAME", text);
        wording_day(claims[i].at, text);
        view_set(row, "DISCLAIMED_ON", text);
        view_number(row, "CLAIM_NUMBER", claims[i].claim);
    }
    account_page_load_happenings(visit->portal->store, &asked, happenings_loaded, visit);
}

static void relative_fill(const struct visit *visit, const struct account_relative *relative)
{
    const struct account_view *page = visit->own;
    char name[WORDING_NAME_SIZE];
    enum account_state state;
    struct view *row = view_add(page->body, "RELATED");
    wording_name(relative->prenom, relative->nom, name);
    view_set(row, "RELATED_NAME", name);
    bool is_seen = visit->school.may[page->is_guardian ? PROFILE_ELEVE : PROFILE_RESPONSABLE];
    if (is_seen && relative->id.v != 0) {
        view_print(view_add(row, "LINKED"), "RELATED_HREF", "/etablissements/%s/comptes/%d-%" PRId64,
            visit->school.uai.text, relative->academy.v, relative->id.v);
    } else {
        view_show(row, "UNLINKED");
    }
    if (page->is_guardian) {
        struct view *place = view_add(row, "PLACE");
        view_set(place, "RELATED_SCHOOL", relative->school);
        if (relative->class[0] != '\0') {
            view_set(view_add(place, "CLASS"), "CLASS_NAME", relative->class);
        }
    }
    if (is_seen && state_from_code(relative->state, &state)) {
        struct view *view = view_add(row, "STATE");
        view_set(view, "RELATED_STATE_CODE", state_code(state));
        view_set(view, "RELATED_STATE", state_label(state));
    }
}

static void relatives_loaded(
    void *arg, const struct account_relative *relatives, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct account_view *page = visit->own;
    const struct account_asked asked = path_asked(visit);
    if (!relatives) {
        page_fail(visit, fault);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        relative_fill(visit, &relatives[i]);
    }
    if (count == 0) {
        view_show(page->body, "NO_RELATED");
    }
    if (page->elsewhere[0] != '\0') {
        view_set(view_add(page->body, "ELSEWHERE"), "ELSEWHERE_COUNT", page->elsewhere);
    }
    account_help_fill(visit, relatives, page->is_guardian ? count : 0);
    disclaimed_list(visit->portal->store, asked.school, asked.academy, asked.id, CLAIMS_SHOWN, claims_loaded, visit);
}

/* What is filled later is copied: the rows are lent. */
static void person_keep(const struct visit *visit, const struct account_person *person)
{
    struct account_view *page = visit->own;
    struct arena *arena = visit_arena(visit);
    struct account_record *record = arena_alloc(arena, 1, sizeof *record);
    const struct stored_account *stored = &person->stored;
    *record = person->records[0];
    record->mail = arena_copy(arena, record->mail);
    record->mobile = arena_copy(arena, record->mobile);
    page->record = record;
    page->has_contacts = instant_is_set(person->stored.email_confirmed_at) || person->own_mobile[0] != '\0';
    page->stored = *stored;
    page->address = instant_is_set(stored->email_confirmed_at) ? page->stored.email : record->mail;
    page->address_is_anothers = !instant_is_set(stored->email_confirmed_at) && record->mail_is_anothers;
    page->mobile = account_mobile(visit, record->mobile);
    page->is_guardian = stored->account.profile == PROFILE_RESPONSABLE;
    page->elsewhere = "";
    if (person->elsewhere > 0) {
        char text[WORDING_SIZE];
        wording_count(person->elsewhere, "enfant scolarisé dans un autre établissement",
            "enfants scolarisés dans d’autres établissements", text);
        page->elsewhere = arena_copy(arena, text);
    }
}

/* The account that stayed tells it. */
static void joined_loaded(void *arg, academy_code academy, account_id id, const struct fault *fault)
{
    struct visit *visit = arg;
    if (fault) {
        page_fail(visit, fault);
    } else if (id.v == 0) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
    } else {
        page_go_noted(visit, "reunion",
            arena_printf(
                visit_arena(visit), "/etablissements/%s/comptes/%d-%" PRId64, visit->school.uai.text, academy.v, id.v));
    }
}

static void person_loaded(void *arg, const struct account_person *person, const struct fault *fault)
{
    struct visit *visit = arg;
    struct account_view *page = visit->own;
    const struct account_asked asked = path_asked(visit);
    char name[WORDING_NAME_SIZE];
    if (fault) {
        page_fail(visit, fault);
        return;
    }
    if (!person) {
        account_page_load_joined(visit->portal->store, &asked, joined_loaded, visit);
        return;
    }
    if (!visit->school.may[person->stored.account.profile]) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    person_keep(visit, person);
    visit->tab = tab_of(person->stored.account.profile);
    wording_name(person->records[0].prenom, person->records[0].nom, name);
    page->body = page_begin(visit, name, "compte.html");
    view_set(page->body, "NAME", name);
    account_identity_fill(visit, person);
    account_contact_fill(visit, person);
    account_actions_fill(visit);
    if (page->is_guardian) {
        account_page_load_children(visit->portal->store, &asked, relatives_loaded, visit);
    } else {
        account_page_load_guardians(visit->portal->store, &asked, relatives_loaded, visit);
    }
}

static void page_load(struct visit *visit, const struct account_view *wanted)
{
    struct account_view *page = arena_alloc(visit_arena(visit), 1, sizeof *page);
    const struct account_asked asked = path_asked(visit);
    *page = *wanted;
    visit->own = page;
    account_page_load(visit->portal->store, &asked, person_loaded, visit);
}

void account_show(struct visit *visit)
{
    page_load(visit, &(struct account_view){0});
}

/* ---- the provisional password, shown on request */

static void password_shown(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Notify__ShowPasswordReply *reply = (const void *)answer;
    page_load(visit, &(struct account_view){.refusal = refusal,
                         .password = reply ? arena_copy(visit_arena(visit), reply->password) : NULL});
}

static Preau__AccountRef path_account(const struct visit *visit)
{
    Preau__AccountRef account = PREAU__ACCOUNT_REF__INIT;
    account.academy = (uint32_t)visit->path.academy.v;
    account.id = visit->path.account.v;
    return account;
}

void account_password(struct visit *visit)
{
    Preau__AccountRef account = path_account(visit);
    Preau__Notify__ShowPasswordRequest request = PREAU__NOTIFY__SHOW_PASSWORD_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.account = &account;
    visit_call(
        visit, &(struct visit_call){visit->portal->notify, "ShowPassword", &request.base, password_shown, NULL, false});
}

/* ---- the activation mail, sent again */

static void activation_resent(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (!answer) {
        page_load(
            visit, &(struct account_view){.refusal = refusal, .typed_email = http_form(visit->request, "adresse")});
        return;
    }
    page_go_noted(visit, "renvoi",
        arena_printf(visit_arena(visit), "/etablissements/%s/comptes/%d-%" PRId64, visit->school.uai.text,
            visit->path.academy.v, visit->path.account.v));
}

/* The form's id and what was typed: the same again is the same request, another address is another one. */
static bool resend_id(const struct visit *visit, const char *demand, const char *email, unsigned char out_id[UUID_SIZE])
{
    unsigned char digest[DIGEST_SIZE];
    bool is_one = uuid_read(demand, out_id);
    const char *both = arena_printf(visit_arena(visit), "%s %s", demand, email);
    digest_make(both, strlen(both), digest);
    memcpy(out_id, digest, UUID_SIZE);
    return is_one;
}

void account_resend(struct visit *visit)
{
    unsigned char id[UUID_SIZE];
    const char *demand = http_form(visit->request, "demande");
    const char *email = http_form(visit->request, "adresse");
    if (!demand || !email || !resend_id(visit, demand, email, id)) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    Preau__AccountRef account = path_account(visit);
    Preau__Notify__ResendActivationRequest request = PREAU__NOTIFY__RESEND_ACTIVATION_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.account = &account;
    request.email = arena_copy(visit_arena(visit), email);
    visit_call(visit,
        &(struct visit_call){visit->portal->notify, "ResendActivation", &request.base, activation_resent, id, true});
}

/* ---- a child whose guardian said not to be it, attached all the same */

static void restored(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (!answer) {
        page_refuse(visit, refusal);
        return;
    }
    page_go_noted(visit, "rattachement",
        arena_printf(visit_arena(visit), "/etablissements/%s/comptes/%d-%" PRId64, visit->school.uai.text,
            visit->path.academy.v, visit->path.account.v));
}

void account_restore(struct visit *visit)
{
    const char *claim = http_form(visit->request, "declaration");
    Preau__AccountRef account = path_account(visit);
    Preau__Notify__RestoreChildRequest request = PREAU__NOTIFY__RESTORE_CHILD_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.account = &account;
    request.claim = claim ? strtoll(claim, NULL, 10) : 0;
    visit_call(visit, &(struct visit_call){visit->portal->notify, "RestoreChild", &request.base, restored, NULL, true});
}
