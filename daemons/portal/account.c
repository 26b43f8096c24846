/* One account (guide 6): who, in what state, what may be done now, what was done. */
#include "crypto/random.h"
#include "domain/email.h"
#include "domain/phone.h"
#include "notify.pb-c.h"
#include "portal/handlers.h"
#include "portal/head_action.h"
#include "portal/page.h"
#include "portal/sentence.h"
#include "portal/wording.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What the page says beside the account itself. */
struct account_page {
    const char *password;    /* shown now; NULL: not asked for */
    enum refusal refusal;    /* of what was just asked */
    const char *typed_email; /* kept from a refused form; NULL: none */
    struct view *body;
    bool is_guardian;
};

static void password_fill(const struct visit *visit, struct view *body, const struct account *account)
{
    const struct account_page *page = visit->own;
    if (account->state == STATE_NON_DISTRIBUE) {
        view_show(body, "PASSWORD_UNSENT");
    } else if (!account_password_is_readable(account)) {
        view_show(body, account->password == PASSWORD_CHOSEN ? "PASSWORD_CHOSEN" : "PASSWORD_NONE");
    } else if (page->password) {
        view_set(view_add(body, "PASSWORD_SHOWN"), "PASSWORD", page->password);
    } else {
        view_print(view_add(body, "PASSWORD_HIDDEN"), "SHOW_ACTION",
            "/etablissements/%s/comptes/%d-%" PRId64 "/mot-de-passe", visit->school.uai.text, account->academy.v,
            account->id.v);
    }
}

static void dates_fill(struct view *body, const struct account *account)
{
    char day[WORDING_SIZE];
    if (!instant_is_set(account->notified_at)) {
        view_show(body, "NEVER_NOTIFIED");
        return;
    }
    struct view *notified = view_add(body, "NOTIFIED");
    wording_day(account->notified_at, day);
    view_set(notified, "NOTIFIED_ON", day);
    if (account->password == PASSWORD_PROVISIONAL) {
        struct view *valid = view_add(notified, "VALID");
        wording_day(account->notification_expires_at, day);
        view_set(valid, "EXPIRY", day);
        if (instant_before(account->notification_expires_at, clock_now())) {
            view_show(valid, "EXPIRED");
        }
    }
}

static void contact_fill(struct view *body, const struct listed_person *person)
{
    const struct stored_account *stored = &person->stored;
    view_set(body, "AAF_EMAIL", person->aaf_email[0] != '\0' ? person->aaf_email : "Aucun");
    view_set(body, "AAF_MOBILE", person->mobile[0] != '\0' ? person->mobile : "Aucun");
    if (stored->email[0] == '\0') {
        view_set(body, "OWN_EMAIL", "Aucun");
        return;
    }
    view_set(body, "OWN_EMAIL", stored->email);
    view_show(body, instant_is_set(stored->email_confirmed_at) ? "EMAIL_CONFIRMED" : "EMAIL_NOT_CONFIRMED");
}

static void resend_fill(const struct visit *visit, struct view *body, const struct listed_person *person)
{
    const struct account_page *page = visit->own;
    const struct account *account = &person->stored.account;
    unsigned char id[UUID_SIZE];
    char text[UUID_TEXT_SIZE];
    uuid_make(id);
    uuid_write(id, text);
    struct view *resend = view_add(body, "RESEND");
    view_print(resend, "RESEND_ACTION", "/etablissements/%s/comptes/%d-%" PRId64 "/renvoi", visit->school.uai.text,
        account->academy.v, account->id.v);
    view_set(resend, "REQUEST", text);
    view_set(resend, "RESEND_EMAIL", page->typed_email ? page->typed_email : person->stored.email);
}

/* The matrix of the guide's section 3, asked of the one table, and the address that a mail needs. */
static void actions_fill(const struct visit *visit, struct view *body, const struct listed_person *person)
{
    const struct account *account = &person->stored.account;
    struct lifecycle_outcome outcome;
    struct view *impossible = NULL;
    bool has_address = instant_is_set(person->stored.email_confirmed_at) || person->aaf_email[0] != '\0';
    view_print(body, "PREVIEW_ACTION", "/etablissements/%s/apercu", visit->school.uai.text);
    view_set(body, "PROFILE", profile_code(account->profile));
    view_print(body, "ID", "%d-%" PRId64, account->academy.v, account->id.v);
    for (size_t i = 0; head_action_at(i); i++) {
        const struct head_action *action = head_action_at(i);
        enum refusal refusal =
            lifecycle_decide(account, action->action, clock_now(), NOTIFICATION_MONTHS_DEFAULT, &outcome);
        if (refusal == REFUSAL_NONE && action->channel == PREAU__NOTIFY__CHANNEL__CHANNEL_MAIL && !has_address) {
            refusal = REFUSAL_NO_EMAIL;
        }
        if (refusal != REFUSAL_NONE && !impossible) {
            impossible = view_add(body, "IMPOSSIBLE");
        }
        struct view *row = refusal == REFUSAL_NONE ? view_add(body, "ACTION") : view_add(impossible, "REFUSED");
        view_set(row, "VALUE", action->code);
        view_set(row, "LABEL", action->label);
        sentence_set(row, "REFUSED_TEXT", refusal_sentence(refusal));
    }
    if (lifecycle_decide(account, ACTION_RESEND_ACTIVATION, clock_now(), NOTIFICATION_MONTHS_DEFAULT, &outcome) ==
        REFUSAL_NONE) {
        resend_fill(visit, body, person);
    }
}

static const char *event_label(const char *action)
{
    enum account_action known;
    if (strcmp(action, "created") == 0) {
        return "Compte créé à partir de l’annuaire académique";
    }
    if (strcmp(action, "password_shown") == 0) {
        return "Mot de passe provisoire affiché";
    }
    return action_from_code(action, &known) ? action_label(known) : action;
}

