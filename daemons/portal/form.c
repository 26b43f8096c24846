#include "portal/form.h"

#include "domain/password.h"
#include "portal/sentence.h"

enum form_field form_field_of(enum refusal refusal)
{
    if (refusal >= REFUSAL_PASSWORD_TOO_SHORT && refusal <= REFUSAL_PASSWORD_NOT_NEW) {
        return FIELD_PASSWORD;
    }
    if (refusal == REFUSAL_PRESENT_PASSWORD_WRONG) {
        return FIELD_PRESENT;
    }
    if (refusal == REFUSAL_PASSWORDS_DIFFER) {
        return FIELD_AGAIN;
    }
    if (refusal == REFUSAL_EMAIL_INVALID || refusal == REFUSAL_EMAIL_NOT_NEW) {
        return FIELD_EMAIL;
    }
    if (refusal == REFUSAL_CODE_WRONG) {
        return FIELD_CODE;
    }
    if (refusal == REFUSAL_PERSON_NAME_MISSING || refusal == REFUSAL_MOBILE_INVALID) {
        return refusal == REFUSAL_PERSON_NAME_MISSING ? FIELD_NAME : FIELD_MOBILE;
    }
    return refusal == REFUSAL_BIRTH_DATE_WRONG || refusal == REFUSAL_DATE_INVALID ? FIELD_BIRTH_DATE : FIELD_NONE;
}

const char *form_field_id(enum form_field field)
{
    static const char *const ids[] = {
        [FIELD_NONE] = NULL,
        [FIELD_PRESENT] = "actuel",
        [FIELD_PASSWORD] = "nouveau",
        [FIELD_AGAIN] = "confirmation",
        [FIELD_EMAIL] = "courriel",
        [FIELD_BIRTH_DATE] = "naissance",
        [FIELD_CODE] = "code",
        [FIELD_NAME] = "nom",
        [FIELD_MOBILE] = "mobile",
    };
    return ids[field];
}

static void field_error(struct view *body, enum form_field field, enum refusal refusal)
{
    static const char *const sections[] = {
        [FIELD_PRESENT] = "BAD_PRESENT",
        [FIELD_PASSWORD] = "BAD_PASSWORD",
        [FIELD_AGAIN] = "BAD_AGAIN",
        [FIELD_EMAIL] = "BAD_EMAIL",
        [FIELD_BIRTH_DATE] = "BAD_DATE",
        [FIELD_CODE] = "BAD_CODE",
        [FIELD_NAME] = "BAD_NAME",
        [FIELD_MOBILE] = "BAD_MOBILE",
    };
    sentence_set(view_add(body, sections[field]), "FIELD_TEXT", refusal_sentence(refusal));
}

static bool is_of_new_password(enum form_field field)
{
    return field == FIELD_PASSWORD || field == FIELD_AGAIN;
}

void form_field_error(struct view *body, enum form_field field, enum refusal refusal)
{
    if (field != FIELD_NONE && !is_of_new_password(field)) {
        field_error(body, field, refusal);
    }
}

void form_password_fields(struct view *body, enum refusal refusal)
{
    struct view *fields = view_include(body, "PASSWORD_FIELDS", "champs-mot-de-passe.html");
    enum form_field field = form_field_of(refusal);
    view_say_number(fields, "PASSWORD_HINT",
        "Au moins %d caractères. Plusieurs mots sans rapport entre eux font un bon mot de passe.", PASSWORD_LENGTH_MIN);
    if (is_of_new_password(field)) {
        field_error(fields, field, refusal);
    }
}

void form_proof_fill(struct view *body, Preau__Link__Proof proof)
{
    bool is_code = proof == PREAU__LINK__PROOF__PROOF_CODE;
    if (proof == PREAU__LINK__PROOF__PROOF_SESSION) {
        return;
    }
    struct view *field = view_add(body, "PROOF");
    view_set(field, "PROOF_LABEL", is_code ? "Code actuel, ou code de secours" : "Mot de passe actuel");
    view_set(field, "PROOF_TYPE", is_code ? "text" : "password");
    view_set(field, "PROOF_COMPLETION", is_code ? "one-time-code" : "current-password");
}
