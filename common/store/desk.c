#include "store/desk.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>

/* Of a browser that waits for its page. */
#define PATIENCE SECONDS(10)

/* Whom to tell: one of them. */
struct asking {
    union {
        desk_account_loaded *account;
        desk_pupils_loaded *pupils;
        desk_sessions_loaded *sessions;
        desk_sessions_ended *ended;
        desk_life_loaded *life;
        desk_data_loaded *data;
    } done;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void owner_set(struct parameters *parameters, struct desk_owner owner)
{
    parameters_init(parameters);
    parameters_int64(parameters, owner.academy.v);
    parameters_int64(parameters, owner.id.v);
}

static void run(
    struct store *store, enum query query, struct parameters *parameters, store_done *done, struct asking *asking)
{
    store_run_within(store, query, parameters, PATIENCE, done, asking);
    parameters_clear(parameters);
}

static void account_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct desk_account account;
    bool found = rows_length(rows) == 1;
    if (found) {
        account = (struct desk_account){
            .login = row_text(rows, 0, "login"),
            .nom = row_text(rows, 0, "nom"),
            .prenom = row_text(rows, 0, "prenom"),
            .email = row_text(rows, 0, "email"),
            .password_at = row_instant(rows, 0, "password_at"),
            .has_password = row_bool(rows, 0, "has_password"),
            .franceconnect_since = row_instant(rows, 0, "franceconnect_since"),
            .mobile = row_text(rows, 0, "mobile"),
            .pending_mobile = row_text(rows, 0, "pending_mobile"),
            .mobile_since = row_instant(rows, 0, "mobile_since"),
            .pending_email = row_text(rows, 0, "pending_email"),
            .pending_until = row_instant(rows, 0, "pending_until"),
            .pending_came_back = row_bool(rows, 0, "pending_came_back"),
            .has_returned = row_bool(rows, 0, "has_returned"),
        };
        bool known = profile_from_code(row_text(rows, 0, "profile"), &account.profile);
        assert(known);
    }
    asking->done.account(asking->arg, found ? &account : NULL, rows ? NULL : fault);
    memory_free(&asking);
}

void desk_load_account(struct store *store, struct desk_owner owner, desk_account_loaded *loaded, void *arg)
{
    struct parameters parameters;
    owner_set(&parameters, owner);
    run(store, QUERY_DESK_ACCOUNT, &parameters, account_rows,
        asking_new((struct asking){.done.account = loaded, .arg = arg}));
}

static void pupils_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct desk_pupil *pupils = rows_list(rows, sizeof *pupils);
    for (size_t i = 0; i < count; i++) {
        int row = (int)i;
        pupils[i] = (struct desk_pupil){
            .child = row_int64(rows, row, "child"),
            .nom = row_text(rows, row, "nom"),
            .prenom = row_text(rows, row, "prenom"),
            .academy = {(int16_t)row_int64(rows, row, "academy")},
            .degree = row_int64(rows, row, "degree") == 2 ? DEGREE_2 : DEGREE_1,
            .school = row_text(rows, row, "school"),
            .class = row_text(rows, row, "class"),
        };
        snprintf(pupils[i].uai.text, sizeof pupils[i].uai.text, "%s", row_text(rows, row, "uai"));
    }
    asking->done.pupils(asking->arg, pupils, count, rows ? NULL : fault);
    memory_free(&pupils);
    memory_free(&asking);
}

void desk_load_pupils(struct store *store, struct desk_owner owner, desk_pupils_loaded *loaded, void *arg)
{
    struct parameters parameters;
    owner_set(&parameters, owner);
    run(store, QUERY_DESK_PUPILS, &parameters, pupils_rows,
        asking_new((struct asking){.done.pupils = loaded, .arg = arg}));
}

static void sessions_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct desk_session *sessions = rows_list(rows, sizeof *sessions);
    for (size_t i = 0; i < count; i++) {
        int row = (int)i;
        sessions[i] = (struct desk_session){
            .number = row_int64(rows, row, "number"),
            .created_at = row_instant(rows, row, "created_at"),
            .seen_at = row_instant(rows, row, "seen_at"),
        };
        (void)row_bytes(rows, row, "digest", sessions[i].digest, sizeof sessions[i].digest);
        snprintf(sessions[i].browser, sizeof sessions[i].browser, "%s", row_text(rows, row, "browser"));
    }
    asking->done.sessions(asking->arg, sessions, count, rows ? NULL : fault);
    memory_free(&sessions);
    memory_free(&asking);
}

void desk_load_sessions(struct store *store, struct desk_owner owner, struct instant now, struct duration idle,
    desk_sessions_loaded *loaded, void *arg)
{
    struct parameters parameters;
    owner_set(&parameters, owner);
    parameters_instant(&parameters, now);
    parameters_duration(&parameters, idle);
    run(store, QUERY_DESK_SESSIONS, &parameters, sessions_rows,
        asking_new((struct asking){.done.sessions = loaded, .arg = arg}));
}

static void ended_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->done.ended(asking->arg, rows ? row_int64(rows, 0, "ended") : 0, rows ? NULL : fault);
    memory_free(&asking);
}

void desk_end_sessions(struct store *store, struct desk_owner owner, int64_t number,
    const unsigned char kept[DIGEST_SIZE], desk_sessions_ended *ended, void *arg)
{
    struct parameters parameters;
    owner_set(&parameters, owner);
    parameters_int64(&parameters, number);
    parameters_bytes(&parameters, kept, DIGEST_SIZE);
    parameters_text(&parameters, DESK_SESSIONS_ENDED_EVENT);
    run(store, QUERY_DESK_SESSIONS_END, &parameters, ended_rows,
        asking_new((struct asking){.done.ended = ended, .arg = arg}));
}

static void life_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct desk_happening *happenings = rows_list(rows, sizeof *happenings);
    for (size_t i = 0; i < count; i++) {
        int row = (int)i;
        happenings[i] = (struct desk_happening){row_instant(rows, row, "at"), row_text(rows, row, "action"),
            row_text(rows, row, "actor"), row_text(rows, row, "channel"), row_text(rows, row, "school"),
            row_text(rows, row, "of_login")};
    }
    asking->done.life(asking->arg, happenings, count, rows ? NULL : fault);
    memory_free(&happenings);
    memory_free(&asking);
}

void desk_load_life(struct store *store, struct desk_owner owner, int64_t limit, desk_life_loaded *loaded, void *arg)
{
    struct parameters parameters;
    owner_set(&parameters, owner);
    parameters_int64(&parameters, limit);
    run(store, QUERY_DESK_LIFE, &parameters, life_rows, asking_new((struct asking){.done.life = loaded, .arg = arg}));
}

static void data_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->done.data(asking->arg, rows ? row_text(rows, 0, "data") : NULL, rows ? NULL : fault);
    memory_free(&asking);
}

void desk_load_data(struct store *store, struct desk_owner owner, desk_data_loaded *loaded, void *arg)
{
    struct parameters parameters;
    owner_set(&parameters, owner);
    parameters_text(&parameters, DESK_DATA_EVENT);
    run(store, QUERY_DESK_DATA, &parameters, data_rows, asking_new((struct asking){.done.data = loaded, .arg = arg}));
}
