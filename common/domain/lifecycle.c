#include "domain/lifecycle.h"

#include "domain/date.h"

#include <assert.h>
#include <string.h>

struct word {
    const char *code;
    const char *label;
};

static const struct word actions[ACTION_COUNT] = {
    [ACTION_NOTIFY] = {"notify",             "Notifier"                                         },
    [ACTION_NOTIFY_RESET] = {"notify_reset",       "Notifier en réinitialisant le mot de passe"      },
    [ACTION_RESET_PASSWORD] = {"reset_password",     "Réinitialiser le mot de passe"                   },
    [ACTION_RESEND_ACTIVATION] = {"resend_activation",  "Renvoyer le courriel d’activation"              },
    [ACTION_EXPORT] = {"export",             "Exporter dans une liste"                          },
    [ACTION_OPEN] = {"open",               "Première connexion"                              },
    [ACTION_CHANGE_PASSWORD] = {"change_password",    "Changer de mot de passe"                          },
    [ACTION_RECOVER_PASSWORD] = {"recover_password",   "Retrouver l’accès après oubli du mot de passe"},
    [ACTION_CHANGE_EMAIL] = {"change_email",       "Changer d’adresse de messagerie"                },
    [ACTION_CONFIRM_EMAIL] = {"confirm_email",      "Confirmer l’adresse de messagerie"              },
    [ACTION_OPEN_SMS] = {"open_sms",           "Ouvrir le compte par SMS"                         },
    [ACTION_OPEN_FRANCECONNECT] = {"open_franceconnect", "Lier FranceConnect"                               },
    [ACTION_OPEN_ATEN] = {"open_aten",          "Ouvrir le compte depuis ATEN"                     },
    [ACTION_OPEN_ENT] = {"open_ent",           "Ouvrir le compte depuis un ENT"                   },
    [ACTION_CLOSE] = {"close",              "Fermer le compte"                                 },
    [ACTION_REOPEN] = {"reopen",             "Rouvrir le compte"                                },
};

static const char *const effects[EFFECT_COUNT] = {"new_provisional_password", "store_chosen_password",
    "send_notification", "send_activation_mail", "send_address_confirmation", "adopt_address", "end_sessions",
    "tell_security_change", "tell_opening"};

const char *action_code(enum account_action action)
{
    assert((unsigned)action < ACTION_COUNT);
    return actions[action].code;
}

const char *action_label(enum account_action action)
{
    assert((unsigned)action < ACTION_COUNT);
    return actions[action].label;
}

bool action_from_code(const char *code, enum account_action *out_action)
{
    for (unsigned i = 0; i < ACTION_COUNT; i++) {
        if (strcmp(actions[i].code, code) == 0) {
            *out_action = (enum account_action)i;
            return true;
        }
    }
    return false;
}

const char *effect_code(enum lifecycle_effect effect)
{
    unsigned bit = 0;
    while (bit < EFFECT_COUNT && (unsigned)effect != 1u << bit)
        bit++;
    assert(bit < EFFECT_COUNT);
    return effects[bit];
}

bool lifecycle_profile_has_account(enum account_profile profile, bool in_second_degree)
{
    return profile == PROFILE_RESPONSABLE || in_second_degree;
}

static const struct lifecycle_rule *rule_find(
    enum account_profile profile, enum account_state state, enum account_action action)
{
    size_t count;
    const struct lifecycle_rule *rules = lifecycle_rules(&count);
    for (size_t i = 0; i < count; i++) {
        if (rules[i].action == action && rules[i].profiles & PROFILE_BIT(profile) && rules[i].states & STATE_BIT(state))
            return &rules[i];
    }
    assert(false && "the table of the life cycle is total");
    return NULL;
}

bool lifecycle_provisional_is_over(const struct account *account, struct instant now)
{
    return instant_is_set(account->notification_expires_at) && !instant_before(now, account->notification_expires_at);
}

/* Only an account that somebody was notified of has a provisional password that somebody may know. */
static enum refusal check_provisional(const struct account *account, struct instant now)
{
    if (account->password == PASSWORD_CHOSEN)
        return REFUSAL_NONE;
    if (account->password == PASSWORD_NONE || !instant_is_set(account->notification_expires_at))
        return REFUSAL_NOT_DISTRIBUTED;
    return lifecycle_provisional_is_over(account, now) ? REFUSAL_NOTIFICATION_EXPIRED : REFUSAL_NONE;
}

static enum refusal check_guard(const struct account *account, enum lifecycle_guard guard, struct instant now)
{
    switch (guard) {
    case GUARD_NONE:
        return REFUSAL_NONE;
    case GUARD_SECOND_DEGREE:
        return account->in_second_degree ? REFUSAL_NONE : REFUSAL_SECOND_DEGREE_ONLY;
    case GUARD_PROVISIONAL_IN_TIME:
        return check_provisional(account, now);
    }
    assert(false && "unknown guard");
    return REFUSAL_MALFORMED;
}

/* What holds whatever the state: closed accounts only reopen, pupils of the first degree have none. */
static enum refusal check_standing(const struct account *account, enum account_action action)
{
    if (action == ACTION_REOPEN)
        return account->closed ? REFUSAL_NONE : REFUSAL_ACCOUNT_NOT_CLOSED;
    if (account->closed)
        return REFUSAL_ACCOUNT_CLOSED;
    if (action != ACTION_CLOSE && !lifecycle_profile_has_account(account->profile, account->in_second_degree))
        return REFUSAL_SECOND_DEGREE_ONLY;
    return REFUSAL_NONE;
}

