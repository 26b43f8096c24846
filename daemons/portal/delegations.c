/* Who was let in on a school by its head: given, listed, taken back, let in again who lost the first password. */
#include "link.pb-c.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/page.h"
#include "portal/wording.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What was typed into a form that was refused. */
struct typed {
    enum refusal refusal;
    const char *who, *name, *profile, *from, *until;
};

static const struct choice {
    const char *value, *label, *list_label;
    Preau__Profile profile;
    bool second_degree; /* a first degree school has no accounts of pupils */
} choices[] = {
    {"tous",        "Responsables et élèves", "Responsables et élèves", PREAU__PROFILE__PROFILE_UNSPECIFIED, true },
    {"responsable", "Responsables",             "Responsables",             PREAU__PROFILE__PROFILE_RESPONSABLE, false},
    {"eleve",       "Élèves",                 "Élèves",                 PREAU__PROFILE__PROFILE_ELEVE,       true },
};
enum { CHOICES = sizeof choices / sizeof choices[0] };

static bool may_delegate(struct visit *visit)
{
    if (role_may_delegate(visit->session.role)) {
        return true;
    }
    page_refuse(visit, REFUSAL_NOT_FOUND);
    return false;
}

static void form_fill(const struct visit *visit, struct view *body, const struct typed *typed)
{
    char day[DATE_TEXT_SIZE];
    date_write_iso(clock_date(clock_now()), day);
    view_print(body, "ACTION", "/etablissements/%s/delegations", visit->school.uai.text);
    view_set(body, "WHO", typed ? typed->who : "");
    view_set(body, "PERSON", typed ? typed->name : "");
    view_set(body, "FROM_DAY", typed ? typed->from : day);
    view_set(body, "UNTIL_DAY", typed ? typed->until : "");
    for (size_t i = 0; i < CHOICES; i++) {
        if (choices[i].second_degree && visit->school.degree != DEGREE_2) {
            continue;
        }
        struct view *choice = view_add(body, "CHOICE");
        view_set(choice, "VALUE", choices[i].value);
        view_set(choice, "LABEL", choices[i].label);
        if (typed && strcmp(typed->profile, choices[i].value) == 0) {
            view_show(choice, "SELECTED");
        }
    }
    form_request_set(body);
}

static void row_fill(const struct visit *visit, struct view *row, const Preau__Link__Delegation *delegation)
{
    char day[WORDING_SIZE];
    int64_t now = clock_now().us;
    view_set(row, "NAME", delegation->name);
    view_set(row, "LOGIN", delegation->login);
    view_set(row, "GIVER", delegation->giver);
    view_print(row, "END_ACTION", "/etablissements/%s/delegations/retrait", visit->school.uai.text);
    view_number(row, "NUMBER", delegation->id);
    if (delegation->renewable) {
        view_print(view_add(row, "RENEWABLE"), "RENEW_ACTION", "/etablissements/%s/delegations/mot-de-passe",
            visit->school.uai.text);
    }
    wording_day((struct instant){delegation->from_at}, day);
    view_set(row, "FROM", day);
    wording_day((struct instant){delegation->until_at - 1}, day); /* the last day, of which that is the last instant */
    view_set(row, "UNTIL", day);
    for (size_t i = 0; i < CHOICES; i++) {
        if (choices[i].profile == delegation->profile) {
            view_set(row, "WHOSE", choices[i].list_label);
        }
    }
    view_show(row, !delegation->counts ? "VOID" : delegation->from_at > now ? "LATER" : "NOW");
}

static void notice_fill(struct visit *visit)
{
    const char *done = note_take(visit);
    if (strcmp(done, "donnee") == 0) {
        page_notice(visit, "success", "La délégation est donnée", "La personne se connecte avec son compte habituel.");
    } else if (strcmp(done, "retrait") == 0) {
        page_notice(visit, "success", "La délégation est retirée", "L’accès a cessé à l’instant.");
    }
}

static void listed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__ListDelegationsReply *reply = (const void *)answer;
    const struct typed *typed = visit->own;
    char text[WORDING_SIZE];
    if (!reply) {
        page_refuse(visit, refusal);
        return;
    }
    struct view *body = page_begin(visit, "Délégations", "delegations.html");
    form_fill(visit, body, typed);
    struct view *some = reply->n_delegations > 0 ? view_add(body, "SOME") : NULL;
    if (some) {
        wording_count((int64_t)reply->n_delegations, "délégation", "délégations", text);
        view_set(some, "COUNT", text);
    } else {
        view_show(body, "NONE");
    }
    for (size_t i = 0; i < reply->n_delegations; i++) {
        row_fill(visit, view_add(some, "ROW"), reply->delegations[i]);
    }
    if (typed) {
        page_form_error(body, typed->refusal);
    } else {
        notice_fill(visit);
    }
    page_send(visit, typed ? refusal_status(typed->refusal) : 200);
}

