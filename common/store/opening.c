#include "store/opening.h"

#include "runtime/memory.h"
#include "store/opening_query.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>

/* Whom to tell: one of them. */
struct asking {
    opening_loaded *loaded;
    opening_schools_loaded *schools_loaded;
    opening_people_loaded *people_loaded;
    opening_applied *applied;
    opening_counted *counted;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static size_t bytes_of(const struct rows *rows, int row, const char *column, void *out_bytes, size_t size)
{
    size_t length = row_bytes(rows, row, column, out_bytes, size);
    assert(length <= size); /* what we stored ourselves */
    return length;
}

static void account_of_row(const struct rows *rows, struct opening_account *out_account)
{
    account_from_row(rows, 0, &out_account->stored);
    out_account->sealed_length = bytes_of(rows, 0, "sealed", out_account->sealed, sizeof out_account->sealed);
    out_account->answer_length = bytes_of(rows, 0, "stored_answer", out_account->answer, sizeof out_account->answer);
    out_account->changed_at = row_instant(rows, 0, "credential_changed_at");
    out_account->is_answered = !row_is_null(rows, 0, "stored_answer");
    snprintf(out_account->hash, sizeof out_account->hash, "%s", row_text(rows, 0, "hash"));
}

static void account_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct opening_account account = {0};
    bool found = rows && rows_count(rows) > 0;
    if (found) {
        account_of_row(rows, &account);
    }
    asking->loaded(asking->arg, found ? &account : NULL, fault);
    memory_free(&asking);
}

void opening_load_by(
    struct store *store, enum query query, const struct parameters *parameters, opening_loaded *loaded, void *arg)
{
    store_run(store, query, parameters, account_rows, asking_new((struct asking){.loaded = loaded, .arg = arg}));
}

void opening_load_by_login(struct store *store, const char *login, opening_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, login);
    opening_load_by(store, QUERY_OPENING_SIGN_IN, &parameters, loaded, arg);
    parameters_clear(&parameters);
}

void opening_load(struct store *store, academy_code academy, account_id id, const unsigned char *request,
    opening_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, id.v);
    parameters_uuid(&parameters, request);
    opening_load_by(store, QUERY_OPENING_ACCOUNT, &parameters, loaded, arg);
    parameters_clear(&parameters);
}

static void schools_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    const char **names = checked_calloc(count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        names[i] = row_text(rows, (int)i, "name");
    }
    asking->schools_loaded(asking->arg, rows ? names : NULL, count, fault);
    memory_free(&names);
    memory_free(&asking);
}

void opening_load_schools(
    struct store *store, academy_code academy, account_id id, opening_schools_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, id.v);
    store_run(store, QUERY_OPENING_SCHOOLS, &parameters, schools_rows,
        asking_new((struct asking){.schools_loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void person_of_row(const struct rows *rows, int row, struct opening_person *out_person)
{
    out_person->is_child = row_int64(rows, row, "rank") == 1;
    out_person->academy.v = (int16_t)row_int64(rows, row, "academy");
    out_person->degree = (int)row_int64(rows, row, "degree");
    out_person->aaf_id = row_int64(rows, row, "aaf_id");
    out_person->birth_date = row_date(rows, row, "birth_date");
    snprintf(out_person->nom, sizeof out_person->nom, "%s", row_text(rows, row, "nom"));
    snprintf(out_person->prenom, sizeof out_person->prenom, "%s", row_text(rows, row, "prenom"));
    snprintf(out_person->mail, sizeof out_person->mail, "%s", row_text(rows, row, "mail"));
    snprintf(out_person->school, sizeof out_person->school, "%s", row_text(rows, row, "school"));
    snprintf(out_person->class_label, sizeof out_person->class_label, "%s", row_text(rows, row, "class"));
}

static void people_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    struct opening_person *people = checked_calloc(count + 1, sizeof *people);
    for (size_t i = 0; i < count; i++) {
        person_of_row(rows, (int)i, &people[i]);
    }
    asking->people_loaded(asking->arg, rows ? people : NULL, count, fault);
    memory_free(&people);
    memory_free(&asking);
}

void opening_load_people_by(struct store *store, enum query query, const struct parameters *parameters,
    opening_people_loaded *loaded, void *arg)
{
    store_run(store, query, parameters, people_rows, asking_new((struct asking){.people_loaded = loaded, .arg = arg}));
}

void opening_load_people(
    struct store *store, academy_code academy, account_id id, opening_people_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, id.v);
    opening_load_people_by(store, QUERY_OPENING_PEOPLE, &parameters, loaded, arg);
    parameters_clear(&parameters);
}

static void applied_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)rows;
    struct asking *asking = arg;
    asking->applied(asking->arg, fault);
    memory_free(&asking);
}

