#include "ctl/administrator_print.h"

#include "ctl/administrator.h"
#include "ctl/output.h"

#include <inttypes.h>
#include <stdio.h>

/* --- for programs --- */

static const char *profile_word(Preau__Profile profile)
{
    return profile == PREAU__PROFILE__PROFILE_RESPONSABLE ? "responsable"
           : profile == PREAU__PROFILE__PROFILE_ELEVE     ? "eleve"
                                                          : NULL;
}

static json_t *text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *scope_json(const Preau__Scope *scope)
{
    return json_pack("{s:o, s:o, s:b, s:b, s:o, s:o, s:o}", "academy",
        scope->academy != 0 ? json_integer(scope->academy) : json_null(), "uai", text_or_null(scope->uai), "aaf",
        scope->by_aaf, "given", scope->given, "profile", text_or_null(profile_word(scope->profile)), "from",
        ctl_json_instant(scope->from_at), "until", ctl_json_instant(scope->until_at));
}

static json_t *head_json(const Preau__Link__HeadRef *head)
{
    return head != NULL ? json_pack("{s:i, s:I}", "academy", (int)head->academy, "aaf_id", (json_int_t)head->aaf_id)
                        : json_null();
}

json_t *ctl_administrator_json(const Preau__Link__Administrator *one)
{
    json_t *scopes = json_array();
    for (size_t i = 0; i < one->n_scopes; i++)
        (void)json_array_append_new(scopes, scope_json(one->scopes[i]));
    return json_pack("{s:I, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:b, s:o, s:b, s:b}", "administrator",
        (json_int_t)one->id, "login", one->login, "name", one->name, "mail", text_or_null(one->mail), "role",
        role_word(one->role), "scopes", scopes, "head", head_json(one->head), "last_sign_in_at",
        ctl_json_instant(one->last_sign_in_at), "disabled", one->disabled, "second_factor_since",
        ctl_json_instant(one->second_factor_since), "second_factor_required", one->second_factor_required,
        "password_is_provisional", one->password_is_provisional);
}

json_t *ctl_sessions_json(const Preau__Link__GetAdministratorReply *reply)
{
    json_t *sessions = json_array();
    for (size_t i = 0; i < reply->n_sessions; i++) {
        const Preau__Link__AdministratorSession *one = reply->sessions[i];
        (void)json_array_append_new(
            sessions, json_pack("{s:I, s:b, s:o, s:o, s:o, s:o, s:o}", "session", (json_int_t)one->number, "open",
                          one->open, "began_at", ctl_json_instant(one->created_at), "seen_at",
                          ctl_json_instant(one->seen_at), "ends_at", ctl_json_instant(one->expires_at), "address",
                          text_or_null(one->address), "browser", text_or_null(one->browser)));
    }
    return sessions;
}

json_t *ctl_administrator_json_whole(const Preau__Link__GetAdministratorReply *reply)
{
    json_t *document = ctl_administrator_json(reply->administrator);
    (void)json_object_set_new(document, "recovery_codes_left", json_integer(reply->recovery_left));
    (void)json_object_set_new(document, "sessions", ctl_sessions_json(reply));
    return document;
}

/* --- for people --- */

static void scope_print(const Preau__Scope *scope)
{
    if (scope->academy == 0)
        (void)printf(" nation");
    else if (scope->uai[0] != '\0')
        (void)printf(" %s%s", scope->uai, scope->given ? " (délégué)" : scope->by_aaf ? " (AAF)" : "");
    else
        (void)printf(" académie %02" PRIu32, scope->academy);
}

void ctl_administrator_print(const Preau__Link__Administrator *one)
{
    char seen[CTL_INSTANT_SIZE];
    ctl_write_instant(one->last_sign_in_at, seen);
    (void)printf("%-24s %-28s %-12s", one->login, one->name, role_word(one->role));
    for (size_t i = 0; i < one->n_scopes; i++)
        scope_print(one->scopes[i]);
    if (one->head != NULL)
        (void)printf("  suit %02" PRIu32 ":%" PRId64, one->head->academy, one->head->aaf_id);
    (void)printf("  connexion %s%s\n", seen, one->disabled ? "  désactivé" : "");
}

void ctl_sessions_print(const Preau__Link__GetAdministratorReply *reply)
{
    for (size_t i = 0; i < reply->n_sessions; i++) {
        const Preau__Link__AdministratorSession *one = reply->sessions[i];
        char began[CTL_INSTANT_SIZE];
        char seen[CTL_INSTANT_SIZE];
        ctl_write_instant(one->created_at, began);
        ctl_write_instant(one->seen_at, seen);
        (void)printf("  %-6" PRId64 " début %s  activité %s  %s  %s%s\n", one->number, began, seen, one->address,
            one->browser, one->open ? "" : "  (inachevée)");
    }
    if (reply->n_sessions == 0)
        (void)printf("  aucune connexion\n");
}

static void scope_print_whole(const Preau__Scope *scope)
{
    (void)printf("  confié       ");
    scope_print(scope);
    if (scope->given) {
        char from[CTL_INSTANT_SIZE];
        char until[CTL_INSTANT_SIZE];
        const char *profile = profile_word(scope->profile);
        ctl_write_instant(scope->from_at, from);
        ctl_write_instant(scope->until_at, until);
        (void)printf(" %s, du %s au %s", profile != NULL ? profile : "tous", from, until);
    }
    (void)printf("\n");
}

void ctl_administrator_print_whole(const Preau__Link__GetAdministratorReply *reply)
{
    const Preau__Link__Administrator *one = reply->administrator;
    char seen[CTL_INSTANT_SIZE];
    char since[CTL_INSTANT_SIZE];
    ctl_write_instant(one->last_sign_in_at, seen);
    ctl_write_instant(one->second_factor_since, since);
    (void)printf("%s (%" PRId64 ")%s\n  nom           %s\n  rôle          %s\n", one->login, one->id,
        one->disabled ? ", désactivé" : "", one->name, role_word(one->role));
    if (one->mail[0] != '\0')
        (void)printf("  courriel      %s\n", one->mail);
    if (one->head != NULL)
        (void)printf(
            "  suit          personne %02" PRIu32 ":%" PRId64 " de l’AAF\n", one->head->academy, one->head->aaf_id);
    for (size_t i = 0; i < one->n_scopes; i++)
        scope_print_whole(one->scopes[i]);
    (void)printf("  connexion     %s\n  mot de passe  %s\n", seen,
        one->password_is_provisional ? "à changer à la prochaine connexion" : "choisi");
    if (one->second_factor_since != 0)
        (void)printf(
            "  double authentification depuis %s, codes de secours : %" PRIu32 "\n", since, reply->recovery_left);
    else
        (void)printf("  double authentification : %s\n",
            one->second_factor_required ? "exigée, à mettre en place à la prochaine connexion" : "non");
    ctl_sessions_print(reply);
}
