#include "stats/printer.h"

#include "runtime/arena.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/worker.h"
#include "stats/figures_pack.h"
#include "stats/school_paper.h"
#include "store/figures.h"
#include "store/listing.h"

#include <stdio.h>

enum { QUEUE_MAX = 16, FIGURES_MAX = 16 << 20, FILE_NAME_SIZE = 64 };
#define STOP_TIME SECONDS(2)

struct printer {
    struct workers *workers;
    struct store *store;
    const char *fonts;
};

/* A document that is asked for. It may outlive its call when the process stops: what the thread reads is its own. */
struct printing {
    struct printer *printer;
    struct call *call;
    struct listed_school school;
    struct instant deadline;
    struct arena *arena; /* of the figures */
    Preau__Statistics__GetSchoolReply figures;
    const char *fonts;
    unsigned char *document;
    size_t length;
    bool is_late, is_made;
    struct duration time;
    struct fault fault;
};

static void printing_free(struct printing *printing)
{
    arena_free(&printing->arena);
    memory_free(&printing->document);
    memory_free(&printing);
}

/* --- on the thread --- */

static void printing_make(void *arg, void *context)
{
    (void)context;
    struct printing *printing = arg;
    struct tick start = clock_tick();
    if (instant_is_set(printing->deadline) && instant_before(printing->deadline, clock_now())) {
        printing->is_late = true;
        return;
    }
    const struct school_paper document = {
        .font_directory = printing->fonts,
        .name = printing->school.name,
        .city = printing->school.city,
        .uai = printing->school.uai.text,
        .academy = printing->school.academy,
        .figures = &printing->figures,
        .profiles =
            {
                       [PROFILE_RESPONSABLE] = printing->school.may[PROFILE_RESPONSABLE],
                       [PROFILE_ELEVE] = printing->school.may[PROFILE_ELEVE] && printing->school.degree == DEGREE_2,
                       },
    };
    printing->is_made = school_paper_render(&document, &printing->document, &printing->length, &printing->fault);
    printing->time = clock_since(start);
}

/* --- on the loop --- */

static void printing_answer(struct printing *printing)
{
    char name[FILE_NAME_SIZE];
    Preau__Statistics__GetSchoolPaperReply reply = PREAU__STATISTICS__GET_SCHOOL_PAPER_REPLY__INIT;
    snprintf(name, sizeof name, "statistiques-%s-%s.pdf", printing->school.uai.text, printing->figures.day);
    reply.file_name = name;
    reply.document.data = printing->document;
    reply.document.len = printing->length;
    log_event(LOG_INFO, "figures_drawn", F("uai", printing->school.uai.text), F("bytes", printing->length),
        F("time", printing->time));
    call_answer(printing->call, &reply.base);
}

static void printing_made(void *arg, bool was_run)
{
    struct printing *printing = arg;
    if (!was_run) {
        call_refuse(printing->call, REFUSAL_BUSY);
    } else if (printing->is_late) {
        call_refuse(printing->call, REFUSAL_TOO_LATE);
    } else if (!printing->is_made) {
        call_fail(printing->call, &printing->fault);
    } else {
        printing_answer(printing);
    }
    printing_free(printing);
}

static void figures_come(void *arg, const struct figures_line *lines, size_t count, const struct fault *fault)
{
    struct printing *printing = arg;
    if (!lines) {
        call_fail(printing->call, fault);
        printing_free(printing);
        return;
    }
    if (count == 0) {
        call_refuse(printing->call, REFUSAL_NOT_FOUND);
        printing_free(printing);
        return;
    }
    printing->arena = arena_new(FIGURES_MAX);
    figures_pack_school(printing->arena, lines, count, &printing->figures);
    if (arena_is_overflowed(printing->arena)) {
        struct fault too_much = {0};
        fault_set(&too_much, FAULT_LIMIT, "figures: %zu lines are too many for a document", count);
        call_fail(printing->call, &too_much);
        printing_free(printing);
    } else if (!worker_submit(printing->printer->workers, printing_make, printing_made, printing)) {
        call_refuse(printing->call, REFUSAL_BUSY);
        printing_free(printing);
    }
}

static void school_come(void *arg, const struct listed_school *school, const struct fault *fault)
{
    struct printing *printing = arg;
    if (fault) {
        call_fail(printing->call, fault);
        printing_free(printing);
    } else if (!school) {
        call_refuse(printing->call, REFUSAL_NOT_FOUND);
        printing_free(printing);
    } else {
        printing->school = *school;
        figures_load_school(printing->printer->store, call_caller(printing->call).administrator, school->academy,
            school->uai.text, figures_come, printing);
    }
}

void printer_answer_school(
    struct printer *printer, struct call *call, const Preau__Statistics__GetSchoolRequest *request)
{
    if (!uai_is_valid(request->uai)) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    struct printing *printing = checked_calloc(1, sizeof *printing);
    printing->printer = printer;
    printing->call = call;
    printing->deadline = call_deadline(call);
    printing->fonts = printer->fonts;
    listing_load_school(printer->store, call_caller(call).administrator, request->uai, school_come, printing);
}

/* --- the thread's pool --- */

struct printer *printer_new(const struct daemon_run *run, struct store *store)
{
    struct printer *printer = checked_calloc(1, sizeof *printer);
    const struct worker_options options = {.name = "figures", .threads = 1, .queue_limit = QUEUE_MAX};
    printer->workers = workers_new(run->loop, &options);
    printer->store = store;
    printer->fonts = config_text(run->config, CONFIG_STATISTICS_FONT_DIRECTORY);
    return printer;
}

void printer_stop(struct printer *printer)
{
    if (printer->workers && !workers_stop(&printer->workers, STOP_TIME)) {
        log_event(LOG_WARNING, "figures_left", F("printer", "busy"));
    }
}

void printer_free(struct printer **printer)
{
    memory_free(printer);
}
