/* preauctl admin: who may hand accounts out. Asked of preau-linkd, which holds their passwords. */
#include "ctl/call.h"
#include "ctl/output.h"
#include "domain/school.h"
#include "link.pb-c.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROLE_COUNT = 5 };

static const struct {
    const char *word;
    Preau__AdministratorRole role;
} roles[ROLE_COUNT] = {
    {"directeur",   PREAU__ADMINISTRATOR_ROLE__ROLE_DIRECTEUR  },
    {"delegue",     PREAU__ADMINISTRATOR_ROLE__ROLE_DELEGUE    },
    {"integrateur", PREAU__ADMINISTRATOR_ROLE__ROLE_INTEGRATEUR},
    {"assistance",  PREAU__ADMINISTRATOR_ROLE__ROLE_ASSISTANCE },
    {"exploitant",  PREAU__ADMINISTRATOR_ROLE__ROLE_EXPLOITANT },
};

static const char *role_word(Preau__AdministratorRole role)
{
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if (roles[i].role == role)
            return roles[i].word;
    return "inconnu";
}

static bool role_read(const char *word, Preau__AdministratorRole *out_role)
{
    for (size_t i = 0; word != NULL && i < ROLE_COUNT; i++) {
        if (strcmp(roles[i].word, word) == 0) {
            *out_role = roles[i].role;
            return true;
        }
    }
    return false;
}

static struct ctl_service *open_link(const struct ctl *ctl)
{
    return ctl_service_open(ctl, CONFIG_BUS_LINK, &preau__link__link__descriptor, "preau-linkd");
}

/* --- scopes --- */

struct scopes {
    Preau__Scope values[CTL_VALUES_MAX];
    Preau__Scope *list[CTL_VALUES_MAX];
    char uais[CTL_VALUES_MAX][UAI_SIZE];
    size_t count;
};

static Preau__Scope *scope_add(struct scopes *scopes)
{
    Preau__Scope *scope = &scopes->values[scopes->count];
    preau__scope__init(scope);
    scopes->list[scopes->count++] = scope;
    return scope;
}

/* "0693456X"; its académie follows from its département. */
static bool scope_add_school(struct scopes *scopes, const char *text)
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

static bool scope_add_academy(struct scopes *scopes, const char *text)
{
    academy_code academy;
    if (!academy_parse(text, &academy))
        return false;
    scope_add(scopes)->academy = (uint32_t)academy.v;
    return true;
}

/* The schools, académies and nation of the command line; NULL, or the value that is none. */
static const char *scopes_read(const struct ctl *ctl, struct scopes *out_scopes)
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

/* --- add --- */

static void tell_added(const struct ctl *ctl, const Preau__Link__AddAdministratorReply *reply)
{
    if (ctl->is_json) {
        ctl_print_json(json_pack("{s:I, s:s, s:o}", "administrator", (json_int_t)reply->administrator, "login",
            ctl->arguments[0], "password", reply->password[0] != '\0' ? json_string(reply->password) : json_null()));
        return;
    }
    (void)printf("Administrateur %" PRId64 " : %s\n", reply->administrator, ctl->arguments[0]);
    if (reply->password[0] != '\0')
        (void)printf("Mot de passe : %s  (il ne sera plus montré)\n", reply->password);
}

static enum ctl_exit ask_add(const struct ctl *ctl, const Preau__Link__AddAdministratorRequest *request)
{
    enum ctl_exit code = CTL_UNREACHABLE;
    struct ctl_service *service = open_link(ctl);
    if (service == NULL)
        return code;
    ProtobufCMessage *answer = ctl_ask(service, "AddAdministrator", &request->base, 0, &code);
    if (answer != NULL) {
        const Preau__Link__AddAdministratorReply *reply = (const void *)answer;
        tell_added(ctl, reply);
        secret_wipe(reply->password, strlen(reply->password));
        protobuf_c_message_free_unpacked(answer, NULL);
    }
    ctl_service_close(&service);
    return code;
}

/* protobuf-c has no const: the texts are lent. */
static char *lent(const char *text)
{
    return text != NULL ? (char *)(uintptr_t)text : (char *)(uintptr_t) "";
}

