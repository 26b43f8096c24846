/* The steps of a registration after the first, by SMS or by FranceConnect: linkd says which is next, a page shows it. */
#include "link.pb-c.h"
#include "portal/birth_fields.h"
#include "portal/cookie.h"
#include "portal/family.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/missing_child.h"
#include "portal/note.h"
#include "portal/page.h"
#include "portal/registration.h"
#include "runtime/cleanup.h"

#include <string.h>

typedef void step_fill(
    struct visit *visit, struct view *body, const Preau__Link__GetRegistrationReply *reply, enum refusal refusal);

static void code_fill(
    struct visit *visit, struct view *body, const Preau__Link__GetRegistrationReply *reply, enum refusal refusal)
{
    const char *way = reply->from_desk          ? "FROM_DESK"
                      : reply->forgotten        ? "FORGOTTEN"
                      : reply->by_franceconnect ? "BY_FRANCECONNECT"
                                                : "BY_NAMES";
    if (reply->forgotten) {
        family_mobile_days_set(visit, view_add(body, way));
    } else {
        view_show(body, way);
        view_show(body, "BY_SCHOOL");
        view_show(body, "SCHOOL_KNOWS");
    }
    if (refusal != REFUSAL_NONE) {
        page_form_error_at(body, refusal, form_field_id(form_field_of(refusal)));
        form_field_error(body, form_field_of(refusal), refusal);
    }
}

static void mobile_fill(
    struct visit *visit, struct view *body, const Preau__Link__GetRegistrationReply *reply, enum refusal refusal)
{
    view_set(body, "MOBILE", visit_typed_digits(visit, "mobile"));
    code_fill(visit, body, reply, refusal);
}

static void login_fill(struct view *body, const Preau__Link__GetRegistrationReply *reply)
{
    view_set(body, "LOGIN", reply->login);
    view_show(body, reply->is_open ? "IS_OPEN" : "IS_NEW");
    if (reply->has_other) {
        view_show(body, "OTHER");
    }
}

static void franceconnect_fill(
    struct visit *visit, struct view *body, const Preau__Link__GetRegistrationReply *reply, enum refusal refusal)
{
    (void)visit;
    login_fill(body, reply);
    if (refusal != REFUSAL_NONE) {
        page_form_error(body, refusal);
    }
}

static void children_fill(
    struct visit *visit, struct view *body, const Preau__Link__GetRegistrationReply *reply, enum refusal refusal)
{
    birth_fields_fill(visit, body, reply->children, reply->n_children, refusal);
    view_show(body, reply->from_desk ? "FROM_DESK" : "FROM_OUTSIDE");
    if (refusal != REFUSAL_NONE) {
        page_form_error_at(body, refusal, birth_fields_id(visit, reply->children, reply->n_children, refusal));
    }
    birth_fields_correction(visit, body, reply->children, reply->n_children, refusal);
}

static void password_fill(
    struct visit *visit, struct view *body, const Preau__Link__GetRegistrationReply *reply, enum refusal refusal)
{
    (void)visit;
    login_fill(body, reply);
    form_password_fields(body, refusal);
    if (refusal != REFUSAL_NONE) {
        page_form_error_at(body, refusal, form_field_id(form_field_of(refusal)));
    }
}

static const struct step {
    const char *path, *title, *file;
    step_fill *fill;
} steps[] = {
    [PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_CODE] = {"/inscription/code",          "Le code reçu par SMS",
                                                                "inscription-code.html",                                                                    code_fill         },
    [PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_CHILDREN] = {"/inscription/enfants",       "Vos enfants",
                                                                "inscription-enfants.html",                                                                 children_fill     },
    [PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_PASSWORD] = {"/inscription/mot-de-passe",  "Votre mot de passe",
                                                                "inscription-mot-de-passe.html",                                                            password_fill     },
    [PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_MOBILE] = {"/inscription/mobile",        "Votre téléphone mobile",
                                                                "inscription-mobile.html",                                                                  mobile_fill       },
    [PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_FRANCECONNECT] = {"/inscription/franceconnect",
                                                                "Lier FranceConnect à votre compte",                     "inscription-franceconnect.html", franceconnect_fill},
};

static const char *const forgotten_paths[] = {
    [PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_CODE] = FORGOTTEN "/code",
    [PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_PASSWORD] = FORGOTTEN "/mot-de-passe",
};

/* From the desk. */
static const char *const desk_paths[] = {
    [PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_CODE] = MISSING_CHILD "/code",
    [PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_CHILDREN] = MISSING_CHILD "/enfants",
};

static bool is_at(const struct visit *visit, const char *path)
{
    return strcmp(path, http_path(visit->request)) == 0;
}

static const char *path_of(const Preau__Link__GetRegistrationReply *reply)
{
    size_t step = (size_t)reply->step;
    if (reply->from_desk) {
        return step < ARRAY_LENGTH(desk_paths) ? desk_paths[step] : NULL;
    }
    if (reply->forgotten) {
        return step < ARRAY_LENGTH(forgotten_paths) ? forgotten_paths[step] : NULL;
    }
    return step < ARRAY_LENGTH(steps) ? steps[step].path : NULL;
}