static const char *actor_label(const struct listed_event *event)
{
    if (strcmp(event->actor, "administrator") == 0) {
        return event->administrator;
    }
    if (strcmp(event->actor, "person") == 0) {
        return "la personne";
    }
    return strcmp(event->actor, "import") == 0 ? "l’import" : "l’exploitant";
}

static void notices_fill(struct visit *visit, const struct account_page *page)
{
    const char *done = http_query(visit->request, "fait");
    if (page->refusal != REFUSAL_NONE) {
        page_notice(visit, "error", refusal_sentence(page->refusal), refusal_next(page->refusal));
    } else if (done && strcmp(done, "renvoi") == 0) {
        page_notice(visit, "success", "Le courriel d’activation est renvoyé",
            "Il part dans quelques instants ; les liens envoyés auparavant ne valent plus.");
    }
}

static void events_loaded(void *arg, const struct listed_event *events, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct account_page *page = visit->own;
    if (!events) {
        page_fail(visit, fault);
        return;
    }
    struct view *life = count > 0 ? view_add(page->body, "LIFE") : NULL;
    for (size_t i = 0; i < count; i++) {
        char moment[WORDING_SIZE];
        struct view *row = view_add(life, "EVENT");
        wording_moment(events[i].at, moment);
        view_set(row, "AT", moment);
        view_set(row, "EVENT_TEXT", event_label(events[i].action));
        view_set(row, "BY", actor_label(&events[i]));
    }
    notices_fill(visit, page);
    page_send(visit, refusal_status(page->refusal));
}

static void relative_fill(struct view *body, const struct account_page *page, const struct listed_relative *relative)
{
    char name[WORDING_NAME_SIZE];
    enum account_state state;
    struct view *row = view_add(body, "RELATED");
    wording_name(relative->prenom, relative->nom, name);
    view_set(row, "RELATED_NAME", name);
    if (page->is_guardian) {
        struct view *place = view_add(row, "PLACE");
        view_set(place, "RELATED_SCHOOL", relative->school);
        if (relative->class[0] != '\0') {
            view_set(view_add(place, "CLASS"), "CLASS_NAME", relative->class);
        }
    } else if (state_from_code(relative->state, &state)) {
        struct view *view = view_add(row, "STATE");
        view_set(view, "RELATED_STATE_CODE", state_code(state));
        view_set(view, "RELATED_STATE", state_label(state));
    }
}

static void relatives_loaded(
    void *arg, const struct listed_relative *relatives, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct account_page *page = visit->own;
    if (!relatives) {
        page_fail(visit, fault);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        relative_fill(page->body, page, &relatives[i]);
    }
    if (count == 0) {
        view_show(page->body, "NO_RELATED");
    }
    listing_load_events(visit->portal->store, visit->path.academy, visit->path.account, events_loaded, visit);
}

static void account_loaded_here(void *arg, const struct listed_person *person, const struct fault *fault)
{
    struct visit *visit = arg;
    struct account_page *page = visit->own;
    if (fault) {
        page_fail(visit, fault);
        return;
    }
    if (!person || !visit->school.may[person->stored.account.profile]) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    const struct account *account = &person->stored.account;
    char name[WORDING_NAME_SIZE];
    wording_name(person->prenom, person->nom, name);
    page->is_guardian = account->profile == PROFILE_RESPONSABLE;
    visit->tab = page->is_guardian ? "responsables" : "eleves";
    page->body = page_begin(visit, name, "compte.html");
    view_set(page->body, "NAME", name);
    view_set(page->body, "PROFILE_LABEL", profile_label(account->profile));
    view_set(page->body, "STATE_CODE", state_code(account->state));
    view_set(page->body, "STATE_LABEL", state_label(account->state));
    view_set(page->body, "ORIGIN_LABEL", origin_label(account->origin));
    view_set(page->body, "LOGIN", person->stored.login);
    view_set(page->body, "RELATED_HEADING", page->is_guardian ? "Élèves rattachés" : "Responsables légaux");
    view_print(page->body, "BACK", "/etablissements/%s/%s", visit->school.uai.text,
        page->is_guardian ? "responsables" : "eleves");
    password_fill(visit, page->body, account);
    dates_fill(page->body, account);
    contact_fill(page->body, person);
    actions_fill(visit, page->body, person);
    if (page->is_guardian) {
        listing_load_children_here(
            visit->portal->store, &visit->school, account->academy, account->id, relatives_loaded, visit);
    } else {
        listing_load_guardians_of(visit->portal->store, account->academy, account->id, relatives_loaded, visit);
    }
}

static void page_load(struct visit *visit, const struct account_page *wanted)
{
    struct account_page *page = arena_alloc(visit_arena(visit), 1, sizeof *page);
    *page = *wanted;
    visit->own = page;
    listing_load_account(
        visit->portal->store, &visit->school, visit->path.academy, visit->path.account, account_loaded_here, visit);
}

void account_show(struct visit *visit)
{
    page_load(visit, &(struct account_page){0});
}

static void password_shown(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Notify__ShowPasswordReply *reply = (const void *)answer;
    page_load(visit, &(struct account_page){.refusal = refusal,
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

static void activation_resent(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (!answer) {
        page_load(
            visit, &(struct account_page){.refusal = refusal, .typed_email = http_form(visit->request, "adresse")});
        return;
    }
    page_go_to(visit, "/etablissements/%s/comptes/%d-%" PRId64 "?fait=renvoi", visit->school.uai.text,
        visit->path.academy.v, visit->path.account.v);
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
