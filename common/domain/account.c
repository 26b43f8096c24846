#include "domain/account.h"

#include <assert.h>
#include <string.h>

struct word {
    const char *code;
    const char *label;
};

static const struct word profiles[PROFILE_COUNT] = {
    [PROFILE_RESPONSABLE] = {"responsable", "Responsable"},
    [PROFILE_ELEVE] = {"eleve",       "Élève"    },
};

static const struct word states[STATE_COUNT] = {
    [STATE_NON_DISTRIBUE] = {"non_distribue", "Non distribué"         },
    [STATE_DISTRIBUE] = {"distribue",     "Distribué"             },
    [STATE_EN_COURS] = {"en_cours",      "En cours d’activation"},
    [STATE_ACTIVE] = {"active",        "Activé"                },
};

static const struct word origins[ORIGIN_COUNT] = {
    [ORIGIN_NON_RENSEIGNE] = {"non_renseigne", "Non renseigné"},
    [ORIGIN_ETABLISSEMENT] = {"etablissement", "Établissement"},
    [ORIGIN_FRANCECONNECT] = {"franceconnect", "FranceConnect" },
    [ORIGIN_RESPONSABLE] = {"responsable",   "Responsable"   },
    [ORIGIN_ATEN] = {"aten",          "ATEN"          },
    [ORIGIN_ENT] = {"ent",           "ENT"           },
};

static const struct word password_kinds[PASSWORD_COUNT] = {
    [PASSWORD_NONE] = {"none",        "Aucun"                 },
    [PASSWORD_PROVISIONAL] = {"provisional", "Provisoire"            },
    [PASSWORD_CHOSEN] = {"chosen",      "Choisi par la personne"},
};

/* The index of `code` in `words`, or -1. */
static int word_find(const struct word *words, unsigned count, const char *code)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(words[i].code, code) == 0)
            return (int)i;
    }
    return -1;
}

const char *profile_code(enum account_profile profile)
{
    assert((unsigned)profile < PROFILE_COUNT);
    return profiles[profile].code;
}

const char *profile_label(enum account_profile profile)
{
    assert((unsigned)profile < PROFILE_COUNT);
    return profiles[profile].label;
}

bool profile_from_code(const char *code, enum account_profile *out_profile)
{
    int found = word_find(profiles, PROFILE_COUNT, code);
    if (found >= 0)
        *out_profile = (enum account_profile)found;
    return found >= 0;
}

const char *state_code(enum account_state state)
{
    assert((unsigned)state < STATE_COUNT);
    return states[state].code;
}

const char *state_label(enum account_state state)
{
    assert((unsigned)state < STATE_COUNT);
    return states[state].label;
}

bool state_from_code(const char *code, enum account_state *out_state)
{
    int found = word_find(states, STATE_COUNT, code);
    if (found >= 0)
        *out_state = (enum account_state)found;
    return found >= 0;
}

const char *origin_code(enum account_origin origin)
{
    assert((unsigned)origin < ORIGIN_COUNT);
    return origins[origin].code;
}

const char *origin_label(enum account_origin origin)
{
    assert((unsigned)origin < ORIGIN_COUNT);
    return origins[origin].label;
}

bool origin_from_code(const char *code, enum account_origin *out_origin)
{
    int found = word_find(origins, ORIGIN_COUNT, code);
    if (found >= 0)
        *out_origin = (enum account_origin)found;
    return found >= 0;
}

const char *password_kind_code(enum password_kind kind)
{
    assert((unsigned)kind < PASSWORD_COUNT);
    return password_kinds[kind].code;
}

const char *password_kind_label(enum password_kind kind)
{
    assert((unsigned)kind < PASSWORD_COUNT);
    return password_kinds[kind].label;
}

bool password_kind_from_code(const char *code, enum password_kind *out_kind)
{
    int found = word_find(password_kinds, PASSWORD_COUNT, code);
    if (found >= 0)
        *out_kind = (enum password_kind)found;
    return found >= 0;
}

struct account account_precreated(
    account_id id, academy_code academy, enum account_profile profile, bool in_second_degree)
{
    return (struct account){
        .id = id,
        .academy = academy,
        .profile = profile,
        .in_second_degree = in_second_degree,
        .state = STATE_NON_DISTRIBUE,
        .origin = ORIGIN_NON_RENSEIGNE,
        .password = PASSWORD_PROVISIONAL,
    };
}

bool account_has_been_activated(const struct account *account)
{
    return instant_is_set(account->activated_at);
}

static bool origin_is_for_pupils(enum account_origin origin)
{
    return origin == ORIGIN_ETABLISSEMENT || origin == ORIGIN_ATEN || origin == ORIGIN_ENT;
}

bool account_standing_is_legal(enum account_profile profile, enum account_state state, enum account_origin origin)
{
    switch (state) {
    case STATE_NON_DISTRIBUE:
        return origin == ORIGIN_NON_RENSEIGNE;
    case STATE_DISTRIBUE:
        return origin == ORIGIN_ETABLISSEMENT;
    case STATE_EN_COURS:
        return origin == ORIGIN_ETABLISSEMENT && profile == PROFILE_RESPONSABLE;
    case STATE_ACTIVE:
        return origin != ORIGIN_NON_RENSEIGNE && (profile == PROFILE_RESPONSABLE || origin_is_for_pupils(origin));
    case STATE_COUNT:
        break;
    }
    return false;
}

bool account_is_consistent(const struct account *account)
{
    if (!account_standing_is_legal(account->profile, account->state, account->origin))
        return false;
    if (account_has_been_activated(account) != (account->state == STATE_ACTIVE))
        return false;
    if (instant_is_set(account->notification_expires_at) != instant_is_set(account->notified_at))
        return false;
    bool unopened = account->state == STATE_NON_DISTRIBUE || account->state == STATE_DISTRIBUE;
    if (unopened && account->password != PASSWORD_PROVISIONAL)
        return false;
    if (account->origin == ORIGIN_ETABLISSEMENT && !instant_is_set(account->notified_at))
        return false;
    return account->state != STATE_NON_DISTRIBUE || !instant_is_set(account->notified_at);
}

bool account_password_is_readable(const struct account *account)
{
    return account->password == PASSWORD_PROVISIONAL && account->state != STATE_NON_DISTRIBUE;
}
