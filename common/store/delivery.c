#include "store/delivery.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct asking {
    delivery_claimed *claimed;
    delivery_recorded *recorded;
    delivery_backlog_loaded *backlog_loaded;
    void *arg;
};

static const char *const kind_codes[DELIVERY_KIND_COUNT] = {
    [DELIVERY_NOTIFICATION] = "notification",
    [DELIVERY_ACTIVATION] = "activation",
    [DELIVERY_PASSWORD_RESET] = "password_reset",
    [DELIVERY_PASSWORD_CHANGED] = "password_changed",
    [DELIVERY_REMINDER] = "reminder",
};

const char *delivery_kind_code(enum delivery_kind kind)
{
    assert((unsigned)kind < DELIVERY_KIND_COUNT);
    return kind_codes[kind];
}

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static enum delivery_kind kind_of(const char *code)
{
    unsigned kind = 0;
    while (kind < DELIVERY_KIND_COUNT && strcmp(kind_codes[kind], code) != 0) {
        kind++;
    }
    assert(kind < DELIVERY_KIND_COUNT); /* the query asks for these only */
    return (enum delivery_kind)kind;
}

#define COPY_TEXT(out, rows, row, column) snprintf((out), sizeof(out), "%s", row_text((rows), (row), (column)))

/* Of an administrator there is a name alone. */
static void who_from_row(const struct rows *rows, int row, struct owed_mail *out_mail)
{
    COPY_TEXT(out_mail->nom, rows, row, "nom");
    COPY_TEXT(out_mail->prenom, rows, row, "prenom");
    COPY_TEXT(out_mail->uai, rows, row, "uai");
}

static void account_from_row(const struct rows *rows, int row, struct owed_mail *out_mail)
{
    bool known = profile_from_code(row_text(rows, row, "profile"), &out_mail->profile) &&
                 password_kind_from_code(row_text(rows, row, "password"), &out_mail->password);
    assert(known);
    out_mail->account.v = row_int64(rows, row, "account_id");
    out_mail->password_expires_at = row_instant(rows, row, "notification_expires_at");
    out_mail->is_opened = row_bool(rows, row, "is_opened");
    out_mail->is_closed = row_bool(rows, row, "is_closed");
    size_t length = row_bytes(rows, row, "sealed", out_mail->sealed, sizeof out_mail->sealed);
    out_mail->sealed_length = length <= sizeof out_mail->sealed ? length : 0; /* none that we sealed is longer */
    COPY_TEXT(out_mail->login, rows, row, "login");
    COPY_TEXT(out_mail->children, rows, row, "children");
    COPY_TEXT(out_mail->school, rows, row, "school");
    COPY_TEXT(out_mail->city, rows, row, "city");
}

static void mail_from_row(const struct rows *rows, int row, struct owed_mail *out_mail)
{
    *out_mail = (struct owed_mail){
        .academy = {(int16_t)row_int64(rows, row, "academy")},
        .id = {row_int64(rows, row, "id")},
        .attempt = row_int64(rows, row, "attempts"),
        .created_at = row_instant(rows, row, "created_at"),
        .kind = kind_of(row_text(rows, row, "kind")),
        .is_repeat = row_bool(rows, row, "is_repeat"),
        .link_is_dead = row_bool(rows, row, "link_is_dead"),
        .batch_academy = {(int16_t)row_int64(rows, row, "batch_academy")},
        .batch = {row_int64(rows, row, "batch_id")},
        .confirmation = row_int64(rows, row, "confirmation_id"),
        .link_expires_at = row_instant(rows, row, "link_expires_at"),
    };
    COPY_TEXT(out_mail->recipient, rows, row, "recipient");
    COPY_TEXT(out_mail->message_id, rows, row, "message_id");
    who_from_row(rows, row, out_mail);
    if (out_mail->kind == DELIVERY_REMINDER) {
        out_mail->reminder = row_text(rows, row, "reminder");
        out_mail->is_unwanted = out_mail->reminder[0] == '\0';
    } else {
        account_from_row(rows, row, out_mail);
    }
}

static void claim_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    struct owed_mail *mails = checked_calloc(count + 1, sizeof *mails);
    for (size_t i = 0; i < count; i++) {
        mail_from_row(rows, (int)i, &mails[i]);
    }
    asking->claimed(asking->arg, rows ? mails : NULL, count, fault);
    memory_free(&mails);
    memory_free(&asking);
}

void delivery_claim(
    struct store *store, int64_t limit, struct duration lease, const char *domain, delivery_claimed *claimed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, limit);
    parameters_duration(&parameters, lease);
    parameters_text(&parameters, domain);
    store_run(store, QUERY_DELIVERY_CLAIM, &parameters, claim_rows,
        asking_new((struct asking){.claimed = claimed, .arg = arg}));
    parameters_clear(&parameters);
}

