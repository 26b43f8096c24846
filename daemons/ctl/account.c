/* preauctl account joined, separate: guardians' accounts that became one, and parted again. Asked of preau-linkd. */
#include "ctl/administrator.h"
#include "ctl/author.h"
#include "ctl/output.h"
#include "link.pb-c.h"
#include "runtime/cleanup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LIMIT_MAX = 1000 };

/* --- joined --- */

static const struct reason {
    const char *code, *word, *words;
    Preau__Link__SeparationReason reason;
} reasons[] = {
    {"homonym",  "homonyme", "deux personnes de même nom",       PREAU__LINK__SEPARATION_REASON__SEPARATION_REASON_HOMONYM },
    {"mistake",  "erreur",   "réunis par erreur",                PREAU__LINK__SEPARATION_REASON__SEPARATION_REASON_MISTAKE },
    {"stranger", "intrus",   "réunis par quelqu’un d’autre", PREAU__LINK__SEPARATION_REASON__SEPARATION_REASON_STRANGER},
    {"asked",    "demande",  "demandé par la personne",          PREAU__LINK__SEPARATION_REASON__SEPARATION_REASON_ASKED   },
};

static const char *reason_words(const char *code)
{
    for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++) {
        if (strcmp(reasons[i].code, code) == 0)
            return reasons[i].words;
    }
    return code;
}

static json_t *join_json(const Preau__Link__Join *join)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:i}", "join", (json_int_t)join->id, "from_login",
        join->from_login, "into_login", join->into_login, "evidence", join->evidence, "joined_at",
        ctl_json_instant(join->joined_at), "undone_at", ctl_json_instant(join->undone_at), "undone_by", join->undone_by,
        "undone_reason", join->undone_reason, "records", (int)join->records);
}

static const char *login_or_erased(const char *login)
{
    return login[0] != '\0' ? login : "(effacé)";
}

static void join_print(const Preau__Link__Join *join)
{
    char at[CTL_INSTANT_SIZE];
    ctl_write_instant(join->joined_at, at);
    (void)printf("%" PRId64 "  %s  %s → %s  (%s)", join->id, at, login_or_erased(join->from_login),
        login_or_erased(join->into_login), strcmp(join->evidence, "password") == 0 ? "depuis le guichet" : "par SMS");
    if (join->undone_at != 0) {
        ctl_write_instant(join->undone_at, at);
        (void)printf("  défaite le %s par %s : %s", at, join->undone_by, reason_words(join->undone_reason));
    } else if (join->records == 0) {
        (void)printf("  ne peut plus être défaite");
    } else {
        (void)printf("  %" PRIu32 " %s", join->records, join->records == 1 ? "fiche" : "fiches");
    }
    (void)printf("\n");
}

static void joins_print(const struct ctl *ctl, const Preau__Link__ListJoinsReply *reply)
{
    json_t *all = json_array();
    for (size_t i = 0; i < reply->n_joins; i++) {
        if (ctl->is_json)
            (void)json_array_append_new(all, join_json(reply->joins[i]));
        else
            join_print(reply->joins[i]);
    }
    if (ctl->is_json) {
        ctl_print_json(json_pack("{s:o}", "joins", all));
        return;
    }
    json_decref(all);
    if (reply->n_joins == 0)
        (void)puts("Aucun compte réuni à un autre.");
}

enum ctl_exit ctl_account_joined(const struct ctl *ctl)
{
    long limit;
    enum ctl_exit code = CTL_UNREACHABLE;
    if (!ctl_number(ctl, "limit", 1, LIMIT_MAX, &limit))
        return CTL_USAGE;
    struct ctl_service *service = ctl_open_link(ctl);
    if (service == NULL)
        return code;
    Preau__Link__ListJoinsRequest request = PREAU__LINK__LIST_JOINS_REQUEST__INIT;
    request.login = ctl_lent(ctl->argument_count > 0 ? ctl->arguments[0] : "");
    request.limit = (uint32_t)limit;
    ProtobufCMessage *answer = ctl_ask(service, "ListJoins", &request.base, 0, &code);
    if (answer != NULL) {
        joins_print(ctl, (const Preau__Link__ListJoinsReply *)(const void *)answer);
        protobuf_c_message_free_unpacked(answer, NULL);
    }
    ctl_service_close(&service);
    return code;
}

