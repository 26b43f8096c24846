/*
 * The life cycle as a table: guide 1.1 (the four schemes) and 3 (actions by state); what the guide leaves open is
 * explained at the row. Each profile, state and action meets exactly one row; a test proves it.
 */
#include "domain/lifecycle.h"

#define GUARDIAN PROFILE_BIT(PROFILE_RESPONSABLE)
#define PUPIL PROFILE_BIT(PROFILE_ELEVE)
#define BOTH (GUARDIAN | PUPIL)

#define FRESH STATE_BIT(STATE_NON_DISTRIBUE)
#define HANDED STATE_BIT(STATE_DISTRIBUE)
#define PENDING STATE_BIT(STATE_EN_COURS)
#define ACTIVE STATE_BIT(STATE_ACTIVE)
#define ANY (FRESH | HANDED | PENDING | ACTIVE)

/* clang-format off */
#define REFUSED(action, profiles, states, why) \
    {ACTION_##action, profiles, states, REFUSAL_##why, STATE_COUNT, ORIGIN_COUNT, GUARD_NONE, 0}
#define MOVES(action, profiles, states, to, origin, guard, effects) \
    {ACTION_##action, profiles, states, REFUSAL_NONE, STATE_##to, ORIGIN_##origin, GUARD_##guard, effects}
#define STAYS(action, profiles, states, guard, effects) \
    MOVES(action, profiles, states, COUNT, COUNT, guard, effects)

#define RESET_EFFECTS (EFFECT_NEW_PROVISIONAL_PASSWORD | EFFECT_END_SESSIONS)
#define CHOICE_EFFECTS (EFFECT_STORE_CHOSEN_PASSWORD | EFFECT_END_SESSIONS)
#define OPENING_EFFECTS (CHOICE_EFFECTS | EFFECT_TELL_OPENING)

static const struct lifecycle_rule rules[] = {
    /* Guide 3. From "non distribué" the password is not reset even when asked: nobody has read it yet. */
    MOVES(NOTIFY, BOTH, FRESH, DISTRIBUE, ETABLISSEMENT, NONE, EFFECT_SEND_NOTIFICATION),
    STAYS(NOTIFY, BOTH, HANDED | PENDING | ACTIVE, NONE, EFFECT_SEND_NOTIFICATION),
    MOVES(NOTIFY_RESET, BOTH, FRESH, DISTRIBUE, ETABLISSEMENT, NONE, EFFECT_SEND_NOTIFICATION),
    STAYS(NOTIFY_RESET, BOTH, HANDED | PENDING, NONE, RESET_EFFECTS | EFFECT_SEND_NOTIFICATION),
    STAYS(NOTIFY_RESET, BOTH, ACTIVE, NONE,
        RESET_EFFECTS | EFFECT_SEND_NOTIFICATION | EFFECT_TELL_SECURITY_CHANGE),
    REFUSED(RESET_PASSWORD, BOTH, FRESH, NOT_DISTRIBUTED),
    STAYS(RESET_PASSWORD, BOTH, HANDED | PENDING, NONE, RESET_EFFECTS),
    /* Told where an account is in use: a new password of one that is not comes from the school or a parent with a sheet, and an address
     * that waits may be a stranger's. */
    STAYS(RESET_PASSWORD, BOTH, ACTIVE, NONE, RESET_EFFECTS | EFFECT_TELL_SECURITY_CHANGE),
    REFUSED(RESEND_ACTIVATION, BOTH, FRESH, NOT_DISTRIBUTED),
    REFUSED(RESEND_ACTIVATION, BOTH, HANDED | ACTIVE, ACTIVATION_NOT_PENDING),
    STAYS(RESEND_ACTIVATION, BOTH, PENDING, NONE, EFFECT_SEND_ACTIVATION_MAIL),
    STAYS(EXPORT, BOTH, ANY, NONE, 0),

    /* Guide 1.1, the school's way, steps 3 to 5. Told where the school knows the person: whoever opens may have found the sheet. */
    REFUSED(OPEN, BOTH, FRESH, NOT_DISTRIBUTED),
    MOVES(OPEN, GUARDIAN, HANDED, EN_COURS, COUNT, PROVISIONAL_IN_TIME, OPENING_EFFECTS | EFFECT_SEND_ACTIVATION_MAIL),
    MOVES(OPEN, PUPIL, HANDED, ACTIVE, COUNT, PROVISIONAL_IN_TIME, OPENING_EFFECTS),
    REFUSED(OPEN, BOTH, PENDING, ACTIVATION_PENDING),
    REFUSED(OPEN, BOTH, ACTIVE, ALREADY_ACTIVE),

    REFUSED(CHANGE_PASSWORD, BOTH, FRESH, NOT_DISTRIBUTED),
    REFUSED(CHANGE_PASSWORD, BOTH, HANDED, NOT_OPENED),
    STAYS(CHANGE_PASSWORD, BOTH, PENDING, PROVISIONAL_IN_TIME, CHOICE_EFFECTS),
    STAYS(CHANGE_PASSWORD, BOTH, ACTIVE, PROVISIONAL_IN_TIME, CHOICE_EFFECTS | EFFECT_TELL_SECURITY_CHANGE),
    /* The proof by mail or SMS replaces the password, so that its age does not matter. */
    REFUSED(RECOVER_PASSWORD, BOTH, FRESH, NOT_DISTRIBUTED),
    REFUSED(RECOVER_PASSWORD, BOTH, HANDED, NOT_OPENED),
    STAYS(RECOVER_PASSWORD, BOTH, PENDING, NONE, CHOICE_EFFECTS),
    STAYS(RECOVER_PASSWORD, BOTH, ACTIVE, NONE, CHOICE_EFFECTS | EFFECT_TELL_SECURITY_CHANGE),

    /* Guide 2.2, "changement d'adresse mail". An active account keeps its address until the new one is confirmed. */
    REFUSED(CHANGE_EMAIL, BOTH, FRESH, NOT_DISTRIBUTED),
    REFUSED(CHANGE_EMAIL, BOTH, HANDED, NOT_OPENED),
    /* Told as the opening is: whoever opened with the address that the school knows would else be quiet by another afterwards. */
    STAYS(CHANGE_EMAIL, BOTH, PENDING, NONE, EFFECT_SEND_ACTIVATION_MAIL | EFFECT_TELL_OPENING),
    STAYS(CHANGE_EMAIL, BOTH, ACTIVE, NONE, EFFECT_SEND_ADDRESS_CONFIRMATION | EFFECT_TELL_SECURITY_CHANGE),
    REFUSED(CONFIRM_EMAIL, BOTH, FRESH, NOT_DISTRIBUTED),
    REFUSED(CONFIRM_EMAIL, BOTH, HANDED, NOT_OPENED),
    MOVES(CONFIRM_EMAIL, BOTH, PENDING, ACTIVE, COUNT, NONE, EFFECT_ADOPT_ADDRESS),
    STAYS(CONFIRM_EMAIL, BOTH, ACTIVE, NONE, EFFECT_ADOPT_ADDRESS | EFFECT_TELL_SECURITY_CHANGE),

    /* Guide 1.1, without the school: told where it would have notified, for whoever opened it may be somebody else. The guardian's
     * own ways are not for pupils: their school knows no mobile of theirs to prove them by. */
    REFUSED(OPEN_SMS, PUPIL, ANY, GUARDIAN_ONLY),
    MOVES(OPEN_SMS, GUARDIAN, FRESH | HANDED | PENDING, ACTIVE, RESPONSABLE, NONE, OPENING_EFFECTS),
    REFUSED(OPEN_SMS, GUARDIAN, ACTIVE, ALREADY_ACTIVE),
    /* FranceConnect stands for the password: a letter that was handed out, or a password that was chosen by whoever had it, opens
     * nothing any more. Of a fresh account nobody has the password. Linking later keeps the password and the origin. */
    REFUSED(OPEN_FRANCECONNECT, PUPIL, ANY, GUARDIAN_ONLY),
    MOVES(OPEN_FRANCECONNECT, GUARDIAN, FRESH, ACTIVE, FRANCECONNECT, NONE, EFFECT_TELL_OPENING),
    MOVES(OPEN_FRANCECONNECT, GUARDIAN, HANDED | PENDING, ACTIVE, FRANCECONNECT, NONE, RESET_EFFECTS | EFFECT_TELL_OPENING),
    STAYS(OPEN_FRANCECONNECT, GUARDIAN, ACTIVE, NONE, EFFECT_TELL_SECURITY_CHANGE),

    /* Guide 1.1, the transition. On an active account it would be a way round the password. */
    MOVES(OPEN_ATEN, BOTH, FRESH | HANDED | PENDING, ACTIVE, ATEN, SECOND_DEGREE, OPENING_EFFECTS),
    REFUSED(OPEN_ATEN, BOTH, ACTIVE, ALREADY_ACTIVE),
    MOVES(OPEN_ENT, BOTH, FRESH | HANDED | PENDING, ACTIVE, ENT, SECOND_DEGREE, OPENING_EFFECTS),
    REFUSED(OPEN_ENT, BOTH, ACTIVE, ALREADY_ACTIVE),

    STAYS(CLOSE, BOTH, ANY, NONE, EFFECT_END_SESSIONS),
    STAYS(REOPEN, BOTH, ANY, NONE, 0),
};
/* clang-format on */

const struct lifecycle_rule *lifecycle_rules(size_t *out_count)
{
    *out_count = sizeof rules / sizeof rules[0];
    return rules;
}
