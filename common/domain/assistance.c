#include "domain/assistance.h"

#include "domain/lifecycle.h"

#include <assert.h>
#include <stddef.h>

#define GUARDIAN PROFILE_BIT(PROFILE_RESPONSABLE)
#define PUPIL PROFILE_BIT(PROFILE_ELEVE)
#define BOTH (GUARDIAN | PUPIL)

#define FRESH STATE_BIT(STATE_NON_DISTRIBUE)
#define HANDED STATE_BIT(STATE_DISTRIBUE)
#define PENDING STATE_BIT(STATE_EN_COURS)
#define ACTIVE STATE_BIT(STATE_ACTIVE)
#define OPENED (PENDING | ACTIVE)

#define PASSWORD_BIT(kind) (1u << (kind))
#define UNCHANGED PASSWORD_BIT(PASSWORD_PROVISIONAL)
/* None is as good as lost: an account opened by FranceConnect may never have had one. */
#define CHANGED (PASSWORD_BIT(PASSWORD_NONE) | PASSWORD_BIT(PASSWORD_CHOSEN))
#define ANY (UNCHANGED | CHANGED)

struct row {
    enum situation situation;
    unsigned profiles, states, passwords;
    enum assistance assistance;
};

/* clang-format off */
#define ROW(situation, profiles, states, passwords, assistance) \
    {SITUATION_##situation, profiles, states, passwords, ASSISTANCE_##assistance}

static_assert(STATE_COUNT == 4, "say what helps a family whose account is in the new state, if anything");
/* Each profile, state and password meets at most one row of a situation; a test proves it. */
static const struct row rows[] = {
    ROW(NOT_NOTIFIED,          BOTH,     FRESH,                    ANY,       NOTIFY),

    /* Who was handed nothing has lost nothing. */
    ROW(LINK_LOST,             BOTH,     HANDED | OPENED,          ANY,       NOTIFY_AGAIN),
    ROW(IDENTIFIER_LOST,       BOTH,     HANDED | OPENED,          ANY,       TELL_IDENTIFIER),
    ROW(PROVISIONAL_LOST,      BOTH,     HANDED | OPENED,          UNCHANGED, SHOW_PASSWORD),
    ROW(CHOSEN_LOST,           BOTH,     HANDED | OPENED,          CHANGED,   RESET_AND_NOTIFY),
    ROW(ACTIVATION_LOST,       GUARDIAN, PENDING,                  ANY,       RESEND),

    ROW(EMAIL_CHANGED,         GUARDIAN, PENDING,                  ANY,       RESEND_ELSEWHERE),
    ROW(EMAIL_CHANGED,         GUARDIAN, FRESH | HANDED,           ANY,       EMAIL_AT_OPENING),
    ROW(EMAIL_CHANGED,         GUARDIAN, ACTIVE,                   ANY,       EMAIL_AT_DESK),
    /* A pupil's first sign-in asks for no address (guide 1.1). */
    ROW(EMAIL_CHANGED,         PUPIL,    FRESH | HANDED,           ANY,       CORRECT_EMAIL),
    ROW(EMAIL_CHANGED,         PUPIL,    ACTIVE,                   ANY,       EMAIL_AT_DESK),

    /* Dates are asked for by the first sign-in, and of guardians by SMS and by FranceConnect. */
    ROW(BIRTH_DATE_REFUSED,    GUARDIAN, FRESH | HANDED | PENDING, ANY,       CORRECT_CHILD_DATES),
    ROW(BIRTH_DATE_REFUSED,    PUPIL,    HANDED,                   ANY,       CORRECT_OWN_DATE),

    ROW(MOBILE_UNKNOWN_SMS,    GUARDIAN, FRESH | HANDED | PENDING, ANY,       CORRECT_MOBILE),
    /* An active account may still be linked. */
    ROW(MOBILE_UNKNOWN_FRANCE, GUARDIAN, FRESH | HANDED | OPENED,  ANY,       CORRECT_MOBILE_FRANCE),
};

static const struct {
    const char *code, *label;
} situations[SITUATION_COUNT] = {
    [SITUATION_NOT_NOTIFIED] = {"jamais-notifie", "La personne n’a encore rien reçu"},
    [SITUATION_LINK_LOST] = {"lien-perdu", "Perte du lien vers le guichet"},
    [SITUATION_IDENTIFIER_LOST] = {"identifiant-perdu", "Perte de son identifiant"},
    [SITUATION_PROVISIONAL_LOST] = {"provisoire-perdu", "Perte de son mot de passe (non encore changé)"},
    [SITUATION_CHOSEN_LOST] = {"mot-de-passe-perdu", "Perte de son mot de passe (déjà changé)"},
    [SITUATION_ACTIVATION_LOST] = {"activation-perdue", "Perte du lien d’activation"},
    [SITUATION_EMAIL_CHANGED] = {"courriel-change", "Changement d’adresse mail"},
    [SITUATION_BIRTH_DATE_REFUSED] = {"date-refusee", "Refus de la date de naissance"},
    [SITUATION_MOBILE_UNKNOWN_SMS] = {"mobile-sms", "Impossibilité de créer son compte par SMS : mobile non reconnu"},
    [SITUATION_MOBILE_UNKNOWN_FRANCE] =
        {"mobile-franceconnect", "Impossibilité de se connecter avec FranceConnect : mobile non reconnu"},
};
/* clang-format on */

/* A password that opens nothing any more is not told. */
static enum assistance in_time(enum assistance assistance, const struct account *account, struct instant now)
{
    bool is_over = lifecycle_provisional_is_over(account, now);
    return assistance == ASSISTANCE_SHOW_PASSWORD && is_over ? ASSISTANCE_RENEW : assistance;
}

enum assistance assistance_for(const struct account *account, enum situation situation, struct instant now)
{
    for (size_t i = 0; !account->closed && i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].situation == situation && (rows[i].profiles & PROFILE_BIT(account->profile)) &&
            (rows[i].states & STATE_BIT(account->state)) && (rows[i].passwords & PASSWORD_BIT(account->password))) {
            return in_time(rows[i].assistance, account, now);
        }
    }
    return ASSISTANCE_NONE;
}

const char *situation_label(enum situation situation)
{
    assert(situation < SITUATION_COUNT);
    return situations[situation].label;
}

const char *situation_code(enum situation situation)
{
    assert(situation < SITUATION_COUNT);
    return situations[situation].code;
}
