/* First sign-in (guide 1.1, third scheme): own password, address, every child's birth date. */
#include "link.pb-c.h"
#include "portal/birth_fields.h"
#include "portal/family.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/page.h"
#include "portal/wording.h"

#include <string.h>

/* What a POST brings while GetOpening is asked for again, and why it was refused. */
struct opening {
    enum refusal refusal;
    struct view *correction; /* of a pupil whose date was refused */
};

static void guardian_fill(
    const struct visit *visit, struct view *body, const Preau__Link__GetOpeningReply *reply, enum refusal refusal)
{
    struct view *guardian = view_add(body, "GUARDIAN");
    const char *email = http_form(visit->request, "courriel");
    view_set(guardian, "EMAIL", email ? email : reply->proposed_email);
    if (form_field_of(refusal) == FIELD_EMAIL) {
        form_field_error(guardian, FIELD_EMAIL, refusal);
    }
    birth_fields_fill(visit, guardian, reply->children, reply->n_children, refusal);
}

/* The id of the field that the error leads to; NULL: none. */
static const char *field_id(const struct visit *visit, const Preau__Link__GetOpeningReply *reply, enum refusal refusal)
{
    enum form_field field = form_field_of(refusal);
    if (field != FIELD_BIRTH_DATE || reply->profile == PREAU__PROFILE__PROFILE_ELEVE) {
        return form_field_id(field);
    }
    return birth_fields_id(visit, reply->children, reply->n_children, refusal);
}

/* Nobody is left whose guardian the person would be: there is nothing to open, until the school attaches a child. */
static void nobody_left(struct visit *visit, const char *person)
{
    view_set(page_begin(visit, "Votre compte n’a pas à être ouvert", "ouverture-sans-enfant.html"), "PERSON", person);
    page_send(visit, 200);
}

static bool is_named_before(const struct desk_pupil *pupils, size_t place)
{
    for (size_t i = 0; i < place; i++) {
        if (strcmp(pupils[i].school, pupils[place].school) == 0) {
            return true;
        }
    }
    return false;
}

/* SCHOOLS, each once; none where no school is known. */
static void schools_fill(struct view *view, const struct desk_pupil *pupils, size_t count)
{
    struct view *schools = NULL;
    for (size_t i = 0; i < count; i++) {
        if (pupils[i].school[0] != '\0' && !is_named_before(pupils, i)) {
            schools = schools ? schools : view_add(view, "SCHOOLS");
            view_set(view_add(schools, "AT_SCHOOL"), "SCHOOL_NAME", pupils[i].school);
        }
    }
}

static void schools_loaded(void *arg, const struct desk_pupil *pupils, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    if (!pupils) {
        page_fail(visit, fault);
        return;
    }
    schools_fill(page_begin(visit, "L’établissement doit vous aider", "ouverture-ecole.html"), pupils, count);
    page_send(visit, refusal_status(REFUSAL_BIRTH_DATES_OVER));
}

/* Too many dates were refused: which schools are to notify the person anew. */
static void school_show(struct visit *visit)
{
    desk_load_pupils(visit->portal->store, family_owner(visit), schools_loaded, visit);
}

static void own_schools_loaded(void *arg, const struct desk_pupil *pupils, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct opening *opening = visit->own;
    if (!pupils) {
        page_fail(visit, fault);
        return;
    }
    schools_fill(opening->correction, pupils, count);
    page_send(visit, refusal_status(opening->refusal));
}

/* A guardian's children are told with their schools; a pupil has none who would name theirs. */
static void form_send(struct visit *visit, const Preau__Link__GetOpeningReply *reply, struct view *body)
{
    struct opening *opening = visit->own;
    opening->correction = birth_fields_correction(visit, body, reply->children, reply->n_children, opening->refusal);
    if (opening->correction && reply->profile == PREAU__PROFILE__PROFILE_ELEVE) {
        desk_load_pupils(visit->portal->store, family_owner(visit), own_schools_loaded, visit);
        return;
    }
    page_send(visit, refusal_status(opening->refusal));
}

