/* Who FranceConnect says that a person is, by its claims (protocols of version 2). Pure. */
#pragma once

#include "store/registration.h"

#include <jansson.h>
#include <stdbool.h>

enum { FRANCECONNECT_GIVEN_MAX = 7, FRANCECONNECT_NAMES_MAX = FRANCECONNECT_GIVEN_MAX * (FRANCECONNECT_GIVEN_MAX + 1) };

/* A school may know a person by the name at birth or the one in use, and by whichever of the given names is the usual one (article 57 of
 * the Code civil), one or several that follow each other. names: each pair that this makes, as name_match_key_make writes it, without
 * repeats. */
struct franceconnect_person {
    char subject[REGISTRATION_SUBJECT_SIZE];
    size_t name_count;
    char names[FRANCECONNECT_NAMES_MAX][REGISTRATION_NAME_SIZE];
};

/* The claims are checked (oidc.h); a person without names has none, and is nobody here. */
void franceconnect_person_read(const json_t *claims, struct franceconnect_person *out_person);
/* Is one of the names this, as AAF writes it? */
bool franceconnect_person_is(const struct franceconnect_person *person, const char *nom, const char *prenom);