static void apply_standing(struct account *account, const struct lifecycle_rule *rule, struct instant now)
{
    if (rule->to != STATE_COUNT)
        account->state = rule->to;
    if (rule->origin != ORIGIN_COUNT)
        account->origin = rule->origin;
    if (account->state == STATE_ACTIVE && !instant_is_set(account->activated_at))
        account->activated_at = now;
    if (rule->action == ACTION_CLOSE || rule->action == ACTION_REOPEN)
        account->closed = rule->action == ACTION_CLOSE;
}

static void apply_password(struct account *account, const struct lifecycle_rule *rule)
{
    if (rule->effects & EFFECT_NEW_PROVISIONAL_PASSWORD)
        account->password = PASSWORD_PROVISIONAL;
    else if (rule->effects & EFFECT_STORE_CHOSEN_PASSWORD)
        account->password = PASSWORD_CHOSEN;
}

/*
 * A reset of an account once notified makes the validity run anew: otherwise the password that the head tells by
 * telephone would be born expired (guide 2.2, "perte de son mot de passe").
 */
static void apply_dates(struct account *account, const struct lifecycle_rule *rule, struct instant now, int months)
{
    bool notified = (rule->effects & EFFECT_SEND_NOTIFICATION) != 0;
    bool reset = (rule->effects & EFFECT_NEW_PROVISIONAL_PASSWORD) != 0;
    if (notified)
        account->notified_at = now;
    if (notified || (reset && instant_is_set(account->notified_at)))
        account->notification_expires_at = instant_add_months(now, months);
}

enum refusal lifecycle_decide(const struct account *account, enum account_action action, struct instant now,
    int notification_months, struct lifecycle_outcome *out_outcome)
{
    assert((unsigned)action < ACTION_COUNT && instant_is_set(now) && account_is_consistent(account));
    enum refusal refusal = check_standing(account, action);
    if (refusal != REFUSAL_NONE)
        return refusal;
    const struct lifecycle_rule *rule = rule_find(account->profile, account->state, action);
    if (rule->refusal != REFUSAL_NONE)
        return rule->refusal;
    refusal = check_guard(account, rule->guard, now);
    if (refusal != REFUSAL_NONE)
        return refusal;

    struct account changed = *account;
    apply_standing(&changed, rule, now);
    apply_password(&changed, rule);
    apply_dates(&changed, rule, now, notification_months);
    assert(account_is_consistent(&changed));
    *out_outcome = (struct lifecycle_outcome){.account = changed, .effects = rule->effects};
    return REFUSAL_NONE;
}

static enum sign_in_step step_of(const struct account *account)
{
    enum sign_in_step next = SIGN_IN_COMPLETE;
    switch (account->state) { /* each by its name: a new one may be let in by nobody's forgetting */
    case STATE_DISTRIBUE:
        return SIGN_IN_OPENING;
    case STATE_EN_COURS:
        next = SIGN_IN_CONFIRM_EMAIL;
        break;
    case STATE_NON_DISTRIBUE: /* was refused: nobody has its password */
    case STATE_ACTIVE:
    case STATE_COUNT:
        break;
    }
    return account->password == PASSWORD_PROVISIONAL ? SIGN_IN_CHOOSE_PASSWORD : next;
}

enum refusal lifecycle_sign_in(const struct account *account, struct instant now, enum sign_in_step *out_step)
{
    assert(account_is_consistent(account));
    if (account->closed)
        return REFUSAL_ACCOUNT_CLOSED;
    enum refusal refusal = check_provisional(account, now);
    if (refusal == REFUSAL_NONE)
        *out_step = step_of(account);
    return refusal;
}

/* Adds the move unless it is there already; a move that some action makes in any degree is not of the second only. */
static size_t move_add(struct lifecycle_move *moves, size_t count, const struct lifecycle_move *move)
{
    for (size_t i = 0; i < count; i++) {
        struct lifecycle_move *known = &moves[i];
        if (known->profile == move->profile && known->from_state == move->from_state &&
            known->from_origin == move->from_origin && known->to_state == move->to_state &&
            known->to_origin == move->to_origin) {
            known->second_degree_only = known->second_degree_only && move->second_degree_only;
            return count;
        }
    }
    assert(count < LIFECYCLE_MOVES_MAX);
    moves[count] = *move;
    return count + 1;
}

/* The moves that `rule` makes of one standing. */
static size_t moves_of_rule(struct lifecycle_move *moves, size_t count, const struct lifecycle_rule *rule,
    enum account_profile profile, enum account_state state, enum account_origin origin)
{
    struct lifecycle_move move = {
        .profile = profile,
        .from_state = state,
        .from_origin = origin,
        .to_state = rule->to != STATE_COUNT ? rule->to : state,
        .to_origin = rule->origin != ORIGIN_COUNT ? rule->origin : origin,
        .second_degree_only = profile == PROFILE_ELEVE || rule->guard == GUARD_SECOND_DEGREE,
    };
    bool applies = rule->refusal == REFUSAL_NONE && rule->profiles & PROFILE_BIT(profile) &&
                   rule->states & STATE_BIT(state) && account_standing_is_legal(profile, state, origin);
    bool moves_anything = move.to_state != state || move.to_origin != origin;
    return applies && moves_anything ? move_add(moves, count, &move) : count;
}

size_t lifecycle_moves(struct lifecycle_move out_moves[LIFECYCLE_MOVES_MAX])
{
    size_t rule_count;
    const struct lifecycle_rule *rules = lifecycle_rules(&rule_count);
    size_t count = 0;
    for (unsigned profile = 0; profile < PROFILE_COUNT; profile++)
        for (unsigned state = 0; state < STATE_COUNT; state++)
            for (unsigned origin = 0; origin < ORIGIN_COUNT; origin++)
                for (size_t i = 0; i < rule_count; i++)
                    count = moves_of_rule(out_moves, count, &rules[i], (enum account_profile)profile,
                        (enum account_state)state, (enum account_origin)origin);
    return count;
}
