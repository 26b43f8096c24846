#include "domain/administrator.h"

#include "domain/text.h"

#include <assert.h>
#include <string.h>

struct role_word {
    const char *code;
    const char *label;
};

static const struct role_word roles[ROLE_COUNT] = {
    [ROLE_DIRECTEUR] = {"directeur",   "Chef d’établissement ou directeur d’école"},
    [ROLE_DELEGUE] = {"delegue",     "Personnel délégué"                           },
    [ROLE_INTEGRATEUR] = {"integrateur", "Intégrateur académique"                       },
    [ROLE_ASSISTANCE] = {"assistance",  "Assistance académique"                         },
    [ROLE_EXPLOITANT] = {"exploitant",  "Exploitant national"                            },
};

const char *role_code(enum administrator_role role)
{
    assert((unsigned)role < ROLE_COUNT);
    return roles[role].code;
}

const char *role_label(enum administrator_role role)
{
    assert((unsigned)role < ROLE_COUNT);
    return roles[role].label;
}

bool role_from_code(const char *code, enum administrator_role *out_role)
{
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        if (strcmp(code, roles[role].code) == 0) {
            *out_role = (enum administrator_role)role;
            return true;
        }
    }
    return false;
}

bool role_may_have_scope(enum administrator_role role, const struct administrator_scope *scope)
{
    assert((unsigned)role < ROLE_COUNT);
    bool is_school = scope->uai.text[0] != '\0';
    bool has_academy = scope->academy.v > 0;
    if (scope->academy.v < 0 || (is_school && !(has_academy && uai_is_valid(scope->uai.text)))) {
        return false;
    }
    switch (role) {
    case ROLE_DIRECTEUR:
    case ROLE_DELEGUE:
        return is_school;
    case ROLE_INTEGRATEUR:
    case ROLE_ASSISTANCE:
        return has_academy;
    case ROLE_EXPLOITANT:
    case ROLE_COUNT:
        break;
    }
    return true;
}

bool role_may_follow_aaf(enum administrator_role role)
{
    return role == ROLE_DIRECTEUR;
}

bool role_follows_deliveries(enum administrator_role role)
{
    return role == ROLE_INTEGRATEUR || role == ROLE_ASSISTANCE || role == ROLE_EXPLOITANT;
}

bool scope_shows_deliveries(enum administrator_role role, const struct administrator_scope *scope)
{
    return role_follows_deliveries(role) && scope->uai.text[0] == '\0' && role_may_have_scope(role, scope);
}

bool scopes_are_wider_than_schools(const struct administrator_scope *scopes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (scopes[i].uai.text[0] == '\0') {
            return true;
        }
    }
    return false;
}

bool second_factor_is_required(enum administrator_role role, const struct administrator_scope *scopes, size_t count)
{
    bool is_of_a_school = role == ROLE_DIRECTEUR || role == ROLE_DELEGUE;
    return !is_of_a_school || scopes_are_wider_than_schools(scopes, count);
}

enum administrator_step administrator_next_step(const struct administrator_standing *standing, bool proved)
{
    if (standing->has_second_factor && !proved) {
        return ADMINISTRATOR_CODE;
    }
    if (standing->password_is_provisional) {
        return ADMINISTRATOR_NEW_PASSWORD;
    }
    if (standing->must_have_second_factor && !standing->has_second_factor) {
        return ADMINISTRATOR_ENROLMENT;
    }
    return ADMINISTRATOR_OPEN;
}

enum administrator_proof administrator_proof(bool has_password, bool has_second_factor)
{
    if (has_password) {
        return PROOF_BY_PASSWORD;
    }
    return has_second_factor ? PROOF_BY_CODE : PROOF_BY_SESSION;
}

bool role_may_delegate(enum administrator_role role)
{
    return role == ROLE_DIRECTEUR || role == ROLE_ASSISTANCE || role == ROLE_EXPLOITANT;
}

bool role_may_receive(enum administrator_role role)
{
    return role != ROLE_INTEGRATEUR;
}

enum refusal delegation_check_period(struct instant from_at, struct instant until_at, struct instant now)
{
    struct instant latest = instant_add(now, DAYS(DELEGATION_DAYS_MAX));
    bool is_sound =
        instant_before(from_at, until_at) && instant_before(now, until_at) && !instant_before(latest, until_at);
    return is_sound ? REFUSAL_NONE : REFUSAL_PERIOD_INVALID;
}

static bool may_stand_in_login(char one, bool first)
{
    return text_is_ascii_letter(one) || text_is_digit(one) || (!first && one != '\0' && strchr("._@-", one));
}

bool administrator_login_normalise(const char *typed, struct administrator_login *out_login)
{
    while (text_is_blank(*typed)) {
        typed++;
    }
    size_t length = strlen(typed);
    while (length > 0 && text_is_blank(typed[length - 1])) {
        length--;
    }
    if (length == 0 || length >= ADMINISTRATOR_LOGIN_SIZE) {
        return false;
    }
    struct administrator_login login = {""};
    for (size_t i = 0; i < length; i++) {
        if (!may_stand_in_login(typed[i], i == 0)) {
            return false;
        }
        login.text[i] = text_lower(typed[i]);
    }
    *out_login = login;
    return true;
}
