/* preauctl admin show, sessions and what changes an account: asked of preau-linkd. */
#include "ctl/administrator.h"
#include "ctl/administrator_print.h"
#include "ctl/author.h"
#include "ctl/output.h"
#include "runtime/cleanup.h"
#include "runtime/secret.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- looking --- */

static enum ctl_exit look(
    const struct ctl *ctl, void (*tell)(const struct ctl *, const Preau__Link__GetAdministratorReply *))
{
    enum ctl_exit code = CTL_UNREACHABLE;
    struct ctl_service *service = ctl_open_link(ctl);
    if (service == NULL)
        return code;
    Preau__Link__GetAdministratorRequest request = PREAU__LINK__GET_ADMINISTRATOR_REQUEST__INIT;
    request.login = ctl_lent(ctl->arguments[0]);
    ProtobufCMessage *answer = ctl_ask(service, "GetAdministrator", &request.base, 0, &code);
    if (answer != NULL) {
        tell(ctl, (const Preau__Link__GetAdministratorReply *)(const void *)answer);
        protobuf_c_message_free_unpacked(answer, NULL);
    }
    ctl_service_close(&service);
    return code;
}

static void tell_whole(const struct ctl *ctl, const Preau__Link__GetAdministratorReply *reply)
{
    if (ctl->is_json)
        ctl_print_json(ctl_administrator_json_whole(reply));
    else
        ctl_administrator_print_whole(reply);
}

static void tell_sessions(const struct ctl *ctl, const Preau__Link__GetAdministratorReply *reply)
{
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:o}", "sessions", ctl_sessions_json(reply)));
    else
        ctl_sessions_print(reply);
}

enum ctl_exit ctl_admin_show(const struct ctl *ctl)
{
    return ctl->arguments[0][0] != '\0' ? look(ctl, tell_whole) : ctl_fail_refusal(ctl, REFUSAL_NOT_FOUND);
}

enum ctl_exit ctl_admin_sessions(const struct ctl *ctl)
{
    return ctl->arguments[0][0] != '\0' ? look(ctl, tell_sessions) : ctl_fail_refusal(ctl, REFUSAL_NOT_FOUND);
}

/* --- changing --- */

static void tell_changed(const struct ctl *ctl, const char *done, const Preau__Link__ChangeAdministratorReply *reply)
{
    if (ctl->is_json) {
        ctl_print_json(json_pack("{s:I, s:s, s:I, s:o}", "administrator", (json_int_t)reply->administrator, "login",
            ctl->arguments[0], "changed", (json_int_t)reply->changed, "password",
            reply->password[0] != '\0' ? json_string(reply->password) : json_null()));
        return;
    }
    bool counts = done[strlen(done) - 1] == ':';
    (void)printf("%s : %s", ctl->arguments[0], done);
    if (counts)
        (void)printf(" %" PRIu32, reply->changed);
    (void)printf("\n");
    if (reply->password[0] != '\0')
        (void)printf(
            "Mot de passe : %s  (à changer à la prochaine connexion ; il ne sera plus montré)\n", reply->password);
}

/* wanted: without its author, who is the same for all. */
static enum ctl_exit change(
    const struct ctl *ctl, const char *done, const Preau__Link__ChangeAdministratorRequest *wanted)
{
    enum ctl_exit code = CTL_UNREACHABLE;
    char by[CTL_AUTHOR_SIZE];
    Preau__Link__ChangeAdministratorRequest request = *wanted;
    struct ctl_service *service = ctl_open_link(ctl);
    if (service == NULL)
        return code;
    ctl_author_write(ctl, by);
    request.by = by;
    request.login = ctl_lent(ctl->arguments[0]);
    ProtobufCMessage *answer = ctl_ask(service, "ChangeAdministrator", &request.base, 0, &code);
    if (answer != NULL) {
        const Preau__Link__ChangeAdministratorReply *reply = (const void *)answer;
        tell_changed(ctl, done, reply);
        secret_wipe(reply->password, strlen(reply->password));
        protobuf_c_message_free_unpacked(answer, NULL);
    }
    ctl_service_close(&service);
    return code;
}

