#include "ctl/administrator.h"

#include "domain/aaf.h"
#include "runtime/cleanup.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *word;
    Preau__AdministratorRole role;
} roles[] = {
    {"directeur",   PREAU__ADMINISTRATOR_ROLE__ROLE_DIRECTEUR  },
    {"delegue",     PREAU__ADMINISTRATOR_ROLE__ROLE_DELEGUE    },
    {"integrateur", PREAU__ADMINISTRATOR_ROLE__ROLE_INTEGRATEUR},
    {"assistance",  PREAU__ADMINISTRATOR_ROLE__ROLE_ASSISTANCE },
    {"exploitant",  PREAU__ADMINISTRATOR_ROLE__ROLE_EXPLOITANT },
};

const char *role_word(Preau__AdministratorRole role)
{
    for (size_t i = 0; i < ARRAY_LENGTH(roles); i++)
        if (roles[i].role == role)
            return roles[i].word;
    return "inconnu";
}

bool role_read(const char *word, Preau__AdministratorRole *out_role)
{
    for (size_t i = 0; word != NULL && i < ARRAY_LENGTH(roles); i++) {
        if (strcmp(roles[i].word, word) == 0) {
            *out_role = roles[i].role;
            return true;
        }
    }
    return false;
}

struct ctl_service *ctl_open_link(const struct ctl *ctl)
{
    return ctl_service_open(ctl, CONFIG_BUS_LINK, &preau__link__link__descriptor, "preau-linkd");
}

/* --- scopes --- */

static Preau__Scope *scope_add(struct ctl_scopes *scopes)
{
    Preau__Scope *scope = &scopes->values[scopes->count];
    preau__scope__init(scope);
    scopes->list[scopes->count++] = scope;
    return scope;
}

/* "0693456X"; its académie follows from its département. */
static bool scope_add_school(struct ctl_scopes *scopes, const char *text)
{
    struct uai uai;
    academy_code academy;
    if (!uai_parse(text, &uai) || !academy_of_uai(&uai, &academy))
        return false;
    char *copy = scopes->uais[scopes->count];
    memcpy(copy, uai.text, sizeof uai.text);
    Preau__Scope *scope = scope_add(scopes);
    scope->academy = (uint32_t)academy.v;
    scope->uai = copy;
    return true;
}

static bool scope_add_academy(struct ctl_scopes *scopes, const char *text)
{
    academy_code academy;
    if (!academy_parse(text, &academy))
        return false;
    scope_add(scopes)->academy = (uint32_t)academy.v;
    return true;
}

bool ctl_head_read(const char *text, Preau__Link__HeadRef *out_head)
{
    char name[64];
    academy_code academy;
    const char *colon = strrchr(text, ':');
    preau__link__head_ref__init(out_head);
    if (colon == NULL || (size_t)(colon - text) >= sizeof name)
        return false;
    (void)snprintf(name, sizeof name, "%.*s", (int)(colon - text), text);
    if (!academy_parse(name, &academy) || !aaf_id_parse(colon + 1, &out_head->aaf_id))
        return false;
    out_head->academy = (uint32_t)academy.v;
    return true;
}

const char *ctl_scopes_read(const struct ctl *ctl, struct ctl_scopes *out_scopes)
{
    for (size_t i = 0; i < ctl->given_count; i++) {
        const char *option = ctl->given[i].option;
        const char *value = ctl->given[i].value;
        if (strcmp(option, "school") == 0 && !scope_add_school(out_scopes, value))
            return value;
        if (strcmp(option, "academy") == 0 && !scope_add_academy(out_scopes, value))
            return value;
        if (strcmp(option, "nation") == 0)
            (void)scope_add(out_scopes);
    }
    return NULL;
}
