#include "store/delivery.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct asking {
    delivery_reserved *reserved;
    delivery_stepped *stepped;
    delivery_recorded *recorded;
    delivery_unsent_recorded *unsent_recorded;
    delivery_backlog_loaded *backlog_loaded;
    void *arg;
};

static const char *const kind_codes[DELIVERY_KIND_COUNT] = {
    [DELIVERY_NOTIFICATION] = "notification",
    [DELIVERY_ACTIVATION] = "activation",
    [DELIVERY_EMAIL_CHANGE] = "email_change",
    [DELIVERY_EMAIL_CHANGE_ASKED] = "email_change_asked",
    [DELIVERY_EMAIL_CHANGED] = "email_changed",
    [DELIVERY_PASSWORD_RESET] = "password_reset",
    [DELIVERY_PASSWORD_CHANGED] = "password_changed",
    [DELIVERY_REMINDER] = "reminder",
    [DELIVERY_GUARDIAN_RESET] = "guardian_reset",
    [DELIVERY_FRANCECONNECT_LINKED] = "franceconnect_linked",
    [DELIVERY_FRANCECONNECT_UNLINKED] = "franceconnect_unlinked",
    [DELIVERY_ACCOUNTS_JOINED] = "accounts_joined",
    [DELIVERY_ACCOUNTS_SEPARATED] = "accounts_separated",
    [DELIVERY_ACCOUNT_OPENED] = "account_opened",
    [DELIVERY_MOBILE_CHANGED] = "mobile_changed",
    [DELIVERY_CONTACTS_FORGOTTEN] = "contacts_forgotten",
    [DELIVERY_FORGOTTEN_IDENTIFIER] = "forgotten_identifier",
    [DELIVERY_FORGOTTEN_PASSWORD] = "forgotten_password",
    [DELIVERY_NOT_OPENED] = "not_opened",
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
    out_mail->is_by_franceconnect = row_bool(rows, row, "is_by_franceconnect");
    out_mail->is_by_school = row_bool(rows, row, "is_by_school");
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
        .has_moved = row_bool(rows, row, "has_moved"),
        .batch_academy = {(int16_t)row_int64(rows, row, "batch_academy")},
        .batch = {row_int64(rows, row, "batch_id")},
        .confirmation = row_int64(rows, row, "confirmation_id"),
        .link_expires_at = row_instant(rows, row, "link_expires_at"),
    };
    COPY_TEXT(out_mail->recipient, rows, row, "recipient");
    COPY_TEXT(out_mail->message_id, rows, row, "message_id");
    COPY_TEXT(out_mail->new_email, rows, row, "new_email");
    who_from_row(rows, row, out_mail);
    if (out_mail->kind == DELIVERY_REMINDER) {
        out_mail->reminder = row_text(rows, row, "reminder");
        out_mail->is_unwanted = out_mail->reminder[0] == '\0';
    } else {
        account_from_row(rows, row, out_mail);
    }
}

static void reserve_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    struct owed_mail *mails = checked_calloc(count + 1, sizeof *mails);
    for (size_t i = 0; i < count; i++) {
        mail_from_row(rows, (int)i, &mails[i]);
    }
    asking->reserved(asking->arg, rows ? mails : NULL, count, fault);
    memory_free(&mails);
    memory_free(&asking);
}

void delivery_reserve(struct store *store, int64_t limit, struct duration lease, const char *domain,
    delivery_reserved *reserved, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, limit);
    parameters_duration(&parameters, lease);
    parameters_text(&parameters, domain);
    store_run(store, QUERY_DELIVERY_RESERVE, &parameters, reserve_rows,
        asking_new((struct asking){.reserved = reserved, .arg = arg}));
    parameters_clear(&parameters);
}

static void step_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct delivery_ref begun[DELIVERY_TOGETHER_MAX];
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    assert(count <= DELIVERY_TOGETHER_MAX); /* each was asked for */
    for (size_t i = 0; i < count; i++) {
        begun[i] = (struct delivery_ref){
            {(int16_t)row_int64(rows, (int)i, "academy")},
            {row_int64(rows, (int)i, "id")},
            row_int64(rows, (int)i, "attempts"),
        };
    }
    asking->stepped(asking->arg, rows ? begun : NULL, count, fault);
    memory_free(&asking);
}

/* The columns of the arrays that a query takes apart again. */
struct columns {
    int64_t academies[2 * DELIVERY_TOGETHER_MAX], numbers[2 * DELIVERY_TOGETHER_MAX],
        attempts[2 * DELIVERY_TOGETHER_MAX];
    size_t count;
};

