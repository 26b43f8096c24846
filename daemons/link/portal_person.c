#include "link/portal_person.h"

#include "link/oidc_json.h"

#include <stdio.h>
#include <string.h>

enum { VALUES_MAX = 256 };

/* The texts of a claim that is one text or an array of them; what is neither does not count. */
static size_t values_of(const json_t *claims, const char *name, const char *out_values[VALUES_MAX])
{
    const json_t *claim = json_object_get(claims, name);
    size_t count = 0;
    if (json_is_string(claim)) {
        out_values[count++] = json_string_value(claim);
    }
    for (size_t i = 0; i < json_array_size(claim) && count < VALUES_MAX; i++) {
        const char *text = json_string_value(json_array_get(claim, i));
        if (text) {
            out_values[count++] = text;
        }
    }
    return count;
}

/* The first text of a claim; "" when there is none. */
static const char *value_of(const json_t *claims, const char *name)
{
    const char *values[VALUES_MAX];
    return values_of(claims, name, values) > 0 ? values[0] : "";
}

static bool role_of(const struct academy_portal *portal, const json_t *claims, enum administrator_role *out_role)
{
    const char *values[VALUES_MAX];
    if (portal->function_claim[0] == '\0') {
        *out_role = ROLE_DIRECTEUR;
        return true;
    }
    size_t count = values_of(claims, portal->function_claim, values);
    return portal_function_role(portal->functions, portal->function_count, values, count, out_role);
}

static bool proves_second_factor(const struct academy_portal *portal, const json_t *claims)
{
    for (size_t i = 0; i < portal->factor_count; i++) {
        if (json_says(claims, portal->factors[i].claim, portal->factors[i].value)) {
            return true;
        }
    }
    return false;
}

static void name_of(const struct academy_portal *portal, const json_t *claims, struct portal_person *person)
{
    char both[2 * PORTAL_PERSON_SIZE];
    if (portal_person_name(value_of(claims, portal->name_claim), person->name)) {
        return;
    }
    snprintf(both, sizeof both, "%s %s", value_of(claims, "given_name"), value_of(claims, "family_name"));
    if (!portal_person_name(both, person->name)) {
        snprintf(person->name, sizeof person->name, "%s", person->login);
    }
}

enum refusal portal_person_read(
    const struct academy_portal *portal, const json_t *claims, struct portal_person *out_person)
{
    struct portal_person *person = out_person;
    const char *values[VALUES_MAX];
    *person = (struct portal_person){.subject = json_text(claims, "sub")};
    if (!role_of(portal, claims, &person->role)) {
        return REFUSAL_PORTAL_FUNCTION;
    }
    bool is_wide = portal_role_is_wide(person->role);
    person->proves_second_factor = proves_second_factor(portal, claims);
    size_t count = values_of(claims, portal->schools_claim, values);
    for (size_t i = 0; i < count && !is_wide; i++) {
        portal_schools_add(&person->schools, values[i]);
    }
    portal_login_make(portal->name, value_of(claims, portal->login_claim), person->login);
    name_of(portal, claims, person);
    (void)email_parse(value_of(claims, portal->mail_claim), &person->mail);
    /* one without a school is stored as such: what it had before is taken from it */
    return REFUSAL_NONE;
}
