#include "store/document.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>

struct asking {
    document_ordered *ordered;
    document_claimed *claimed;
    document_loaded *loaded;
    delivery_recorded *recorded;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

#define COPY_TEXT(out, rows, row, column) snprintf((out), sizeof(out), "%s", row_text((rows), (row), (column)))

static void order_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    if (count == 0) {
        asking->ordered(asking->arg, NULL, fault);
        memory_free(&asking);
        return;
    }
    struct sheet_due *sheets = checked_calloc(count, sizeof *sheets);
    for (size_t i = 0; i < count; i++) {
        sheets[i].academy.v = (int16_t)row_int64(rows, (int)i, "academy");
        sheets[i].id.v = row_int64(rows, (int)i, "id");
        sheets[i].class = row_int64(rows, (int)i, "class");
        sheets[i].page = row_int64(rows, (int)i, "page");
        sheets[i].part = (int)row_int64(rows, (int)i, "part");
        COPY_TEXT(sheets[i].trace, rows, (int)i, "trace");
    }
    const struct batch_due due = {
        .academy = {(int16_t)row_int64(rows, 0, "batch_academy")},
        .batch = {row_int64(rows, 0, "batch_id")},
        .pages_all = row_int64(rows, 0, "pages_all"),
        .sheets = sheets,
        .count = count,
    };
    asking->ordered(asking->arg, &due, fault);
    memory_free(&sheets);
    memory_free(&asking);
}

void document_order(struct store *store, document_ordered *ordered, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    store_run(store, QUERY_DOCUMENT_ORDER, &parameters, order_rows,
        asking_new((struct asking){.ordered = ordered, .arg = arg}));
    parameters_clear(&parameters);
}

static void sheet_from_row(const struct rows *rows, int row, struct owed_sheet *out_sheet)
{
    *out_sheet = (struct owed_sheet){
        .delivery = {{(int16_t)row_int64(rows, row, "academy")}, {row_int64(rows, row, "id")},
                     row_int64(rows,                row, "attempts")},
        .account = {row_int64(rows,                               row,                                                           "account_id")},
        .is_opened = row_bool(rows, row, "is_opened"),
        .is_closed = row_bool(rows, row, "is_closed"),
        .password_expires_at = row_instant(rows, row, "notification_expires_at"),
    };
    bool known = profile_from_code(row_text(rows, row, "profile"), &out_sheet->profile) &&
                 password_kind_from_code(row_text(rows, row, "password"), &out_sheet->password);
    assert(known);
    size_t length = row_bytes(rows, row, "sealed", out_sheet->sealed, sizeof out_sheet->sealed);
    out_sheet->sealed_length = length <= sizeof out_sheet->sealed ? length : 0; /* none that we sealed is longer */
    COPY_TEXT(out_sheet->login, rows, row, "login");
    COPY_TEXT(out_sheet->civilite, rows, row, "civilite");
    COPY_TEXT(out_sheet->nom, rows, row, "nom");
    COPY_TEXT(out_sheet->prenom, rows, row, "prenom");
    COPY_TEXT(out_sheet->adresse, rows, row, "adresse");
    COPY_TEXT(out_sheet->code_postal, rows, row, "code_postal");
    COPY_TEXT(out_sheet->ville, rows, row, "ville");
    COPY_TEXT(out_sheet->pays, rows, row, "pays");
    COPY_TEXT(out_sheet->class_label, rows, row, "class");
    COPY_TEXT(out_sheet->children, rows, row, "children");
}

static void claim_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    if (count == 0) {
        asking->claimed(asking->arg, NULL, fault);
        memory_free(&asking);
        return;
    }
    struct owed_sheet *sheets = checked_calloc(count, sizeof *sheets);
    for (size_t i = 0; i < count; i++) {
        sheet_from_row(rows, (int)i, &sheets[i]);
    }
    struct owed_document document = {
        .academy = {(int16_t)row_int64(rows, 0, "batch_academy")},
        .batch = {row_int64(rows, 0, "batch_id")},
        .sheets = sheets,
        .count = count,
    };
    COPY_TEXT(document.school, rows, 0, "school");
    COPY_TEXT(document.city, rows, 0, "city");
    asking->claimed(asking->arg, &document, fault);
    memory_free(&sheets);
    memory_free(&asking);
}

