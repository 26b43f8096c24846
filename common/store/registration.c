#include "store/registration.h"

#include "runtime/clock.h"
#include "runtime/memory.h"
#include "store/opening_query.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Whom to tell: one of them. */
struct asking {
    registration_begun *begun;
    registration_loaded *loaded;
    registration_moved *moved;
    registration_claimed *claimed;
    registration_counted *counted;
    registration_report_kept *kept;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void begun_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->begun(asking->arg, rows_length(rows) > 0 ? row_int64(rows, 0, "id") : 0, fault);
    memory_free(&asking);
}

void registration_begin(struct store *store, const struct registration_wish *wish, registration_begun *begun, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_uuid(&parameters, wish->request);
    parameters_text(&parameters, wish->match_name);
    parameters_text(&parameters, wish->mobile);
    parameters_duration(&parameters, wish->lifetime);
    parameters_text(&parameters, wish->is_recovery ? "recovery" : "open");
    parameters_text(&parameters, wish->asked_from);
    store_run(store, QUERY_REGISTRATION_BEGIN, &parameters, begun_rows,
        asking_new((struct asking){.begun = begun, .arg = arg}));
    parameters_clear(&parameters);
}

void registration_begin_for(
    struct store *store, const struct registration_missing *missing, registration_begun *begun, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_uuid(&parameters, missing->request);
    parameters_int64(&parameters, missing->academy.v);
    parameters_int64(&parameters, missing->account.v);
    parameters_text(&parameters, missing->mobile);
    parameters_duration(&parameters, missing->lifetime);
    store_run(store, QUERY_REGISTRATION_BEGIN_FOR, &parameters, begun_rows,
        asking_new((struct asking){.begun = begun, .arg = arg}));
    parameters_clear(&parameters);
}

void registration_begin_vouched(
    struct store *store, const struct registration_vouched *vouched, registration_begun *begun, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_uuid(&parameters, vouched->request);
    parameters_text_array(&parameters, vouched->names, vouched->name_count);
    parameters_text(&parameters, vouched->issuer);
    parameters_text(&parameters, vouched->subject);
    parameters_duration(&parameters, vouched->lifetime);
    store_run(store, QUERY_REGISTRATION_BEGIN_VOUCHED, &parameters, begun_rows,
        asking_new((struct asking){.begun = begun, .arg = arg}));
    parameters_clear(&parameters);
}

static enum registration_state state_of(const char *code)
{
    if (strcmp(code, "confirmed") == 0) {
        return REGISTRATION_CONFIRMED;
    }
    if (strcmp(code, "vouched") == 0) {
        return REGISTRATION_VOUCHED;
    }
    return strcmp(code, "proven") == 0 ? REGISTRATION_PROVEN : REGISTRATION_ASKED;
}

static void loaded_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct registration registration;
    bool found = rows && rows_count(rows) > 0;
    if (found) {
        registration = (struct registration){
            .state = state_of(row_text(rows, 0, "state")),
            .is_over = row_bool(rows, 0, "is_over"),
            .academy = {(int16_t)row_int64(rows, 0, "academy")},
            .account = {row_int64(rows, 0, "account_id")},
            .is_active = row_bool(rows, 0, "is_active"),
            .is_disputed = row_bool(rows, 0, "is_disputed"),
            .has_other = row_bool(rows, 0, "has_other"),
            .is_of_desk = row_bool(rows, 0, "is_of_desk"),
            .is_recovery = row_bool(rows, 0, "is_recovery"),
            .confirmed_at = row_instant(rows, 0, "confirmed_at"),
        };
        snprintf(registration.mobile, sizeof registration.mobile, "%s", row_text(rows, 0, "mobile"));
        snprintf(registration.issuer, sizeof registration.issuer, "%s", row_text(rows, 0, "issuer"));
        snprintf(registration.subject, sizeof registration.subject, "%s", row_text(rows, 0, "subject"));
    }
    asking->loaded(asking->arg, found ? &registration : NULL, fault);
    memory_free(&asking);
}

void registration_load(struct store *store, int64_t id, registration_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id);
    store_run(store, QUERY_REGISTRATION_LOAD, &parameters, loaded_rows,
        asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

void registration_load_people(struct store *store, int64_t id, opening_people_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id);
    opening_load_people_by(store, QUERY_REGISTRATION_PEOPLE, &parameters, loaded, arg);
    parameters_clear(&parameters);
}

static void moved_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->moved(asking->arg, rows_length(rows) > 0, fault);
    memory_free(&asking);
}

static void move(
    struct store *store, enum query query, const struct parameters *parameters, registration_moved *moved, void *arg)
{
    store_run(store, query, parameters, moved_rows, asking_new((struct asking){.moved = moved, .arg = arg}));
}

void registration_give_mobile(struct store *store, int64_t id, const char *mobile, const char *asked_from,
    struct duration lifetime, registration_moved *moved, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id);
    parameters_text(&parameters, mobile);
    parameters_duration(&parameters, lifetime);
    parameters_text(&parameters, asked_from);
    move(store, QUERY_REGISTRATION_GIVE_MOBILE, &parameters, moved, arg);
    parameters_clear(&parameters);
}

void registration_try(struct store *store, int64_t id, int64_t tries, registration_moved *moved, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id);
    parameters_int64(&parameters, tries);
    move(store, QUERY_REGISTRATION_TRY, &parameters, moved, arg);
    parameters_clear(&parameters);
}