static void form_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refused)
{
    const Preau__Link__GetOpeningReply *reply = (const void *)answer;
    const struct opening *opening = visit->own;
    if (refused == REFUSAL_BIRTH_DATES_OVER) {
        school_show(visit);
        return;
    }
    if (!reply) {
        page_refuse(visit, refused);
        return;
    }
    enum refusal refusal = opening->refusal;
    char name[WORDING_NAME_SIZE];
    wording_name(reply->prenom, reply->nom, name);
    if (reply->profile != PREAU__PROFILE__PROFILE_ELEVE && reply->n_children == 0) {
        nobody_left(visit, name);
        return;
    }
    struct view *body = page_begin(visit, "Ouvrir mon compte", "ouverture.html");
    if (refusal == REFUSAL_NONE && strcmp(note_take(visit), "pas-responsable") == 0) {
        page_notice(visit, "success", "C’est noté",
            "L’école ou l’établissement est prévenu. Poursuivez pour les autres enfants.");
    }
    view_set(body, "PERSON", name);
    form_password_fields(body, refusal);
    form_request_set(body);
    if (refusal != REFUSAL_NONE) {
        page_form_error_at(body, refusal, field_id(visit, reply, refusal));
    }
    if (reply->profile == PREAU__PROFILE__PROFILE_ELEVE) {
        birth_field_fill(view_add(body, "PUPIL"), visit_typed_digits(visit, "naissance"), refusal);
    } else {
        guardian_fill(visit, body, reply, refusal);
    }
    form_send(visit, reply, body);
}

static void form_show(struct visit *visit, enum refusal refusal)
{
    struct opening *opening = arena_alloc(visit_arena(visit), 1, sizeof *opening);
    opening->refusal = refusal;
    visit->own = opening;
    Preau__Link__GetOpeningRequest request = PREAU__LINK__GET_OPENING_REQUEST__INIT;
    request.account = family_account_ref(visit);
    visit_call(visit, &(struct visit_call){visit->portal->link, "GetOpening", &request.base, form_loaded, NULL, false});
}

void opening_show(struct visit *visit)
{
    form_show(visit, REFUSAL_NONE);
}

static void opened(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__OpenAccountReply *reply = (const void *)answer;
    if (!reply) {
        form_show(visit, refusal);
        return;
    }
    if (reply->state == PREAU__ACCOUNT_STATE__STATE_ACTIVE) {
        /* opening ended all the person's sessions */
        const struct web_session session = {.stage = WEB_OPEN,
            .academy = visit->session.academy,
            .account = visit->session.account,
            .credential_at = {reply->credential_at}};
        note_leave(visit, "ouverture", "/guichet");
        visit_sign_in(visit, &session, "/guichet");
        return;
    }
    visit->has_session = false; /* the page has no way to sign out: there is nothing to sign out of */
    struct view *body = page_begin(visit, "Votre messagerie", "ouverture-suite.html");
    view_set(view_add(body, "ONE_EMAIL"), "EMAIL", reply->email);
    view_show(body, "SENT");
    view_show(body, "ELSEWHERE");
    page_send(visit, 200);
}

void opening_do(struct visit *visit)
{
    const char *chosen = http_form(visit->request, "nouveau");
    const char *again = http_form(visit->request, "confirmation");
    if (!chosen || !again) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    if (strcmp(chosen, again) != 0) {
        form_show(visit, REFUSAL_PASSWORDS_DIFFER);
        return;
    }
    Preau__Link__OpenAccountRequest request = PREAU__LINK__OPEN_ACCOUNT_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.password = arena_copy(visit_arena(visit), chosen);
    request.email = arena_copy(visit_arena(visit), visit_typed(visit, "courriel"));
    request.birth_date = visit_typed_digits(visit, "naissance");
    request.children = birth_fields_read(visit, &request.n_children);
    unsigned char id[REQUEST_ID_SIZE];
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "OpenAccount", &request.base, opened, id, true});
}