static void columns_add(struct columns *columns, const struct delivery_ref *delivery)
{
    assert(columns->count < sizeof columns->academies / sizeof columns->academies[0]);
    columns->academies[columns->count] = delivery->academy.v;
    columns->numbers[columns->count] = delivery->id.v;
    columns->attempts[columns->count++] = delivery->attempt;
}

static void columns_of(struct parameters *parameters, const struct columns *columns)
{
    parameters_init(parameters);
    parameters_int64_array(parameters, columns->academies, columns->count);
    parameters_int64_array(parameters, columns->numbers, columns->count);
    parameters_int64_array(parameters, columns->attempts, columns->count);
}

void delivery_step(struct store *store, const struct delivery_step *step, delivery_stepped *stepped, void *arg)
{
    struct columns columns = {.count = 0};
    bool have_left[2 * DELIVERY_TOGETHER_MAX] = {false};
    assert(step->left_count <= DELIVERY_TOGETHER_MAX && step->begin_count <= DELIVERY_TOGETHER_MAX);
    for (size_t i = 0; i < step->left_count; i++) {
        have_left[i] = true;
        columns_add(&columns, &step->left[i]);
    }
    for (size_t i = 0; i < step->begin_count; i++) {
        columns_add(&columns, &step->begin[i]);
    }
    struct parameters parameters;
    columns_of(&parameters, &columns);
    parameters_bool_array(&parameters, have_left, columns.count);
    parameters_duration(&parameters, step->lease);
    store_run(store, QUERY_DELIVERY_STEP, &parameters, step_rows,
        asking_new((struct asking){.stepped = stepped, .arg = arg}));
    parameters_clear(&parameters);
}

static void record_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)rows;
    struct asking *asking = arg;
    asking->recorded(asking->arg, fault);
    memory_free(&asking);
}

static void try_of(struct parameters *parameters, struct delivery_ref delivery)
{
    parameters_init(parameters);
    parameters_int64(parameters, delivery.academy.v);
    parameters_int64(parameters, delivery.id.v);
    parameters_int64(parameters, delivery.attempt);
}

static void put_off_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    bool is_cancelled = rows && rows_count(rows) > 0 && row_bool(rows, 0, "is_cancelled");
    asking->unsent_recorded(asking->arg, is_cancelled, fault);
    memory_free(&asking);
}

void delivery_put_off(struct store *store, const struct delivery_unsent *unsent, struct duration pause,
    delivery_unsent_recorded *recorded, void *arg)
{
    struct parameters parameters;
    try_of(&parameters, unsent->delivery);
    parameters_duration(&parameters, pause);
    parameters_text(&parameters, delivery_reason_code(unsent->reason));
    parameters_bool(&parameters, unsent->may_have_left);
    parameters_text(&parameters, delivery_reason_code(DELIVERY_REASON_CANCELLED));
    parameters_text(&parameters, DELIVERY_CANCELLED_EVENT);
    store_run(store, QUERY_DELIVERY_PUT_OFF, &parameters, put_off_rows,
        asking_new((struct asking){.unsent_recorded = recorded, .arg = arg}));
    parameters_clear(&parameters);
}

void delivery_hold(
    struct store *store, const struct held_mail *mails, size_t count, delivery_recorded *recorded, void *arg)
{
    struct columns columns = {.count = 0};
    struct instant due[DELIVERY_TOGETHER_MAX];
    assert(count <= DELIVERY_TOGETHER_MAX);
    for (size_t i = 0; i < count; i++) {
        columns_add(&columns, &mails[i].delivery);
        due[i] = mails[i].due_at;
    }
    struct parameters parameters;
    columns_of(&parameters, &columns);
    parameters_instant_array(&parameters, due, count);
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
    const struct {
        const char *what;
        int64_t *waiting;
        struct instant *oldest;
    } places[] = {
        {"mail",  &backlog.mails,  &backlog.oldest_mail },
        {"sheet", &backlog.sheets, &backlog.oldest_sheet},
        {"help",  &backlog.help,   &backlog.oldest_help },
    };
    for (int row = 0; rows && row < rows_count(rows); row++) {
        for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
            if (strcmp(row_text(rows, row, "what"), places[i].what) == 0) {
                *places[i].waiting = row_int64(rows, row, "waiting");
                *places[i].oldest = row_instant(rows, row, "oldest");
            }
        }
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
