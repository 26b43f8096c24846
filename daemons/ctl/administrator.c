/* preauctl admin add, list, aaf-heads: who may hand accounts out. Asked of preau-linkd, which holds their passwords. */
#include "ctl/administrator.h"
#include "ctl/administrator_print.h"
#include "ctl/author.h"
#include "ctl/output.h"
#include "runtime/cleanup.h"
#include "runtime/secret.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
        (void)printf(
            "Mot de passe : %s  (à changer à la première connexion ; il ne sera plus montré)\n", reply->password);
}

static enum ctl_exit ask_add(const struct ctl *ctl, const Preau__Link__AddAdministratorRequest *request)
{
    enum ctl_exit code = CTL_UNREACHABLE;
    struct ctl_service *service = ctl_open_link(ctl);
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

enum ctl_exit ctl_admin_add(const struct ctl *ctl)
{
    struct ctl_scopes scopes = {.count = 0};
    char by[CTL_AUTHOR_SIZE];
    struct fault fault = {0};
    _cleanup_(secret_free) struct secret *password = NULL;
    Preau__Link__AddAdministratorRequest request = PREAU__LINK__ADD_ADMINISTRATOR_REQUEST__INIT;
    Preau__Link__HeadRef head;
    const char *aaf = ctl_value(ctl, "aaf");
    const char *wrong = ctl_scopes_read(ctl, &scopes);
    if (wrong != NULL)
        return ctl_fail(ctl, CTL_USAGE, "usage", "ni un UAI ni une académie : « %s »", wrong);
    if (aaf != NULL && !ctl_head_read(aaf, &head))
        return ctl_fail(ctl, CTL_USAGE, "usage", "--aaf : ACADEMIE:JOINTURE est attendu, non « %s »", aaf);
    if (!role_read(ctl_value(ctl, "role") == NULL && aaf != NULL ? "directeur" : ctl_value(ctl, "role"), &request.role))
        return ctl_fail(
            ctl, CTL_USAGE, "usage", "--role : directeur, delegue, integrateur, assistance ou exploitant est attendu");
    if (aaf == NULL && (ctl_value(ctl, "name") == NULL || scopes.count == 0))
        return ctl_fail(
            ctl, CTL_USAGE, "usage", "--name et au moins un --school, --academy ou --nation sont attendus, ou --aaf");
    const char *file = ctl_value(ctl, "password-file");
    if (file != NULL && !secret_read_file(file, &password, &fault))
        return ctl_fail_fault(ctl, "mot de passe", &fault);
    request.login = ctl_lent(ctl->arguments[0]);
    request.name = ctl_lent(ctl_value(ctl, "name"));
    request.mail = ctl_lent(ctl_value(ctl, "mail"));
    request.password = ctl_lent(password != NULL ? secret_text(password) : "");
    request.scopes = scopes.list;
    request.n_scopes = scopes.count;
    request.head = aaf != NULL ? &head : NULL;
    ctl_author_write(ctl, by);
    request.by = by;
    return ask_add(ctl, &request);
}

/* --- list --- */

static void tell_list(const struct ctl *ctl, const Preau__Link__ListAdministratorsReply *reply)
{
    json_t *all = json_array();
    for (size_t i = 0; i < reply->n_administrators; i++) {
        if (ctl->is_json)
            (void)json_array_append_new(all, ctl_administrator_json(reply->administrators[i]));
        else
            ctl_administrator_print(reply->administrators[i]);
    }
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:o}", "administrators", all));
    else
        json_decref(all);
}

enum ctl_exit ctl_admin_list(const struct ctl *ctl)
{
    enum ctl_exit code = CTL_UNREACHABLE;
    struct ctl_service *service = ctl_open_link(ctl);
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
