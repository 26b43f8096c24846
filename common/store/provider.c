#include "store/provider.h"

#include "runtime/log.h"
#include "runtime/memory.h"
#include "store/query.h"

/* Whom to tell: one of the three. */
struct provider_asking {
    provider_done *done;
    provider_taken *taken;
    portal_signed_in *signed_in;
    void *arg;
};

static struct provider_asking *asking_new(struct provider_asking whom)
{
    struct provider_asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void done_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct provider_asking *asking = arg;
    asking->done(asking->arg, rows ? NULL : fault);
    memory_free(&asking);
}

static void taken_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct provider_asking *asking = arg;
    bool is_there = rows && rows_count(rows) == 1 && row_bool(rows, 0, "is_fresh");
    unsigned char *sealed = checked_malloc(PROVIDER_SEALED_MAX);
    size_t length = is_there ? row_bytes(rows, 0, "sealed", sealed, PROVIDER_SEALED_MAX) : 0;
    is_there = is_there && length <= PROVIDER_SEALED_MAX;
    asking->taken(asking->arg, is_there ? row_text(rows, 0, "provider") : NULL, is_there ? sealed : NULL, length,
        rows ? NULL : fault);
    memory_free(&sealed);
    memory_free(&asking);
}

void provider_sign_in_begin(struct store *store, const struct provider_sign_in *sign_in, provider_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_bytes(&parameters, sign_in->state, DIGEST_SIZE);
    parameters_bytes(&parameters, sign_in->browser, DIGEST_SIZE);
    parameters_text(&parameters, sign_in->provider);
    parameters_bytes(&parameters, sign_in->sealed, sign_in->sealed_length);
    parameters_instant(&parameters, sign_in->expires_at);
    store_run(store, QUERY_PROVIDER_SIGN_IN_BEGIN, &parameters, done_rows,
        asking_new((struct provider_asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

void provider_sign_in_take(
    struct store *store, const struct provider_sign_in *sign_in, struct instant now, provider_taken *taken, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_bytes(&parameters, sign_in->state, DIGEST_SIZE);
    parameters_bytes(&parameters, sign_in->browser, DIGEST_SIZE);
    parameters_text(&parameters, sign_in->provider);
    parameters_instant(&parameters, now);
    store_run(store, QUERY_PROVIDER_SIGN_IN_TAKE, &parameters, taken_rows,
        asking_new((struct provider_asking){.taken = taken, .arg = arg}));
    parameters_clear(&parameters);
}

void provider_session_keep(
    struct store *store, administrator_id of, const struct provider_sign_in *session, provider_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_bytes(&parameters, session->state, DIGEST_SIZE);
    parameters_text(&parameters, session->provider);
    parameters_bytes(&parameters, session->sealed, session->sealed_length);
    parameters_instant(&parameters, session->expires_at);
    if (of.v != 0) {
        parameters_int64(&parameters, of.v);
    } else {
        parameters_text(&parameters, NULL);
    }
    store_run(store, QUERY_PROVIDER_SESSION_KEEP, &parameters, done_rows,
        asking_new((struct provider_asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

void provider_session_take(
    struct store *store, const struct provider_leaving *leaving, provider_taken *taken, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_bytes(&parameters, leaving->token, DIGEST_SIZE);
    parameters_instant(&parameters, leaving->now);
    parameters_text(&parameters, audit_action_code(AUDIT_SIGNED_OUT_OF_PORTAL));
    parameters_text(&parameters, leaving->trace);
    store_run(store, QUERY_PROVIDER_SESSION_TAKE, &parameters, taken_rows,
        asking_new((struct provider_asking){.taken = taken, .arg = arg}));
    parameters_clear(&parameters);
}

void provider_erase_old(struct store *store, struct instant now)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_instant(&parameters, now);
    store_run(store, QUERY_PROVIDER_ERASE_OLD, &parameters, NULL, NULL);
    parameters_clear(&parameters);
}

static void signed_in_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct provider_asking *asking = arg;
    struct portal_known known = {.id = {0}};
    if (rows) {
        known.id.v = row_int64(rows, 0, "administrator_id");
        known.is_disabled = row_bool(rows, 0, "is_disabled");
        known.scopes = row_int64(rows, 0, "scopes");
        known.has_second_factor = row_bool(rows, 0, "has_second_factor");
        known.sees_more = row_bool(rows, 0, "sees_more");
        known.credential_at = row_instant(rows, 0, "credential_at");
    }
    asking->signed_in(asking->arg, rows ? &known : NULL, fault);
    memory_free(&asking);
}

void portal_sign_in_apply(struct store *store, const struct portal_told *told, portal_signed_in *signed_in, void *arg)
{
    const char **schools = checked_calloc(told->school_count + 1, sizeof *schools);
    struct parameters parameters;
    for (size_t i = 0; i < told->school_count; i++) {
        schools[i] = told->schools[i].text;
    }
    parameters_init(&parameters);
    parameters_text(&parameters, told->portal);
    parameters_text(&parameters, told->issuer);
    parameters_text(&parameters, told->subject);
    parameters_int64(&parameters, told->academy.v);
    parameters_text(&parameters, told->login);
    parameters_text(&parameters, told->name);
    parameters_text(&parameters, told->mail);
    parameters_text(&parameters, role_code(told->role));
    parameters_text_array(&parameters, schools, told->school_count);
    parameters_bool(&parameters, told->has_whole_academy);
    parameters_text(&parameters, audit_action_code(AUDIT_PORTAL_SCOPES_REPLACED));
    parameters_text(&parameters, told->trace);
    store_run(store, QUERY_PORTAL_SIGN_IN, &parameters, signed_in_rows,
        asking_new((struct provider_asking){.signed_in = signed_in, .arg = arg}));
    parameters_clear(&parameters);
    memory_free(&schools);
}

static void refused_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)arg;
    if (!rows) {
        log_event(
            LOG_ERR, "audit_not_written", F("action", audit_action_code(AUDIT_SIGN_IN_REFUSED)), F("fault", fault));
    }
}

void portal_sign_in_refuse(struct store *store, const struct portal_told *told, const char *reason)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, told->issuer);
    parameters_text(&parameters, told->subject);
    parameters_int64(&parameters, told->academy.v);
    parameters_text(&parameters, told->portal);
    parameters_text(&parameters, reason);
    parameters_text(&parameters, audit_action_code(AUDIT_SIGN_IN_REFUSED));
    parameters_text(&parameters, told->trace);
    store_run(store, QUERY_PORTAL_SIGN_IN_REFUSED, &parameters, refused_rows, NULL);
    parameters_clear(&parameters);
}
