/* Fields of forms: where a refusal is shown, what is kept of what was typed. */
#pragma once

#include "domain/refusal.h"
#include "link.pb-c.h"
#include "template/template.h"

enum form_field {
    FIELD_NONE, /* the form as a whole */
    FIELD_PRESENT,
    FIELD_PASSWORD,
    FIELD_AGAIN,
    FIELD_EMAIL,
    FIELD_BIRTH_DATE,
    FIELD_CODE,
    FIELD_NAME,
    FIELD_MOBILE,
};

/* Pure: the field that a refusal is about. */
enum form_field form_field_of(enum refusal refusal);

/* Pure: the id of the field in the page; NULL: none. Of birth dates the pupil's own. */
const char *form_field_id(enum form_field field);

/* Shows the refusal at its field (sections BAD_PRESENT, BAD_EMAIL … of the template); those of a password to be chosen are
 * shown by form_password_fields. */
void form_field_error(struct view *body, enum form_field field, enum refusal refusal);
/* PROOF, whose field `actuel` asks for what the person has: a password, else a code; not shown when there is neither. */
void form_proof_fill(struct view *body, Preau__Link__Proof proof);
/* PASSWORD_FIELDS: a password to be chosen, what it must be, and the same once more; with a refusal that is about either. */
void form_password_fields(struct view *body, enum refusal refusal);
