#include "store/second_factor.h"

#include "runtime/memory.h"
#include "store/administrator.h"
#include "store/query.h"

/* Whom to tell: one of the two. */
struct asking {
    second_factor_done *done;
    second_factor_offer_loaded *offered;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void done_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->done(asking->arg, rows && rows_count(rows) > 0, fault);
    memory_free(&asking);
}

static void run(
    struct store *store, enum query query, const struct parameters *parameters, second_factor_done *done, void *arg)
{
    store_run(store, query, parameters, done_rows, asking_new((struct asking){.done = done, .arg = arg}));
}

void second_factor_take_step(struct store *store, const struct stored_administrator *administrator, int64_t step,
    const unsigned char *sealed, size_t length, second_factor_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, administrator->id.v);
    parameters_int64(&parameters, step);
    parameters_instant(&parameters, administrator->credential_at);
    parameters_bytes(&parameters, sealed, length);
    run(store, QUERY_SECOND_FACTOR_TAKE_STEP, &parameters, done, arg);
    parameters_clear(&parameters);
}

void second_factor_take_recovery(struct store *store, const struct stored_administrator *administrator,
    const unsigned char digest[DIGEST_SIZE], const char *trace, second_factor_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, administrator->id.v);
    parameters_bytes(&parameters, digest, DIGEST_SIZE);
    parameters_instant(&parameters, administrator->credential_at);
    parameters_text(&parameters, audit_action_code(AUDIT_RECOVERY_CODE_USED));
    parameters_text(&parameters, trace);
    run(store, QUERY_SECOND_FACTOR_TAKE_RECOVERY, &parameters, done, arg);
    parameters_clear(&parameters);
}

static void offered_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    unsigned char sealed[ADMINISTRATOR_TOTP_MAX];
    size_t length = 0;
    if (rows && rows_count(rows) > 0) {
        length = row_bytes(rows, 0, "totp_offered", sealed, sizeof sealed);
        length = length <= sizeof sealed ? length : 0; /* none that we sealed is longer */
    }
    asking->offered(asking->arg, sealed, length, rows ? NULL : fault);
    memory_free(&asking);
}

void second_factor_offer(struct store *store, const unsigned char session[DIGEST_SIZE], administrator_id id,
    const unsigned char *sealed, size_t length, second_factor_offer_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_bytes(&parameters, session, DIGEST_SIZE);
    parameters_int64(&parameters, id.v);
    if (length > 0) {
        parameters_bytes(&parameters, sealed, length);
    }
    store_run(store, length > 0 ? QUERY_SECOND_FACTOR_OFFER : QUERY_SECOND_FACTOR_OFFERED, &parameters, offered_rows,
        asking_new((struct asking){.offered = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void add_digests(struct parameters *parameters, const struct recovery_digests *recovery)
{
    const void *items[RECOVERY_CODES];
    size_t sizes[RECOVERY_CODES];
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        items[i] = recovery->of[i];
        sizes[i] = DIGEST_SIZE;
    }
    parameters_bytes_array(parameters, items, sizes, RECOVERY_CODES);
}

void second_factor_enrol(struct store *store, const struct stored_administrator *administrator,
    const struct second_factor_enrolment *enrolment, second_factor_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, administrator->id.v);
    parameters_bytes(&parameters, enrolment->session, DIGEST_SIZE);
    parameters_bytes(&parameters, enrolment->sealed, enrolment->length);
    parameters_int64(&parameters, enrolment->step);
    parameters_instant(&parameters, administrator->credential_at);
    parameters_instant(&parameters, enrolment->changed_at);
    add_digests(&parameters, enrolment->recovery);
    parameters_text(&parameters, audit_action_code(AUDIT_SECOND_FACTOR_SET_UP));
    parameters_text(&parameters, audit_action_code(AUDIT_SIGNED_IN));
    parameters_text(&parameters, enrolment->trace);
    run(store, QUERY_SECOND_FACTOR_ENROL, &parameters, done, arg);
    parameters_clear(&parameters);
}

static void add_deed(struct parameters *parameters, const struct audit_author *author, enum audit_action action)
{
    parameters_int64(parameters, author->administrator.v);
    parameters_text(parameters, author->operator_name);
    parameters_text(parameters, audit_action_code(action));
    parameters_text(parameters, author->trace);
}

void second_factor_remove(
    struct store *store, const struct second_factor_removal *removal, second_factor_done *done, void *arg)
{
    bool is_own = removal->author.administrator.v != 0;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, removal->of.v);
    parameters_instant(&parameters, removal->credential_at);
    parameters_instant(&parameters, removal->changed_at);
    add_deed(&parameters, &removal->author, is_own ? AUDIT_SECOND_FACTOR_REMOVED : AUDIT_SECOND_FACTOR_RESET);
    run(store, QUERY_SECOND_FACTOR_REMOVE, &parameters, done, arg);
    parameters_clear(&parameters);
}

void second_factor_renew_recovery(struct store *store, const struct stored_administrator *administrator,
    const struct recovery_digests *recovery, const char *trace, second_factor_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, administrator->id.v);
    parameters_instant(&parameters, administrator->credential_at);
    add_digests(&parameters, recovery);
    parameters_text(&parameters, audit_action_code(AUDIT_RECOVERY_CODES_RENEWED));
    parameters_text(&parameters, trace);
    run(store, QUERY_SECOND_FACTOR_RENEW_RECOVERY, &parameters, done, arg);
    parameters_clear(&parameters);
}

void administrator_rehash(struct store *store, administrator_id id, const char *before, const char *hash)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id.v);
    parameters_text(&parameters, before);
    parameters_text(&parameters, hash);
    store_run(store, QUERY_ADMINISTRATOR_REHASHED, &parameters, NULL, NULL);
    parameters_clear(&parameters);
}

void administrator_replace_password(struct store *store, administrator_id id,
    const struct administrator_password *password, second_factor_done *done, void *arg)
{
    bool is_own = password->author.administrator.v != 0;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id.v);
    parameters_instant(&parameters, password->credential_at);
    parameters_instant(&parameters, password->changed_at);
    parameters_text(&parameters, password->hash);
    parameters_bool(&parameters, password->is_provisional);
    add_deed(&parameters, &password->author, is_own ? AUDIT_PASSWORD_CHANGED : AUDIT_PASSWORD_REPLACED);
    run(store, QUERY_ADMINISTRATOR_REPLACE_PASSWORD, &parameters, done, arg);
    parameters_clear(&parameters);
}
