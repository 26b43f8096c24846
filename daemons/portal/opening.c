/* First sign-in (guide 1.1, third scheme): own password, address, every child's birth date. */
#include "domain/date.h"
#include "domain/school.h"
#include "link.pb-c.h"
#include "portal/family.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/page.h"
#include "portal/sentence.h"
#include "portal/wording.h"
#include "runtime/clock.h"

#include <stdio.h>
#include <string.h>

enum { FIELD_NAME_SIZE = 64 };

/* What a POST brings while GetOpening is asked for again, and why it was refused. */
struct opening {
    enum refusal refusal;
};

static const char *typed(const struct visit *visit, const char *name)
{
    const char *value = http_form(visit->request, name);
    return value ? value : "";
}

/* The form's name of a child's field: the identity that linkd knows it by. */
static void field_name(const Preau__Child *child, char out_name[FIELD_NAME_SIZE])
{
    snprintf(
        out_name, FIELD_NAME_SIZE, "naissance-%u-%u-%lld", child->academy, child->degree, (long long)child->aaf_id);
}

static bool is_date(const char *text)
{
    struct date date;
    return date_parse_typed(text, &date);
}

/* A date without form is told at its own field; a wrong one is not said which. */
static void date_fill(struct view *field, const char *value, enum refusal refusal)
{
    view_set(field, "VALUE", value);
    if (refusal == REFUSAL_BIRTH_DATE_WRONG || (refusal == REFUSAL_DATE_INVALID && !is_date(value))) {
        sentence_set(view_add(field, "BAD_DATE"), "FIELD_TEXT", refusal_sentence(refusal));
    }
}

static void child_fill(
    const struct visit *visit, struct view *guardian, const Preau__Child *child, enum refusal refusal)
{
    char name[FIELD_NAME_SIZE];
    char person[WORDING_NAME_SIZE];
    struct view *view = view_add(guardian, "CHILD");
    field_name(child, name);
    wording_name(child->prenom, child->nom, person);
    view_set(view, "FIELD", name);
    view_set(view, "CHILD_NAME", person);
    view_set(view, "CHILD_SCHOOL", child->school);
    date_fill(view, typed(visit, name), refusal);
}

static bool is_first_of_school(const Preau__Link__GetOpeningReply *reply, size_t child)
{
    for (size_t i = 0; i < child; i++) {
        if (strcmp(reply->children[i]->school, reply->children[child]->school) == 0) {
            return false;
        }
    }
    return reply->children[child]->school[0] != '\0';
}

/* Who alone can correct a date, and when that will count here: whoever is sure of theirs need not ask around. */
static void correction_fill(const struct visit *visit, struct view *body, const Preau__Link__GetOpeningReply *reply)
{
    char moment[WORDING_SIZE];
    struct view *view = view_add(body, "TO_CORRECT");
    wording_moment(import_clock_correction(&visit->portal->import_clock, clock_now()), moment);
    view_set(view, "COUNTS_FROM", moment);
    struct view *schools = reply->n_children > 0 ? view_add(view, "SCHOOLS") : NULL;
    for (size_t i = 0; i < reply->n_children; i++) {
        if (is_first_of_school(reply, i)) {
            view_set(view_add(schools, "AT_SCHOOL"), "SCHOOL_NAME", reply->children[i]->school);
        }
    }
}

static void guardian_fill(
    const struct visit *visit, struct view *body, const Preau__Link__GetOpeningReply *reply, enum refusal refusal)
{
    struct view *guardian = view_add(body, "GUARDIAN");
    const char *email = http_form(visit->request, "courriel");
    view_set(guardian, "EMAIL", email ? email : reply->proposed_email);
    if (form_field_of(refusal) == FIELD_EMAIL) {
        form_field_error(guardian, FIELD_EMAIL, refusal);
    }
    view_set(guardian, "CHILDREN_LEGEND",
        reply->n_children == 1 ? "La date de naissance de votre enfant" : "La date de naissance de chaque enfant");
    for (size_t i = 0; i < reply->n_children; i++) {
        child_fill(visit, guardian, reply->children[i], refusal);
    }
}