void opening_apply(struct store *store, const struct opening_change *change, opening_applied *applied, void *arg)
{
    const struct account *account = &change->outcome->account;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, account->academy.v);
    parameters_int64(&parameters, account->id.v);
    parameters_int64(&parameters, account->version);
    parameters_text(&parameters, state_code(account->state));
    parameters_text(&parameters, origin_code(account->origin));
    parameters_text(&parameters, password_kind_code(account->password));
    parameters_instant(&parameters, account->activated_at);
    parameters_text(&parameters, change->hash);
    parameters_text(&parameters, change->email);
    parameters_instant(&parameters, change->link_expires_at);
    parameters_text(&parameters, action_code(change->action));
    parameters_uuid(&parameters, change->request);
    parameters_text(&parameters, change->method);
    parameters_bytes(&parameters, change->answer, change->answer_length);
    parameters_bool(&parameters, change->outcome->effects & EFFECT_END_SESSIONS);
    parameters_bool(&parameters, change->outcome->effects & EFFECT_TELL_SECURITY_CHANGE);
    parameters_instant(&parameters, change->changed_at);
    parameters_int64(&parameters, change->proof);
    parameters_text(&parameters, change->issuer);
    parameters_text(&parameters, change->subject);
    if (change->sealed_length > 0) {
        parameters_bytes(&parameters, change->sealed, change->sealed_length);
    } else {
        parameters_text(&parameters, NULL);
    }
    parameters_instant(&parameters, account->notification_expires_at);
    parameters_text(&parameters, change->peer);
    parameters_bool(&parameters, change->outcome->effects & EFFECT_TELL_OPENING);
    store_run(store, QUERY_OPENING_APPLY, &parameters, applied_rows,
        asking_new((struct asking){.applied = applied, .arg = arg}));
    parameters_clear(&parameters);
}

void opening_note_sign_in(struct store *store, academy_code academy, account_id id)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, id.v);
    store_run(store, QUERY_OPENING_SIGNED_IN, &parameters, NULL, NULL);
    parameters_clear(&parameters);
}

void opening_rehash(struct store *store, academy_code academy, account_id id, const char *before, const char *hash)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, id.v);
    parameters_text(&parameters, before);
    parameters_text(&parameters, hash);
    store_run(store, QUERY_OPENING_REHASHED, &parameters, NULL, NULL);
    parameters_clear(&parameters);
}

void opening_note_birth_date_refused(
    struct store *store, academy_code academy, account_id id, const char *subject, opening_applied *noted, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, id.v);
    parameters_text(&parameters, subject);
    store_run(store, QUERY_OPENING_BIRTH_DATE_REFUSED, &parameters, applied_rows,
        asking_new((struct asking){.applied = noted, .arg = arg}));
    parameters_clear(&parameters);
}

static void counted_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->counted(asking->arg, rows ? row_int64(rows, 0, "refused") : 0, fault);
    memory_free(&asking);
}

void opening_count_birth_dates_refused(
    struct store *store, academy_code academy, account_id id, opening_counted *counted, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, id.v);
    store_run(store, QUERY_OPENING_BIRTH_DATES_REFUSED, &parameters, counted_rows,
        asking_new((struct asking){.counted = counted, .arg = arg}));
    parameters_clear(&parameters);
}

void opening_erase_answers(struct store *store)
{
    store_run(store, QUERY_OPENING_ERASE_ANSWERS, NULL, NULL, NULL);
}
