#include "store/audit.h"

#include "runtime/log.h"
#include "runtime/memory.h"
#include "store/audit_row.h"
#include "store/query.h"

#include <assert.h>

/* --- writing --- */

struct writing {
    audit_written *written;
    void *arg;
    enum audit_action action;
};

static void write_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)rows;
    struct writing *writing = arg;
    if (writing->written) {
        writing->written(writing->arg, fault);
    } else if (fault) {
        log_event(LOG_ERR, "audit_not_written", F("action", audit_action_code(writing->action)), F("fault", fault));
    }
    memory_free(&writing);
}

static void details_give(struct parameters *parameters, const struct audit_deed *deed)
{
    const char *keys[AUDIT_DETAILS_MAX];
    const char *values[AUDIT_DETAILS_MAX];
    assert(deed->detail_count <= AUDIT_DETAILS_MAX);
    for (size_t i = 0; i < deed->detail_count; i++) {
        keys[i] = deed->details[i].key;
        values[i] = deed->details[i].value;
    }
    parameters_text_array(parameters, keys, deed->detail_count);
    parameters_text_array(parameters, values, deed->detail_count);
}

static void number_give(struct parameters *parameters, int64_t number, bool is_given)
{
    if (is_given) {
        parameters_int64(parameters, number);
    } else {
        parameters_null(parameters);
    }
}

void audit_write(struct store *store, const struct audit_deed *deed, audit_written *written, void *arg)
{
    struct writing *writing = checked_malloc(sizeof *writing);
    *writing = (struct writing){written, arg, deed->action};
    struct parameters parameters;
    parameters_init(&parameters);
    number_give(&parameters, deed->academy.v, deed->academy.v >= 0);
    parameters_int64(&parameters, deed->author.administrator.v);
    parameters_text(&parameters, deed->author.operator_name);
    parameters_text(&parameters, audit_action_code(deed->action));
    parameters_text(&parameters, deed->uai);
    number_give(&parameters, deed->account_academy.v, deed->account.v != 0);
    number_give(&parameters, deed->account.v, deed->account.v != 0);
    details_give(&parameters, deed);
    parameters_text(&parameters, deed->author.trace);
    store_run(store, QUERY_AUDIT_WRITE, &parameters, write_rows, writing);
    parameters_clear(&parameters);
}

/* --- reading --- */

struct asking {
    audit_loaded *loaded;
    audit_heads_loaded *heads_loaded;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void page_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    struct audit_listed *entries = checked_calloc(count + 1, sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        entries[i] = audit_listed_from_row(rows, (int)i);
    }
    asking->loaded(asking->arg, rows ? entries : NULL, count, fault);
    memory_free(&entries);
    memory_free(&asking);
}

void audit_load(struct store *store, const struct audit_asked *asked, audit_loaded *loaded, void *arg)
{
    assert(asked->reader.v != 0); /* on the loop are the daemons: none of them reads for the operator */
    struct parameters parameters;
    audit_asked_give(&parameters, asked);
    store_run(
        store, QUERY_AUDIT_PAGE, &parameters, page_rows, asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void heads_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    struct audit_anchor *heads = checked_calloc(count + 1, sizeof *heads);
    for (size_t i = 0; i < count; i++) {
        heads[i].chain = (int)row_int64(rows, (int)i, "chain");
        heads[i].number = row_int64(rows, (int)i, "number");
        bool is_hash = audit_hash_parse(row_text(rows, (int)i, "hash"), &heads[i].hash);
        assert(is_hash); /* encode(…, 'hex') of 32 bytes */
        (void)is_hash;
    }
    asking->heads_loaded(asking->arg, rows ? heads : NULL, count, fault);
    memory_free(&heads);
    memory_free(&asking);
}

void audit_load_heads(struct store *store, audit_heads_loaded *loaded, void *arg)
{
    store_run(
        store, QUERY_AUDIT_HEADS, NULL, heads_rows, asking_new((struct asking){.heads_loaded = loaded, .arg = arg}));
}