/* The id of the field that the error leads to, in `buffer` if it is a child's; NULL: none. */
static const char *field_id(const struct visit *visit, const Preau__Link__GetOpeningReply *reply, enum refusal refusal,
    char buffer[FIELD_NAME_SIZE])
{
    enum form_field field = form_field_of(refusal);
    if (field != FIELD_BIRTH_DATE || reply->profile == PREAU__PROFILE__PROFILE_ELEVE) {
        return form_field_id(field);
    }
    for (size_t i = 0; i < reply->n_children; i++) {
        field_name(reply->children[i], buffer);
        if (refusal == REFUSAL_BIRTH_DATE_WRONG || !is_date(typed(visit, buffer))) {
            return buffer;
        }
    }
    return NULL;
}

static void form_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refused)
{
    const Preau__Link__GetOpeningReply *reply = (const void *)answer;
    const struct opening *opening = visit->own;
    if (!reply) {
        page_refuse(visit, refused);
        return;
    }
    enum refusal refusal = opening->refusal;
    char name[WORDING_NAME_SIZE];
    wording_name(reply->prenom, reply->nom, name);
    struct view *body = page_begin(visit, "Ouvrir mon compte", "ouverture.html");
    view_set(body, "PERSON", name);
    form_password_hint(body);
    form_request_set(body);
    if (refusal != REFUSAL_NONE) {
        char id[FIELD_NAME_SIZE];
        enum form_field field = form_field_of(refusal);
        page_form_error_at(body, refusal, field_id(visit, reply, refusal, id));
        form_field_error(body, field == FIELD_PASSWORD || field == FIELD_AGAIN ? field : FIELD_NONE, refusal);
    }
    if (reply->profile == PREAU__PROFILE__PROFILE_ELEVE) {
        date_fill(view_add(body, "PUPIL"), typed(visit, "naissance"), refusal);
    } else {
        guardian_fill(visit, body, reply, refusal);
    }
    if (refusal == REFUSAL_BIRTH_DATE_WRONG) {
        correction_fill(visit, body, reply);
    }
    page_send(visit, refusal_status(refusal));
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
    view_set(
        view_add(page_begin(visit, "Votre messagerie", "ouverture-suite.html"), "ONE_EMAIL"), "EMAIL", reply->email);
    page_send(visit, 200);
}

/* "naissance-10-1-123" */
static bool child_read(const char *name, Preau__Child *out_child)
{
    unsigned academy;
    unsigned degree;
    long long aaf_id;
    char end;
    preau__child__init(out_child);
    if (sscanf(name, "naissance-%3u-%1u-%18lld%c", &academy, &degree, &aaf_id, &end) != 3) {
        return false;
    }
    out_child->academy = academy;
    out_child->degree = degree;
    out_child->aaf_id = aaf_id;
    return true;
}

/* The children's fields of the form; how many are taken. */
static size_t children_read(
    const struct visit *visit, Preau__Link__ChildBirthDate *dates, Preau__Child *children, size_t room)
{
    size_t count = 0;
    const char *name;
    const char *value;
    for (size_t i = 0; count < room && http_form_each(visit->request, i, &name, &value); i++) {
        if (child_read(name, &children[count])) {
            preau__link__child_birth_date__init(&dates[count]);
            dates[count].child = &children[count];
            dates[count].birth_date = arena_copy(visit_arena(visit), value);
            count++;
        }
    }
    return count;
}

void opening_do(struct visit *visit)
{
    enum { CHILDREN_MAX = 64 };
    Preau__Link__ChildBirthDate dates[CHILDREN_MAX];
    Preau__Link__ChildBirthDate *list[CHILDREN_MAX];
    Preau__Child children[CHILDREN_MAX];
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
    size_t count = children_read(visit, dates, children, CHILDREN_MAX);
    for (size_t i = 0; i < count; i++) {
        list[i] = &dates[i];
    }
    Preau__Link__OpenAccountRequest request = PREAU__LINK__OPEN_ACCOUNT_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.password = arena_copy(visit_arena(visit), chosen);
    request.email = arena_copy(visit_arena(visit), typed(visit, "courriel"));
    request.birth_date = arena_copy(visit_arena(visit), typed(visit, "naissance"));
    request.n_children = count;
    request.children = list;
    unsigned char id[REQUEST_ID_SIZE];
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "OpenAccount", &request.base, opened, id, true});
}