void document_claim(
    struct store *store, const struct batch_due *part, struct duration lease, document_claimed *claimed, void *arg)
{
    struct parameters parameters;
    int64_t *academies = checked_calloc(part->count * 2, sizeof *academies), *numbers = academies + part->count;
    for (size_t i = 0; i < part->count; i++) {
        academies[i] = part->sheets[i].academy.v;
        numbers[i] = part->sheets[i].id.v;
    }
    parameters_init(&parameters);
    parameters_int64(&parameters, part->academy.v);
    parameters_int64(&parameters, part->batch.v);
    parameters_int64_array(&parameters, academies, part->count);
    parameters_int64_array(&parameters, numbers, part->count);
    parameters_duration(&parameters, lease);
    store_run(store, QUERY_DOCUMENT_CLAIM, &parameters, claim_rows,
        asking_new((struct asking){.claimed = claimed, .arg = arg}));
    parameters_clear(&parameters);
    memory_free(&academies);
}

static void record_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)rows;
    struct asking *asking = arg;
    asking->recorded(asking->arg, fault);
    memory_free(&asking);
}

static void add_deliveries(struct parameters *parameters, const struct document_made *made)
{
    int64_t *numbers = checked_calloc(made->pages * 3, sizeof *numbers);
    int64_t *academies = numbers, *ids = numbers + made->pages, *attempts = numbers + 2 * made->pages;
    for (size_t i = 0; i < made->pages; i++) {
        academies[i] = made->deliveries[i].academy.v;
        ids[i] = made->deliveries[i].id.v;
        attempts[i] = made->deliveries[i].attempt;
    }
    parameters_int64_array(parameters, academies, made->pages);
    parameters_int64_array(parameters, ids, made->pages);
    parameters_int64_array(parameters, attempts, made->pages);
    parameters_int64_array(parameters, made->numbers, made->pages);
    memory_free(&numbers);
}

void document_store(struct store *store, const struct document_made *made, delivery_recorded *recorded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, made->academy.v);
    parameters_int64(&parameters, made->batch.v);
    parameters_int64(&parameters, made->part);
    parameters_bytes(&parameters, made->sealed, made->sealed_length);
    parameters_int64(&parameters, (int64_t)made->pages);
    parameters_duration(&parameters, made->kept_for);
    add_deliveries(&parameters, made);
    store_run(store, QUERY_DOCUMENT_STORE, &parameters, record_rows,
        asking_new((struct asking){.recorded = recorded, .arg = arg}));
    parameters_clear(&parameters);
}

static void load_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    if (!rows || rows_count(rows) == 0) {
        asking->loaded(asking->arg, NULL, fault);
        memory_free(&asking);
        return;
    }
    struct document_found found = {
        .was_made = row_bool(rows, 0, "was_made"),
        .is_waiting = row_bool(rows, 0, "is_waiting"),
        .others = row_int64(rows, 0, "others"),
        .pages = (int)row_int64(rows, 0, "pages"),
        .batch_created_at = row_instant(rows, 0, "created_at"),
    };
    COPY_TEXT(found.school, rows, 0, "school");
    unsigned char *sealed = NULL;
    if (!row_is_null(rows, 0, "sealed")) {
        found.sealed_length = row_bytes(rows, 0, "sealed", NULL, 0);
        sealed = checked_calloc(found.sealed_length + 1, 1);
        row_bytes(rows, 0, "sealed", sealed, found.sealed_length);
        found.sealed = sealed;
    }
    asking->loaded(asking->arg, &found, fault);
    memory_free(&sealed);
    memory_free(&asking);
}

void document_load(struct store *store, const struct audit_author *author, academy_code academy, const char *uai,
    batch_id batch, int part, document_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, author->administrator.v);
    parameters_int64(&parameters, academy.v);
    parameters_text(&parameters, uai);
    parameters_int64(&parameters, batch.v);
    parameters_int64(&parameters, part);
    parameters_text(&parameters, audit_action_code(AUDIT_SHEETS_FETCHED));
    parameters_text(&parameters, author->trace);
    store_run(
        store, QUERY_DOCUMENT_LOAD, &parameters, load_rows, asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

void document_erase_old(struct store *store, delivery_recorded *erased, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    store_run(store, QUERY_DOCUMENT_ERASE_OLD, &parameters, record_rows,
        asking_new((struct asking){.recorded = erased, .arg = arg}));
    parameters_clear(&parameters);
}
