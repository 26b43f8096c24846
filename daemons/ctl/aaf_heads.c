/* preauctl admin aaf-heads: whom AAF names head of a school and who has no account that follows. Read from the database. */
#include "ctl/audit.h"
#include "ctl/output.h"
#include "domain/school.h"
#include "store/aaf_head.h"
#include "store/blocking.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct telling {
    const struct ctl *ctl;
    json_t *heads; /* for programs */
    size_t count;
};

static json_t *schools_json(const char *uais)
{
    json_t *schools = json_array();
    while (*uais != '\0') {
        size_t length = strcspn(uais, " ");
        (void)json_array_append_new(schools, json_stringn(uais, length));
        uais += length + strspn(uais + length, " ");
    }
    return schools;
}

static void head_told(void *arg, const struct aaf_head_listed *head)
{
    struct telling *telling = arg;
    telling->count++;
    if (telling->ctl->is_json) {
        (void)json_array_append_new(telling->heads,
            json_pack("{s:i, s:I, s:s, s:o, s:o}", "academy", head->who.academy.v, "aaf_id",
                (json_int_t)head->who.aaf_id, "name", head->name, "mail",
                head->mail[0] != '\0' ? json_string(head->mail) : json_null(), "schools", schools_json(head->uais)));
        return;
    }
    char who[32];
    (void)snprintf(who, sizeof who, "%02d:%" PRId64, head->who.academy.v, head->who.aaf_id);
    (void)printf("%-14s %-32s %-36s %s\n", who, head->name, head->mail, head->uais);
}

static enum ctl_exit tell(const struct ctl *ctl, struct session *session, academy_code academy)
{
    struct fault fault = {0};
    struct telling telling = {.ctl = ctl, .heads = json_array()};
    if (!aaf_heads_unaccounted(session, academy, head_told, &telling, &fault)) {
        json_decref(telling.heads);
        return ctl_fail_fault(ctl, "base de données", &fault);
    }
    if (ctl->is_json) {
        ctl_print_json(json_pack("{s:o}", "heads", telling.heads));
        return CTL_OK;
    }
    json_decref(telling.heads);
    if (telling.count == 0)
        (void)printf("Tous les directeurs nommés dans l’AAF ont un compte.\n");
    return CTL_OK;
}

enum ctl_exit ctl_admin_aaf_heads(const struct ctl *ctl)
{
    academy_code academy = {0};
    enum ctl_exit code = CTL_OK;
    if (ctl->argument_count > 0 && !academy_parse(ctl->arguments[0], &academy))
        return ctl_fail(ctl, CTL_USAGE, "usage", "ce n’est pas une académie : « %s »", ctl->arguments[0]);
    struct session *session = audit_open(ctl, &code);
    if (session == NULL)
        return code;
    code = tell(ctl, session, academy);
    session_close(&session);
    return code;
}