void registration_prove(struct store *store, int64_t id, struct duration lifetime, struct duration mobile_validity,
    registration_moved *moved, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id);
    parameters_duration(&parameters, lifetime);
    parameters_duration(&parameters, mobile_validity);
    move(store, QUERY_REGISTRATION_PROVE, &parameters, moved, arg);
    parameters_clear(&parameters);
}

void registration_confirm(
    struct store *store, int64_t id, struct duration lifetime, registration_moved *moved, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id);
    parameters_duration(&parameters, lifetime);
    move(store, QUERY_REGISTRATION_CONFIRM, &parameters, moved, arg);
    parameters_clear(&parameters);
}

/* --- codes that are due --- */

static void code_of_row(const struct rows *rows, int row, struct registration_code *out_code)
{
    *out_code = (struct registration_code){
        .id = row_int64(rows, row, "id"),
        .attempt = row_int64(rows, row, "attempts"),
        .expires_at = row_instant(rows, row, "expires_at"),
        .is_notice = row_bool(rows, row, "is_notice"),
        .is_known = row_bool(rows, row, "is_known"),
        .is_flooded = row_bool(rows, row, "is_flooded"),
    };
    snprintf(out_code->mobile.e164, sizeof out_code->mobile.e164, "%s", row_text(rows, row, "mobile"));
    snprintf(out_code->trace, sizeof out_code->trace, "%s", row_text(rows, row, "trace"));
}

static void claimed_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct registration_code codes[REGISTRATION_CLAIM_MAX];
    size_t count = rows_length(rows);
    assert(count <= REGISTRATION_CLAIM_MAX); /* what was asked for */
    for (size_t i = 0; i < count; i++) {
        code_of_row(rows, (int)i, &codes[i]);
    }
    asking->claimed(asking->arg, rows ? codes : NULL, count, fault);
    memory_free(&asking);
}

void registration_claim(
    struct store *store, const struct registration_claim *claim, registration_claimed *claimed, void *arg)
{
    assert(claim->limit <= REGISTRATION_CLAIM_MAX);
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, claim->limit);
    parameters_duration(&parameters, claim->lease);
    parameters_int64(&parameters, claim->a_day);
    parameters_int64(&parameters, claim->a_day_of_all);
    parameters_duration(&parameters, claim->mobile_validity);
    store_run(store, QUERY_REGISTRATION_CLAIM, &parameters, claimed_rows,
        asking_new((struct asking){.claimed = claimed, .arg = arg}));
    parameters_clear(&parameters);
}

static void counted_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct registration_backlog backlog = {0};
    if (rows) {
        backlog.sent = row_int64(rows, 0, "sent");
        backlog.delivered = row_int64(rows, 0, "delivered");
        backlog.undelivered = row_int64(rows, 0, "undelivered");
        snprintf(backlog.lossy, sizeof backlog.lossy, "%s", row_text(rows, 0, "lossy"));
        backlog.waiting = row_int64(rows, 0, "waiting");
        backlog.oldest = row_instant(rows, 0, "oldest");
    }
    asking->counted(asking->arg, rows ? &backlog : NULL, fault);
    memory_free(&asking);
}

void registration_count_sent(struct store *store, registration_counted *counted, void *arg)
{
    store_run(store, QUERY_REGISTRATION_SENT_LATELY, NULL, counted_rows,
        asking_new((struct asking){.counted = counted, .arg = arg}));
}

void registration_note_code(struct store *store, int64_t id, const struct registration_told *told)
{
    static const char *const states[] = {
        [REGISTRATION_SENT] = "sent",
        [REGISTRATION_FAILED] = "failed",
        [REGISTRATION_AGAIN] = "waiting",
    };
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id);
    parameters_text(&parameters, states[told->outcome]);
    parameters_instant(&parameters, told->outcome == REGISTRATION_AGAIN ? told->due_at : clock_now());
    parameters_text(&parameters, told->provider);
    parameters_int64(&parameters, told->messages);
    store_run(store, QUERY_REGISTRATION_TOLD, &parameters, NULL, NULL);
    parameters_clear(&parameters);
}

/* --- what became of them --- */

const char *registration_delivery_code(enum registration_delivery delivery)
{
    static const char *const codes[REGISTRATION_DELIVERY_COUNT] = {
        [REGISTRATION_ACCEPTED] = "accepted",
        [REGISTRATION_DELIVERED] = "delivered",
        [REGISTRATION_REFUSED] = "refused",
        [REGISTRATION_UNDELIVERED] = "undelivered",
    };
    return codes[delivery];
}

static void reported_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct registration_reported reported;
    bool is_news = rows && rows_count(rows) > 0;
    if (is_news) {
        snprintf(reported.trace, sizeof reported.trace, "%s", row_text(rows, 0, "trace"));
    }
    asking->kept(asking->arg, is_news ? &reported : NULL, fault);
    memory_free(&asking);
}

void registration_report(struct store *store, int64_t id, int64_t attempt, enum registration_delivery delivery,
    registration_report_kept *kept, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id);
    parameters_int64(&parameters, attempt);
    parameters_text(&parameters, registration_delivery_code(delivery));
    store_run(store, QUERY_REGISTRATION_REPORT, &parameters, reported_rows,
        asking_new((struct asking){.kept = kept, .arg = arg}));
    parameters_clear(&parameters);
}

void registration_erase_old(struct store *store)
{
    store_run(store, QUERY_REGISTRATION_ERASE_OLD, NULL, NULL, NULL);
}