static void record_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)rows;
    struct asking *asking = arg;
    asking->recorded(asking->arg, fault);
    memory_free(&asking);
}

void delivery_sent(struct store *store, struct delivery_ref delivery, delivery_recorded *recorded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, delivery.academy.v);
    parameters_int64(&parameters, delivery.id.v);
    store_run(store, QUERY_DELIVERY_SENT, &parameters, record_rows,
        asking_new((struct asking){.recorded = recorded, .arg = arg}));
    parameters_clear(&parameters);
}

static void try_of(struct parameters *parameters, struct delivery_ref delivery)
{
    parameters_init(parameters);
    parameters_int64(parameters, delivery.academy.v);
    parameters_int64(parameters, delivery.id.v);
    parameters_int64(parameters, delivery.attempt);
}

void delivery_put_off(struct store *store, const struct delivery_unsent *unsent, struct instant due_at,
    delivery_recorded *recorded, void *arg)
{
    struct parameters parameters;
    try_of(&parameters, unsent->delivery);
    parameters_instant(&parameters, due_at);
    parameters_text(&parameters, delivery_reason_code(unsent->reason));
    parameters_bool(&parameters, unsent->may_have_left);
    parameters_text(&parameters, delivery_reason_code(DELIVERY_REASON_CANCELLED));
    parameters_text(&parameters, DELIVERY_CANCELLED_EVENT);
    store_run(store, QUERY_DELIVERY_PUT_OFF, &parameters, record_rows,
        asking_new((struct asking){.recorded = recorded, .arg = arg}));
    parameters_clear(&parameters);
}

void delivery_hold(
    struct store *store, const struct held_mail *mails, size_t count, delivery_recorded *recorded, void *arg)
{
    int64_t academies[DELIVERY_HELD_MAX], numbers[DELIVERY_HELD_MAX], attempts[DELIVERY_HELD_MAX];
    struct instant due[DELIVERY_HELD_MAX];
    assert(count <= DELIVERY_HELD_MAX);
    for (size_t i = 0; i < count; i++) {
        academies[i] = mails[i].delivery.academy.v;
        numbers[i] = mails[i].delivery.id.v;
        attempts[i] = mails[i].delivery.attempt;
        due[i] = mails[i].due_at;
    }
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64_array(&parameters, academies, count);
    parameters_int64_array(&parameters, numbers, count);
    parameters_int64_array(&parameters, attempts, count);
    parameters_instant_array(&parameters, due, count);
    parameters_text(&parameters, delivery_reason_code(DELIVERY_REASON_CANCELLED));
    parameters_text(&parameters, DELIVERY_CANCELLED_EVENT);
    store_run(store, QUERY_DELIVERY_HELD, &parameters, record_rows,
        asking_new((struct asking){.recorded = recorded, .arg = arg}));
    parameters_clear(&parameters);
}

static void delivery_end(
    struct store *store, const struct delivery_unsent *unsent, const char *state, struct asking *asking)
{
    struct parameters parameters;
    try_of(&parameters, unsent->delivery);
    parameters_text(&parameters, state);
    parameters_text(&parameters, delivery_reason_code(unsent->reason));
    parameters_bool(&parameters, unsent->may_have_left);
    store_run(store, QUERY_DELIVERY_ENDED, &parameters, record_rows, asking);
    parameters_clear(&parameters);
}

void delivery_failed(struct store *store, const struct delivery_unsent *unsent, delivery_recorded *recorded, void *arg)
{
    delivery_end(store, unsent, "failed", asking_new((struct asking){.recorded = recorded, .arg = arg}));
}

void delivery_cancelled(struct store *store, struct delivery_ref delivery, enum delivery_reason reason,
    delivery_recorded *recorded, void *arg)
{
    const struct delivery_unsent unsent = {.delivery = delivery, .reason = reason};
    delivery_end(store, &unsent, "cancelled", asking_new((struct asking){.recorded = recorded, .arg = arg}));
}

static void backlog_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct delivery_backlog backlog = {0};
    for (int row = 0; rows && row < rows_count(rows); row++) {
        bool is_mail = strcmp(row_text(rows, row, "channel"), "mail") == 0;
        *(is_mail ? &backlog.mails : &backlog.sheets) = row_int64(rows, row, "waiting");
        *(is_mail ? &backlog.oldest_mail : &backlog.oldest_sheet) = row_instant(rows, row, "oldest");
    }
    asking->backlog_loaded(asking->arg, rows ? &backlog : NULL, fault);
    memory_free(&asking);
}

void delivery_load_backlog(struct store *store, delivery_backlog_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    store_run(store, QUERY_DELIVERY_BACKLOG, &parameters, backlog_rows,
        asking_new((struct asking){.backlog_loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}
