#include "store/import_hold.h"

#include "runtime/cleanup.h"
#include "store/blocking_query.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Which figure a row says; those of both profiles that go into one are added. */
static const struct {
    const char *what, *profile;
    size_t offset;
} figure_rows[] = {
    {"live",         "eleve",       offsetof(struct import_hold_figures, pupils)            },
    {"live",         "responsable", offsetof(struct import_hold_figures, guardians)         },
    {"departed",     "eleve",       offsetof(struct import_hold_figures, pupils_departed)   },
    {"departed",     "responsable", offsetof(struct import_hold_figures, guardians_departed)},
    {"joined",       "eleve",       offsetof(struct import_hold_figures, pupils_joined)     },
    {"joined",       "responsable", offsetof(struct import_hold_figures, guardians_joined)  },
    {"renamed",      "eleve",       offsetof(struct import_hold_figures, identities_changed)},
    {"renamed",      "responsable", offsetof(struct import_hold_figures, identities_changed)},
    {"moved",        "eleve",       offsetof(struct import_hold_figures, moved)             },
    {"relinked",     "eleve",       offsetof(struct import_hold_figures, relinked)          },
    {"mailless",     "eleve",       offsetof(struct import_hold_figures, mails_gone)        },
    {"mailless",     "responsable", offsetof(struct import_hold_figures, mails_gone)        },
    {"mobileless",   "eleve",       offsetof(struct import_hold_figures, mobiles_gone)      },
    {"mobileless",   "responsable", offsetof(struct import_hold_figures, mobiles_gone)      },
    {"refused",      "eleve",       offsetof(struct import_hold_figures, refused)           },
    {"refused",      "responsable", offsetof(struct import_hold_figures, refused)           },
    {"read",         "eleve",       offsetof(struct import_hold_figures, read)              },
    {"read",         "responsable", offsetof(struct import_hold_figures, read)              },
    {"read_refused", "eleve",       offsetof(struct import_hold_figures, read_refused)      },
    {"headed",       "personnel",   offsetof(struct import_hold_figures, headed)            },
    {"headless",     "personnel",   offsetof(struct import_hold_figures, headless)          },
    {"read_refused", "responsable", offsetof(struct import_hold_figures, read_refused)      },
};

static bool figure_copied(void *arg, int count, char *const *values, struct fault *fault)
{
    (void)count;
    (void)fault;
    char *figures = arg;
    for (size_t i = 0; i < ARRAY_LENGTH(figure_rows); i++) {
        if (strcmp(values[0], figure_rows[i].what) == 0 && strcmp(values[1], figure_rows[i].profile) == 0) {
            *(int64_t *)(void *)(figures + figure_rows[i].offset) += strtoll(values[2], NULL, 10);
        }
    }
    return true;
}

static bool school_copied(void *arg, int count, char *const *values, struct fault *fault)
{
    (void)count;
    (void)fault;
    struct import_figures *figures = arg;
    if (figures->hold.school_count < IMPORT_SCHOOLS_JUDGED_MAX) {
        struct import_hold_school *school = &figures->schools[figures->hold.school_count++];
        (void)snprintf(school->uai.text, sizeof school->uai.text, "%s", values[0]);
        school->pupils = strtoll(values[1], NULL, 10);
        school->departed = strtoll(values[2], NULL, 10);
        school->moved = strtoll(values[3], NULL, 10);
        school->relinked = strtoll(values[4], NULL, 10);
    }
    return true;
}

static bool most_load(struct session *session, const struct import_now *now, struct instant memory_begins,
    struct import_hold_figures *figures, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, now->academy.v);
    parameters_int64(&parameters, now->degree);
    parameters_instant(&parameters, memory_begins);
    if (!session_ask(session, QUERY_IMPORT_HOLD_MOST, &parameters, &rows, fault)) {
        return false;
    }
    figures->pupils_most = row_int64(rows, 0, "pupils");
    figures->guardians_most = row_int64(rows, 0, "guardians");
    return true;
}

/* What it would do to those who are known. */
static bool changes_load(struct session *session, const struct import_now *now, struct instant memory_begins,
    struct import_figures *figures, struct fault *fault)
{
    return session_run_plain(session, QUERY_IMPORT_HOLD_MOVED, fault) &&
           session_run_plain(session, QUERY_IMPORT_HOLD_RELINKED, fault) &&
           session_run_plain(session, QUERY_IMPORT_HOLD_DEPARTED, fault) &&
           session_copy_read(session, QUERY_IMPORT_HOLD_FIGURES, figure_copied, &figures->hold, fault) &&
           session_copy_read(session, QUERY_IMPORT_HEADS_FIGURES, figure_copied, &figures->hold, fault) &&
           session_copy_read(session, QUERY_IMPORT_HOLD_SCHOOLS, school_copied, figures, fault) &&
           most_load(session, now, memory_begins, &figures->hold, fault);
}

bool import_load_figures(struct session *session, const struct import_now *now, struct instant memory_begins,
    struct import_figures *figures, struct fault *fault)
{
    struct import_hold_figures *hold = &figures->hold;
    hold->schools = figures->schools;
    if ((now->is_delta && !session_copy_read(session, QUERY_IMPORT_HOLD_LIVE, figure_copied, hold, fault)) ||
        !session_copy_read(session, QUERY_IMPORT_HOLD_READ, figure_copied, hold, fault)) {
        return false;
    }
    return hold->pupils + hold->guardians == 0 || changes_load(session, now, memory_begins, figures, fault);
}