static void found(struct visit *visit, const ProtobufCMessage *answer, enum refusal refused)
{
    const Preau__Link__GetRegistrationReply *reply = (const void *)answer;
    const enum refusal *refusal = visit->own;
    if (reply && reply->step == PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_DONE) {
        cookie_clear(visit, COOKIE_REGISTRATION);
        page_go_noted(visit, "enfant", "/guichet");
        return;
    }
    if (!page_is_link_bad(refused)) { /* what was begun goes on a moment later */
        page_refuse(visit, refused);
        return;
    }
    const char *path = reply ? path_of(reply) : NULL;
    if (!path) {
        registration_begin_anew(visit, reply ? REFUSAL_REGISTRATION_OVER : refused);
        return;
    }
    if (!is_at(visit, path)) {
        page_go(visit, path);
        return;
    }
    const struct step *step = &steps[reply->step];
    struct view *body = page_begin(visit, step->title, step->file);
    form_request_set(body);
    view_set(body, "ACTION", path);
    step->fill(visit, body, reply, *refusal);
    page_send(visit, refusal_status(*refusal));
}

static char *token_of(const struct visit *visit)
{
    return arena_copy(visit_arena(visit), cookie_token(visit, COOKIE_REGISTRATION));
}

void registration_go_on(struct visit *visit, enum refusal refusal)
{
    enum refusal *own = arena_alloc(visit_arena(visit), 1, sizeof *own);
    *own = refusal;
    visit->own = own;
    Preau__Link__GetRegistrationRequest request = PREAU__LINK__GET_REGISTRATION_REQUEST__INIT;
    request.token = token_of(visit);
    if (request.token[0] == '\0') {
        page_go(visit, missing_child_is_it(visit) ? MISSING_CHILD
                       : forgotten_is_it(visit)   ? FORGOTTEN
                                                  : "/inscription");
        return;
    }
    visit_call(visit, &(struct visit_call){visit->portal->link, "GetRegistration", &request.base, found, NULL, false});
}

void registration_step_show(struct visit *visit)
{
    registration_go_on(visit, REFUSAL_NONE);
}

/* The step is over: the next, or the same again with what was refused. */
static void stepped(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (refusal == REFUSAL_REGISTRATION_OVER) {
        registration_begin_anew(visit, refusal);
    } else if (refusal == REFUSAL_BUSY) {
        page_refuse(visit, refusal);
    } else {
        registration_go_on(visit, answer ? REFUSAL_NONE : refusal);
    }
}

static void step_ask(struct visit *visit, const char *method, const ProtobufCMessage *message, visit_answered *answered)
{
    unsigned char id[REQUEST_ID_SIZE];
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, method, message, answered, id, true});
}

void registration_code_do(struct visit *visit)
{
    Preau__Link__GiveRegistrationCodeRequest request = PREAU__LINK__GIVE_REGISTRATION_CODE_REQUEST__INIT;
    request.token = token_of(visit);
    request.code = visit_typed_digits(visit, "code");
    step_ask(visit, "GiveRegistrationCode", &request.base, stepped);
}

void registration_mobile_do(struct visit *visit)
{
    Preau__Link__GiveRegistrationMobileRequest request = PREAU__LINK__GIVE_REGISTRATION_MOBILE_REQUEST__INIT;
    request.token = token_of(visit);
    request.mobile = visit_typed_digits(visit, "mobile");
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    step_ask(visit, "GiveRegistrationMobile", &request.base, stepped);
}

void registration_children_do(struct visit *visit)
{
    Preau__Link__ConfirmRegistrationChildrenRequest request = PREAU__LINK__CONFIRM_REGISTRATION_CHILDREN_REQUEST__INIT;
    request.token = token_of(visit);
    request.children = birth_fields_read(visit, &request.n_children);
    step_ask(visit, "ConfirmRegistrationChildren", &request.base, stepped);
}

/* ---- the last step: the password, or FranceConnect in its place */

static void end_show(struct visit *visit)
{
    const char *login = visit->own;
    struct view *body = page_begin(visit, "Votre compte est prêt", "inscription-fin.html");
    bool is_linked = is_at(visit, steps[PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_FRANCECONNECT].path);
    view_set(body, "LOGIN", login);
    view_show(body, is_linked ? "BY_FRANCECONNECT" : "BY_PASSWORD");
    page_send(visit, 200);
}

static void finished(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__FinishRegistrationReply *reply = (const void *)answer;
    if (!reply) {
        stepped(visit, answer, refusal);
        return;
    }
    const struct web_session session = {.stage = WEB_OPEN,
        .academy = {(int16_t)reply->account->academy},
        .account = {reply->account->id},
        .credential_at = {reply->credential_at}};
    visit->own = arena_copy(visit_arena(visit), reply->login);
    cookie_clear(visit, COOKIE_REGISTRATION);
    visit_renew(visit, &session, end_show);
}

void registration_password_do(struct visit *visit)
{
    const char *chosen = http_form(visit->request, "nouveau");
    const char *again = http_form(visit->request, "confirmation");
    if (!chosen || !again || strcmp(chosen, again) != 0) {
        registration_go_on(visit, chosen && again ? REFUSAL_PASSWORDS_DIFFER : REFUSAL_MALFORMED);
        return;
    }
    Preau__Link__FinishRegistrationRequest request = PREAU__LINK__FINISH_REGISTRATION_REQUEST__INIT;
    request.token = token_of(visit);
    request.password = arena_copy(visit_arena(visit), chosen);
    step_ask(visit, "FinishRegistration", &request.base, finished);
}

void registration_franceconnect_do(struct visit *visit)
{
    Preau__Link__FinishRegistrationRequest request = PREAU__LINK__FINISH_REGISTRATION_REQUEST__INIT;
    request.token = token_of(visit);
    step_ask(visit, "FinishRegistration", &request.base, finished);
}