static enum ctl_exit change_simply(const struct ctl *ctl, const char *done, Preau__Link__AdministratorChange what)
{
    Preau__Link__ChangeAdministratorRequest request = PREAU__LINK__CHANGE_ADMINISTRATOR_REQUEST__INIT;
    request.change = what;
    return change(ctl, done, &request);
}

enum ctl_exit ctl_admin_disable(const struct ctl *ctl)
{
    return change_simply(ctl, "désactivé, ses connexions et ses délégations ont pris fin",
        PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_DISABLE);
}

enum ctl_exit ctl_admin_enable(const struct ctl *ctl)
{
    return change_simply(ctl, "activé", PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_ENABLE);
}

enum ctl_exit ctl_admin_reset_totp(const struct ctl *ctl)
{
    return change_simply(ctl, "double authentification remise à zéro, ses connexions ont pris fin",
        PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_RESET_SECOND_FACTOR);
}

enum ctl_exit ctl_admin_password(const struct ctl *ctl)
{
    struct fault fault = {0};
    _cleanup_(secret_free) struct secret *password = NULL;
    Preau__Link__ChangeAdministratorRequest request = PREAU__LINK__CHANGE_ADMINISTRATOR_REQUEST__INIT;
    const char *file = ctl_value(ctl, "password-file");
    if (file != NULL && !secret_read_file(file, &password, &fault))
        return ctl_fail_fault(ctl, "mot de passe", &fault);
    request.change = PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_PASSWORD;
    request.password = ctl_lent(password != NULL ? secret_text(password) : "");
    return change(ctl, "mot de passe remplacé, ses connexions ont pris fin", &request);
}

static enum ctl_exit change_scopes(const struct ctl *ctl, const char *done, Preau__Link__AdministratorChange what)
{
    struct ctl_scopes scopes = {.count = 0};
    Preau__Link__ChangeAdministratorRequest request = PREAU__LINK__CHANGE_ADMINISTRATOR_REQUEST__INIT;
    const char *wrong = ctl_scopes_read(ctl, &scopes);
    if (wrong != NULL)
        return ctl_fail(ctl, CTL_USAGE, "usage", "ni un UAI ni une académie : « %s »", wrong);
    if (scopes.count == 0)
        return ctl_fail(ctl, CTL_USAGE, "usage", "au moins un --school, --academy ou --nation est attendu");
    request.change = what;
    request.scopes = scopes.list;
    request.n_scopes = scopes.count;
    return change(ctl, done, &request);
}

enum ctl_exit ctl_admin_grant(const struct ctl *ctl)
{
    return change_scopes(ctl, "accès ajoutés :", PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_ADD_SCOPES);
}

enum ctl_exit ctl_admin_revoke(const struct ctl *ctl)
{
    return change_scopes(ctl, "accès retirés :", PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_REMOVE_SCOPES);
}

enum ctl_exit ctl_admin_follow(const struct ctl *ctl)
{
    Preau__Link__HeadRef head;
    Preau__Link__ChangeAdministratorRequest request = PREAU__LINK__CHANGE_ADMINISTRATOR_REQUEST__INIT;
    if (!ctl_head_read(ctl->arguments[1], &head))
        return ctl_fail(ctl, CTL_USAGE, "usage", "ACADEMIE:JOINTURE est attendu, non « %s »", ctl->arguments[1]);
    request.change = PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_FOLLOW_HEAD;
    request.head = &head;
    return change(ctl, "ses établissements suivent l’AAF", &request);
}

enum ctl_exit ctl_admin_unfollow(const struct ctl *ctl)
{
    return change_simply(
        ctl, "ses établissements ne suivent plus l’AAF", PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_UNFOLLOW_HEAD);
}

enum ctl_exit ctl_admin_end_sessions(const struct ctl *ctl)
{
    long number = 0;
    Preau__Link__ChangeAdministratorRequest request = PREAU__LINK__CHANGE_ADMINISTRATOR_REQUEST__INIT;
    if (!ctl_number(ctl, "session", 1, INT64_MAX, &number))
        return CTL_USAGE;
    request.change = PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_END_SESSIONS;
    request.session = number;
    return change(ctl, "connexions terminées :", &request);
}
