#include "store/reminder.h"

#include "domain/reminder.h"
#include "runtime/memory.h"
#include "store/query.h"

#include <string.h>

/* Whom to tell: one of them. */
struct asking {
    reminder_chosen *chosen;
    reminder_loaded *loaded;
    reminder_owed *owed;
    reminder_night_loaded *night_loaded;
    reminder_night_ended *night_ended;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void add_roles(struct parameters *parameters)
{
    const char *codes[ROLE_COUNT];
    size_t count = 0;
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        if (reminder_role_may((enum administrator_role)role)) {
            codes[count++] = role_code((enum administrator_role)role);
        }
    }
    parameters_text_array(parameters, codes, count);
}

static void choose_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    bool is_known = rows && rows_count(rows) > 0;
    asking->chosen(asking->arg, is_known, is_known && row_bool(rows, 0, "is_changed"), fault);
    memory_free(&asking);
}

void reminder_choose(struct store *store, const struct reminder_asked *asked, reminder_chosen *chosen, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, asked->administrator.v);
    parameters_int64(&parameters, asked->days);
    add_roles(&parameters);
    parameters_uuid(&parameters, asked->request);
    parameters_text(&parameters, asked->method);
    parameters_text(&parameters, audit_action_code(AUDIT_REMINDER_ASKED));
    parameters_text(&parameters, audit_action_code(AUDIT_REMINDER_DECLINED));
    parameters_text(&parameters, asked->trace);
    store_run(store, QUERY_REMINDER_CHOOSE, &parameters, choose_rows,
        asking_new((struct asking){.chosen = chosen, .arg = arg}));
    parameters_clear(&parameters);
}

static enum reminder_end end_of(const struct rows *rows)
{
    static const struct {
        const char *state;
        enum reminder_end end;
    } ends[] = {
        {"sent",      REMINDER_SENT     },
        {"failed",    REMINDER_FAILED   },
        {"cancelled", REMINDER_CANCELLED},
    };
    if (row_is_null(rows, 0, "last_state")) {
        return REMINDER_NONE;
    }
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (strcmp(ends[i].state, row_text(rows, 0, "last_state")) == 0) {
            return ends[i].end;
        }
    }
    return REMINDER_WAITS;
}

static void load_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct reminder_standing standing = {0};
    if (rows) {
        standing = (struct reminder_standing){
            .days = row_is_null(rows, 0, "days_ahead") ? 0 : (int)row_int64(rows, 0, "days_ahead"),
            .last = end_of(rows),
            .last_at = row_instant(rows, 0, "last_at"),
        };
    }
    asking->loaded(asking->arg, rows ? &standing : NULL, fault);
    memory_free(&asking);
}

void reminder_load(struct store *store, administrator_id administrator, reminder_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, administrator.v);
    store_run(
        store, QUERY_REMINDER_LOAD, &parameters, load_rows, asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void owe_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    bool is_more = rows && !row_is_null(rows, 0, "last");
    asking->owed(asking->arg, is_more ? row_int64(rows, 0, "last") : 0, rows ? row_int64(rows, 0, "owed") : 0, fault);
    memory_free(&asking);
}

void reminder_owe(struct store *store, const struct reminder_night *night, int64_t after, int64_t limit,
    reminder_owed *owed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, after);
    parameters_int64(&parameters, limit);
    add_roles(&parameters);
    parameters_instant(&parameters, night->now);
    parameters_date(&parameters, &night->today);
    parameters_text(&parameters, night->zone);
    store_run(store, QUERY_REMINDER_OWE, &parameters, owe_rows, asking_new((struct asking){.owed = owed, .arg = arg}));
    parameters_clear(&parameters);
}

static void night_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    bool is_any = rows && rows_count(rows) > 0;
    asking->night_loaded(asking->arg, is_any ? row_instant(rows, 0, "finished_at") : INSTANT_NEVER, fault);
    memory_free(&asking);
}

void reminder_load_night(struct store *store, struct date today, reminder_night_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_date(&parameters, &today);
    store_run(store, QUERY_REMINDER_NIGHT_LOAD, &parameters, night_rows,
        asking_new((struct asking){.night_loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void end_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)rows;
    struct asking *asking = arg;
    asking->night_ended(asking->arg, fault);
    memory_free(&asking);
}

void reminder_end_night(struct store *store, const struct reminder_night *night, struct instant before,
    reminder_night_ended *ended, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_date(&parameters, &night->today);
    parameters_instant(&parameters, night->now);
    parameters_instant(&parameters, before);
    store_run(store, QUERY_REMINDER_NIGHT_END, &parameters, end_rows,
        asking_new((struct asking){.night_ended = ended, .arg = arg}));
    parameters_clear(&parameters);
}
