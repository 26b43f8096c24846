#include "portal/help_topic.h"

#include <stddef.h>

/* Of refusals that families alone get: an administrator's form is never led to the families' page. Whether a part is
 * shown depends on what the site offers, as the refusal does: FranceConnect refuses nobody where there is none. */
static const char *const topics[REFUSAL_COUNT] = {
    [REFUSAL_NOT_DISTRIBUTED] = "rien-recu",
    [REFUSAL_SMS_NOT_OFFERED] = "rien-recu",
    [REFUSAL_FRANCECONNECT_NOT_OFFERED] = "rien-recu",
    [REFUSAL_REGISTRATION_TWO_GUARDIANS] = "rien-recu",
    [REFUSAL_NOTIFICATION_EXPIRED] = "perime",
    [REFUSAL_BIRTH_DATE_WRONG] = "date",
    [REFUSAL_BIRTH_DATES_OVER] = "date",
    [REFUSAL_ACTIVATION_PENDING] = "lien",
    [REFUSAL_ALREADY_ACTIVE] = "mot-de-passe",
    [REFUSAL_ACCOUNT_CLOSED] = "ferme",
    [REFUSAL_ACCOUNT_JOINED] = "ferme",
    [REFUSAL_MOBILE_INVALID] = "mobile",
    [REFUSAL_REGISTRATION_OVER] = "mobile",
    [REFUSAL_NO_CHILD] = "enfants",
    [REFUSAL_JOINING_SAME] = "deux-comptes",
    [REFUSAL_JOINING_OVER] = "deux-comptes",
    [REFUSAL_JOINING_NAMES] = "deux-comptes",
    [REFUSAL_JOINING_TWO_IDENTITIES] = "deux-comptes",
    [REFUSAL_JOINING_PARTED] = "deux-comptes",
    [REFUSAL_JOINING_TWO_GUARDIANS] = "deux-responsables",
    [REFUSAL_FRANCECONNECT_NAMES] = "franceconnect",
    [REFUSAL_FRANCECONNECT_TAKEN] = "franceconnect",
    [REFUSAL_FRANCECONNECT_OTHER] = "franceconnect",
    [REFUSAL_ENT_KEY_MISSING] = "ent",
    [REFUSAL_ENT_UNKNOWN] = "ent",
};

const char *help_topic_of(enum refusal refusal)
{
    return topics[refusal];
}