static void list_ask(struct visit *visit)
{
    Preau__Link__ListDelegationsRequest request = PREAU__LINK__LIST_DELEGATIONS_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    visit_call(visit, &(struct visit_call){visit->portal->link, "ListDelegations", &request.base, listed, NULL, false});
}

void delegations_show(struct visit *visit)
{
    if (may_delegate(visit)) {
        list_ask(visit);
    }
}

/* ---- giving */

static const char *typed_text(const struct visit *visit, const char *name)
{
    const char *text = http_form(visit->request, name);
    return text ? arena_copy(visit_arena(visit), text) : "";
}

static void form_refuse(struct visit *visit, enum refusal refusal)
{
    struct typed *typed = arena_alloc(visit_arena(visit), 1, sizeof *typed);
    *typed = (struct typed){refusal, typed_text(visit, "identifiant"), typed_text(visit, "nom"),
        typed_text(visit, "profil"), typed_text(visit, "du"), typed_text(visit, "au")};
    visit->own = typed;
    list_ask(visit);
}

/* The only time that it is told. */
static void password_send(
    struct visit *visit, const char *part, const char *name, const char *login, const char *password)
{
    visit->tab = "delegations";
    struct view *body = page_begin(visit, "Premier mot de passe", "delegation-donnee.html");
    view_show(body, part);
    view_set(body, "NAME", name);
    view_set(body, "LOGIN", login);
    view_set(body, "PASSWORD", password);
    view_print(body, "BACK", "/etablissements/%s/delegations", visit->school.uai.text);
    page_send(visit, 200);
}

static void given(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__DelegateReply *reply = (const void *)answer;
    if (!reply) {
        form_refuse(visit, refusal);
        return;
    }
    if (reply->password[0] == '\0') {
        page_go_noted(visit, "donnee",
            arena_printf(visit_arena(visit), "/etablissements/%s/delegations", visit->school.uai.text));
        return;
    }
    password_send(visit, "GIVEN", reply->name, reply->login, reply->password);
}

/* NULL: none of the choices. */
static const struct choice *choice_read(const struct visit *visit)
{
    const char *value = http_form(visit->request, "profil");
    for (size_t i = 0; value && i < CHOICES; i++) {
        if (strcmp(choices[i].value, value) == 0) {
            return &choices[i];
        }
    }
    return NULL;
}

/* As people or browsers write a day, for the bus; "" when it is none. */
static char *day_read(const struct visit *visit, const char *name)
{
    struct date date;
    char *text = arena_alloc(visit_arena(visit), DATE_TEXT_SIZE, 1);
    const char *typed = http_form(visit->request, name);
    if (typed && date_parse_typed(typed, &date)) {
        date_write_iso(date, text);
    } else {
        text[0] = '\0';
    }
    return text;
}

void delegation_give_do(struct visit *visit)
{
    const struct choice *choice = choice_read(visit);
    unsigned char id[REQUEST_ID_SIZE];
    if (!may_delegate(visit)) {
        return;
    }
    if (!choice) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    Preau__Link__DelegateRequest request = PREAU__LINK__DELEGATE_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.who = arena_copy(visit_arena(visit), typed_text(visit, "identifiant"));
    request.name = arena_copy(visit_arena(visit), typed_text(visit, "nom"));
    request.profile = choice->profile;
    request.from_day = day_read(visit, "du");
    request.until_day = day_read(visit, "au");
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "Delegate", &request.base, given, id, true});
}

/* ---- taking back */

static void taken_back(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (answer) {
        page_go_noted(visit, "retrait",
            arena_printf(visit_arena(visit), "/etablissements/%s/delegations", visit->school.uai.text));
    } else {
        page_refuse(visit, refusal);
    }
}

static int64_t delegation_typed(const struct visit *visit)
{
    const char *text = http_form(visit->request, "delegation");
    return text ? strtoll(text, NULL, 10) : 0;
}

void delegation_take_back_do(struct visit *visit)
{
    unsigned char id[REQUEST_ID_SIZE];
    if (!may_delegate(visit)) {
        return;
    }
    Preau__Link__TakeBackDelegationRequest request = PREAU__LINK__TAKE_BACK_DELEGATION_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.delegation = delegation_typed(visit);
    form_request_id(visit, id);
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "TakeBackDelegation", &request.base, taken_back, id, true});
}

/* ---- the first password again */

static void renewed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__RenewFirstPasswordReply *reply = (const void *)answer;
    if (reply) {
        password_send(visit, "RENEWED", reply->name, reply->login, reply->password);
    } else {
        page_refuse(visit, refusal);
    }
}

void delegation_renew_do(struct visit *visit)
{
    unsigned char id[REQUEST_ID_SIZE];
    if (!may_delegate(visit)) {
        return;
    }
    Preau__Link__RenewFirstPasswordRequest request = PREAU__LINK__RENEW_FIRST_PASSWORD_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.delegation = delegation_typed(visit);
    form_request_id(visit, id);
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "RenewFirstPassword", &request.base, renewed, id, true});
}
