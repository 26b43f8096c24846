#include "portal/import_view.h"

#include "domain/school.h"
#include "portal/sentence.h"
#include "portal/wording.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { RATE_SIZE = 80, PROGRESS_SIZE = 300 };

static const struct {
    const char *code, *kind;
} states[] = {
    {"",         "info"   },
    {"running",  "info"   },
    {"applied",  "success"},
    {"refused",  "error"  },
    {"failed",   "error"  },
    {"held",     "warning"},
    {"checked",  "new"    },
    {"repeated", "info"   },
};

bool import_goes_on(const Preau__Import__Run *run)
{
    return run->state == PREAU__IMPORT__RUN_STATE__RUN_STATE_RUNNING;
}

size_t import_counts_of(const Preau__Import__Run *run, struct import_count counts[IMPORT_FIGURES_MAX])
{
    size_t count = 0;
    for (; run && count < run->n_counters && count < IMPORT_FIGURES_MAX; count++) {
        counts[count] = (struct import_count){
            run->counters[count]->category, run->counters[count]->what, run->counters[count]->count};
    }
    return count;
}

uint64_t import_counted(const Preau__Import__Run *run, const char *category, const char *what)
{
    for (size_t i = 0; i < run->n_counters; i++) {
        if (strcmp(run->counters[i]->category, category) == 0 && strcmp(run->counters[i]->what, what) == 0) {
            return run->counters[i]->count;
        }
    }
    return 0;
}

static void academy_fill(struct view *view, const Preau__Import__Run *run)
{
    const char *label = academy_label((academy_code){(int16_t)run->academy});
    if (label) {
        view_set(view, "ACADEMY", label);
    } else {
        view_print(view, "ACADEMY", "%02u", run->academy);
    }
}

static void state_fill(struct view *view, const Preau__Import__Run *run)
{
    size_t state = (size_t)run->state < sizeof states / sizeof states[0] ? (size_t)run->state : 0;
    bool is_approved = run->state == PREAU__IMPORT__RUN_STATE__RUN_STATE_HELD && run->decision[0] != '\0';
    view_set(view, "STATE_LABEL", is_approved ? "approuvée" : import_state_label(states[state].code));
    view_set(view, "STATE_KIND", states[state].kind);
}

void import_view_run(struct view *view, const Preau__Import__Run *run)
{
    char text[WORDING_SIZE];
    char duration[IMPORT_DURATION_SIZE] = "";
    view_number(view, "ID", run->id);
    view_print(view, "HREF", "/imports/%" PRId64, run->id);
    wording_moment((struct instant){run->started_at}, text);
    view_set(view, "STARTED", text);
    if (run->finished_at != 0) {
        import_duration_write((struct duration){run->finished_at - run->started_at}, duration);
    }
    view_set(view, "DURATION", duration);
    view_set(view, "DEGREE", run->degree == 0 ? "–" : run->degree == DEGREE_1 ? "Premier" : "Second");
    view_set(view, "ARCHIVE", run->archive);
    academy_fill(view, run);
    state_fill(view, run);
}

/* --- how far a run is --- */

static double share_of(uint64_t done, uint64_t total)
{
    return total == 0 ? 0 : done >= total ? 1 : (double)done / (double)total;
}

/* "", or what follows a comma. */
static void left_write(const Preau__Import__Run *run, char out_text[RATE_SIZE])
{
    char left[IMPORT_DURATION_SIZE];
    import_duration_write(SECONDS(run->seconds_left), left);
    (void)snprintf(out_text, RATE_SIZE, "%s%s", run->seconds_left > 0 ? ", reste environ " : "",
        run->seconds_left > 0 ? left : "");
}

static void reading_write(const Preau__Import__Run *run, double share, char out_text[PROGRESS_SIZE])
{
    char records[WORDING_SIZE];
    char rate[WORDING_SIZE];
    char left[RATE_SIZE];
    wording_count((int64_t)run->records, "fiche lue", "fiches lues", records);
    wording_count((int64_t)run->records_rate, "fiche par seconde", "fiches par seconde", rate);
    left_write(run, left);
    bool has_rate = run->records_rate > 0;
    (void)snprintf(out_text, PROGRESS_SIZE, "Lecture : %.0f %%, %s%s%s%s.", share * 100, records, has_rate ? ", " : "",
        has_rate ? rate : "", left);
}

static void applying_write(const Preau__Import__Run *run, char out_text[PROGRESS_SIZE])
{
    char left[RATE_SIZE];
    left_write(run, left);
    (void)snprintf(out_text, PROGRESS_SIZE, "Écriture : étape %u sur %u%s.", run->steps_done, run->steps_total, left);
}

void import_view_progress(struct view *view, const Preau__Import__Run *run)
{
    char text[PROGRESS_SIZE];
    bool is_applying = run->phase == PREAU__IMPORT__RUN_PHASE__RUN_PHASE_APPLYING;
    double share =
        is_applying ? share_of(run->steps_done, run->steps_total) : share_of(run->bytes_done, run->bytes_total);
    if (is_applying) {
        applying_write(run, text);
    } else if (run->phase == PREAU__IMPORT__RUN_PHASE__RUN_PHASE_READING) {
        reading_write(run, share, text);
    } else {
        (void)snprintf(text, sizeof text, "En préparation.");
    }
    view_number(view, "PERCENT", (int64_t)(share * 100));
    sentence_set(view, "PROGRESS", text);
}