/* --- separate --- */

/* NULL: it is none. */
static const struct reason *reason_of(const char *word)
{
    for (size_t i = 0; word != NULL && i < ARRAY_LENGTH(reasons); i++) {
        if (strcmp(reasons[i].word, word) == 0)
            return &reasons[i];
    }
    return NULL;
}

static void separated_print_json(long join, const Preau__Link__SeparateAccountsReply *reply)
{
    json_t *logins = json_array();
    for (size_t i = 0; i < reply->n_reset_logins; i++)
        (void)json_array_append_new(logins, json_string(reply->reset_logins[i]));
    ctl_print_json(json_pack("{s:I, s:s, s:s, s:s, s:o}", "join", (json_int_t)join, "from_login", reply->from_login,
        "into_login", reply->into_login, "reason", reply->reason, "reset_logins", logins));
}

static void separated_print(long join, const Preau__Link__SeparateAccountsReply *reply)
{
    const char *from = login_or_erased(reply->from_login);
    (void)printf("La réunion %ld est défaite (%s) : %s s’ouvre de nouveau, avec les fiches qui étaient les siennes ; "
                 "%s garde les "
                 "autres.\n",
        join, reason_words(reply->reason), from, login_or_erased(reply->into_login));
    if (strcmp(reply->reason, "stranger") == 0)
        (void)printf("Le mot de passe de %s n’ouvre plus rien, et son adresse de courriel confirmée est oubliée : "
                     "l’établissement lui en "
                     "remet un autre.\n",
            from);
    else
        (void)printf("Son mot de passe est celui qu’il avait.\n");
    if (reply->n_reset_logins > 0) {
        (void)printf("Élèves dont %s a changé le mot de passe tant que les comptes étaient réunis, à réinitialiser par "
                     "l’établissement :\n",
            login_or_erased(reply->into_login));
        for (size_t i = 0; i < reply->n_reset_logins; i++)
            (void)printf("  %s\n", reply->reset_logins[i]);
    }
}

static void tell_separated(
    const struct ctl *ctl, long join, const struct reason *asked, const Preau__Link__SeparateAccountsReply *reply)
{
    if (ctl->is_json) {
        separated_print_json(join, reply);
        return;
    }
    if (strcmp(reply->reason, asked->code) != 0)
        (void)printf("Elle était déjà défaite, pour une autre raison : rien n’a changé.\n");
    separated_print(join, reply);
}

enum ctl_exit ctl_account_separate(const struct ctl *ctl)
{
    long join;
    char by[CTL_AUTHOR_SIZE];
    enum ctl_exit code = CTL_UNREACHABLE;
    Preau__Link__SeparateAccountsRequest request = PREAU__LINK__SEPARATE_ACCOUNTS_REQUEST__INIT;
    if (!ctl_read_number(ctl->arguments[0], 1, INT32_MAX, &join))
        return ctl_fail(ctl, CTL_USAGE, "usage", "un numéro de réunion est attendu, non « %s »", ctl->arguments[0]);
    const struct reason *reason = reason_of(ctl_value(ctl, "reason"));
    if (reason == NULL)
        return ctl_fail(ctl, CTL_USAGE, "usage", "--reason : homonyme, erreur, intrus ou demande est attendu");
    struct ctl_service *service = ctl_open_link(ctl);
    if (service == NULL)
        return code;
    ctl_author_write(ctl, by);
    request.join = join;
    request.reason = reason->reason;
    request.by = by;
    ProtobufCMessage *answer = ctl_ask(service, "SeparateAccounts", &request.base, 0, &code);
    if (answer != NULL) {
        tell_separated(ctl, join, reason, (const Preau__Link__SeparateAccountsReply *)(const void *)answer);
        protobuf_c_message_free_unpacked(answer, NULL);
    }
    ctl_service_close(&service);
    return code;
}
