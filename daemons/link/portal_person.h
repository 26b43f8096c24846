/* Who a person of an academy's portal is here, by the portal's claims and its configuration. Pure. */
#pragma once

#include "domain/email.h"
#include "link/academy_portal.h"

struct portal_person {
    const char *subject; /* lent by the claims */
    enum administrator_role role;
    bool proves_second_factor;     /* the portal says so, in the words of the configuration */
    struct portal_schools schools; /* as told: whether they are this academy's is for the store to say */
    char login[ADMINISTRATOR_LOGIN_SIZE];
    char name[PORTAL_PERSON_SIZE];
    struct email mail; /* "": none */
};

/* Refusal: portal_function (none of the functions that have a role here). */
enum refusal portal_person_read(
    const struct academy_portal *portal, const json_t *claims, struct portal_person *out_person);