enum ctl_exit ctl_admin_add(const struct ctl *ctl)
{
    struct scopes scopes = {.count = 0};
    struct fault fault = {0};
    _cleanup_(secret_free) struct secret *password = NULL;
    Preau__Link__AddAdministratorRequest request = PREAU__LINK__ADD_ADMINISTRATOR_REQUEST__INIT;
    const char *wrong = scopes_read(ctl, &scopes);
    if (wrong != NULL)
        return ctl_fail(ctl, CTL_USAGE, "usage", "ni un UAI ni une académie : « %s »", wrong);
    if (!role_read(ctl_value(ctl, "role"), &request.role))
        return ctl_fail(
            ctl, CTL_USAGE, "usage", "--role : directeur, delegue, integrateur, assistance ou exploitant est attendu");
    if (ctl_value(ctl, "name") == NULL || scopes.count == 0)
        return ctl_fail(ctl, CTL_USAGE, "usage", "--name et au moins un --school, --academy ou --nation sont attendus");
    const char *file = ctl_value(ctl, "password-file");
    if (file != NULL && !secret_read_file(file, &password, &fault))
        return ctl_fail_fault(ctl, "mot de passe", &fault);
    request.login = lent(ctl->arguments[0]);
    request.name = lent(ctl_value(ctl, "name"));
    request.mail = lent(ctl_value(ctl, "mail"));
    request.password = lent(password != NULL ? secret_text(password) : "");
    request.scopes = scopes.list;
    request.n_scopes = scopes.count;
    return ask_add(ctl, &request);
}

/* --- list --- */

static json_t *administrator_json(const Preau__Link__Administrator *one)
{
    json_t *scopes = json_array();
    for (size_t i = 0; i < one->n_scopes; i++) {
        const Preau__Scope *scope = one->scopes[i];
        (void)json_array_append_new(
            scopes, json_pack("{s:o, s:o}", "academy", scope->academy != 0 ? json_integer(scope->academy) : json_null(),
                        "uai", scope->uai[0] != '\0' ? json_string(scope->uai) : json_null()));
    }
    return json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:b}", "administrator", (json_int_t)one->id, "login", one->login,
        "name", one->name, "role", role_word(one->role), "scopes", scopes, "last_sign_in_at",
        ctl_json_instant(one->last_sign_in_at), "disabled", one->disabled);
}

static void administrator_print(const Preau__Link__Administrator *one)
{
    char seen[CTL_INSTANT_SIZE];
    ctl_write_instant(one->last_sign_in_at, seen);
    (void)printf("%-24s %-28s %-12s", one->login, one->name, role_word(one->role));
    for (size_t i = 0; i < one->n_scopes; i++) {
        const Preau__Scope *scope = one->scopes[i];
        if (scope->academy == 0)
            (void)printf(" nation");
        else if (scope->uai[0] != '\0')
            (void)printf(" %s", scope->uai);
        else
            (void)printf(" académie %02" PRIu32, scope->academy);
    }
    (void)printf("  connexion %s%s\n", seen, one->disabled ? "  désactivé" : "");
}

static void tell_list(const struct ctl *ctl, const Preau__Link__ListAdministratorsReply *reply)
{
    json_t *all = json_array();
    for (size_t i = 0; i < reply->n_administrators; i++) {
        if (ctl->is_json)
            (void)json_array_append_new(all, administrator_json(reply->administrators[i]));
        else
            administrator_print(reply->administrators[i]);
    }
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:o}", "administrators", all));
    else
        json_decref(all);
}

enum ctl_exit ctl_admin_list(const struct ctl *ctl)
{
    enum ctl_exit code = CTL_UNREACHABLE;
    struct ctl_service *service = open_link(ctl);
    if (service == NULL)
        return code;
    const Preau__Link__ListAdministratorsRequest request = PREAU__LINK__LIST_ADMINISTRATORS_REQUEST__INIT;
    ProtobufCMessage *answer = ctl_ask(service, "ListAdministrators", &request.base, 0, &code);
    if (answer != NULL) {
        tell_list(ctl, (const Preau__Link__ListAdministratorsReply *)(const void *)answer);
        protobuf_c_message_free_unpacked(answer, NULL);
    }
    ctl_service_close(&service);
    return code;
}
