#include "store/account_page.h"

#include "runtime/memory.h"
#include "store/query.h"

/* Of a browser that waits for its page. */
#define PATIENCE SECONDS(10)

/* Whom to tell: one of them. */
struct asking {
    account_person_loaded *person;
    account_relatives_loaded *relatives;
    account_joined_loaded *joined;
    account_happenings_loaded *happenings;
    void *arg;
    bool are_children;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void run_here(
    struct store *store, enum query query, const struct account_asked *asked, store_done *done, struct asking *asking)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, asked->school->academy.v);
    parameters_text(&parameters, asked->school->uai.text);
    parameters_int64(&parameters, asked->academy.v);
    parameters_int64(&parameters, asked->id.v);
    store_run_within(store, query, &parameters, PATIENCE, done, asking);
    parameters_clear(&parameters);
}

static struct account_record record_from_row(const struct rows *rows, int row)
{
    return (struct account_record){
        .degree = row_bool(rows, row, "in_second_degree") ? DEGREE_2 : DEGREE_1,
        .civilite = row_text(rows, row, "civilite"),
        .nom = row_text(rows, row, "nom"),
        .prenom = row_text(rows, row, "prenom"),
        .birth_date = row_date(rows, row, "birth_date"),
        .mail = row_text(rows, row, "mail"),
        .mail_is_anothers = row_bool(rows, row, "is_anothers"),
        .mobile = row_text(rows, row, "mobile"),
        .address = row_text(rows, row, "adresse"),
        .postal_code = row_text(rows, row, "code_postal"),
        .town = row_text(rows, row, "ville"),
        .country = row_text(rows, row, "pays"),
        .changed_at = row_instant(rows, row, "changed_at"),
    };
}

static void came_back_from_row(const struct rows *rows, int row, struct account_person *person)
{
    if (person->came_back[0] == '\0' && !row_is_null(rows, row, "came_back")) {
        person->came_back = row_text(rows, row, "came_back");
        person->came_back_at = row_instant(rows, row, "came_back_at");
        person->came_back_why = row_text(rows, row, "came_back_why");
    }
}

static void person_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct account_record *records = rows_list(rows, sizeof *records);
    struct account_person person = {.came_back = "", .came_back_why = "", .records = records, .record_count = count};
    for (size_t i = 0; i < count; i++) {
        records[i] = record_from_row(rows, (int)i);
        came_back_from_row(rows, (int)i, &person);
    }
    if (count > 0) {
        account_from_row(rows, 0, &person.stored);
        person.own_mobile = row_text(rows, 0, "own_mobile");
        person.created_at = row_instant(rows, 0, "created_at");
        person.last_sign_in_at = row_instant(rows, 0, "last_sign_in_at");
        person.elsewhere = row_int64(rows, 0, "elsewhere");
        person.opened_by = row_text(rows, 0, "opened_by");
    }
    asking->person(asking->arg, count > 0 ? &person : NULL, rows ? NULL : fault);
    memory_free(&records);
    memory_free(&asking);
}

void account_page_load(struct store *store, const struct account_asked *asked, account_person_loaded *loaded, void *arg)
{
    run_here(store, QUERY_ACCOUNT_PAGE, asked, person_rows, asking_new((struct asking){.person = loaded, .arg = arg}));
}

static struct account_relative relative_from_row(const struct rows *rows, int row, bool is_child)
{
    struct account_relative relative = {
        .nom = row_text(rows, row, "nom"),
        .prenom = row_text(rows, row, "prenom"),
        .academy = {(int16_t)row_int64(rows, row, "academy")},
        .id = {row_int64(rows, row, "id")},
        .state = row_text(rows, row, "state"),
    };
    if (is_child) {
        relative.school = row_text(rows, row, "school");
        relative.class = row_text(rows, row, "class");
        relative.birth_date = row_date(rows, row, "birth_date");
        relative.changed_at = row_instant(rows, row, "changed_at");
    }
    return relative;
}

static void relatives_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct account_relative *relatives = rows_list(rows, sizeof *relatives);
    for (size_t i = 0; i < count; i++) {
        relatives[i] = relative_from_row(rows, (int)i, asking->are_children);
    }
    asking->relatives(asking->arg, relatives, count, rows ? NULL : fault);
    memory_free(&relatives);
    memory_free(&asking);
}

void account_page_load_children(
    struct store *store, const struct account_asked *asked, account_relatives_loaded *loaded, void *arg)
{
    run_here(store, QUERY_ACCOUNT_PAGE_CHILDREN, asked, relatives_rows,
        asking_new((struct asking){.relatives = loaded, .arg = arg, .are_children = true}));
}

void account_page_load_guardians(
    struct store *store, const struct account_asked *asked, account_relatives_loaded *loaded, void *arg)
{
    run_here(store, QUERY_ACCOUNT_PAGE_GUARDIANS, asked, relatives_rows,
        asking_new((struct asking){.relatives = loaded, .arg = arg}));
}

static void joined_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    bool is_there = rows_length(rows) > 0;
    asking->joined(asking->arg, (academy_code){(int16_t)(is_there ? row_int64(rows, 0, "academy") : 0)},
        (account_id){is_there ? row_int64(rows, 0, "id") : 0}, fault);
    memory_free(&asking);
}

void account_page_load_joined(
    struct store *store, const struct account_asked *asked, account_joined_loaded *loaded, void *arg)
{
    run_here(store, QUERY_ACCOUNT_PAGE_JOINED, asked, joined_rows,
        asking_new((struct asking){.joined = loaded, .arg = arg}));
}

static void happenings_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct account_happening *happenings = rows_list(rows, sizeof *happenings);
    for (size_t i = 0; i < count; i++) {
        int row = (int)i;
        happenings[i] = (struct account_happening){row_instant(rows, row, "at"), row_text(rows, row, "action"),
            row_text(rows, row, "actor"), row_text(rows, row, "administrator"), row_text(rows, row, "channel"),
            row_text(rows, row, "of_login")};
    }
    asking->happenings(asking->arg, happenings, count, rows ? NULL : fault);
    memory_free(&happenings);
    memory_free(&asking);
}

void account_page_load_happenings(
    struct store *store, const struct account_asked *asked, account_happenings_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, asked->school->uai.text);
    parameters_int64(&parameters, asked->academy.v);
    parameters_int64(&parameters, asked->id.v);
    store_run_within(store, QUERY_ACCOUNT_PAGE_EVENTS, &parameters, PATIENCE, happenings_rows,
        asking_new((struct asking){.happenings = loaded, .arg = arg}));
    parameters_clear(&parameters);
}
