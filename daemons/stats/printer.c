#include "stats/printer.h"

#include "runtime/arena.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/worker.h"
#include "stats/area_paper.h"
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

struct printing;
typedef void printing_pack(struct printing *printing, const struct figures_line *lines, size_t count);
typedef bool printing_draw(struct printing *printing);

/* What a document is of: its figures as messages, and how they are drawn. */
struct printing_kind {
    printing_pack *pack;
    printing_draw *draw; /* on the thread */
};

/* A document that is asked for. It may outlive its call when the process stops: what the thread reads is its own. */
struct printing {
    struct printer *printer;
    struct call *call;
    const struct printing_kind *kind;
    struct listed_school school; /* of one */
    academy_code academy;        /* of an area; 0: the nation */
    struct instant deadline;
    struct arena *arena; /* of the figures */
    union {
        Preau__Statistics__GetSchoolReply school;
        Preau__Statistics__GetAcademyReply academy;
        Preau__Statistics__GetNationReply nation;
    } figures;
    char file_name[FILE_NAME_SIZE];
    const char *fonts;
    unsigned char *document;
    size_t length;
    bool is_late, is_made;
    struct duration time;
    struct fault fault;
};

static struct printing *printing_new(struct printer *printer, struct call *call, const struct printing_kind *kind)
{
    struct printing *printing = checked_calloc(1, sizeof *printing);
    printing->printer = printer;
    printing->call = call;
    printing->kind = kind;
    printing->deadline = call_deadline(call);
    printing->fonts = printer->fonts;
    return printing;
}

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
    printing->is_made = printing->kind->draw(printing);
    printing->time = clock_since(start);
}

static bool school_draw(struct printing *printing)
{
    const struct school_paper document = {
        .font_directory = printing->fonts,
        .name = printing->school.name,
        .city = printing->school.city,
        .uai = printing->school.uai.text,
        .academy = printing->school.academy,
        .figures = &printing->figures.school,
        .profiles =
            {
                       [PROFILE_RESPONSABLE] = printing->school.may[PROFILE_RESPONSABLE],
                       [PROFILE_ELEVE] = printing->school.may[PROFILE_ELEVE] && printing->school.degree == DEGREE_2,
                       },
    };
    snprintf(printing->file_name, sizeof printing->file_name, "statistiques-%s-%s.pdf", printing->school.uai.text,
        printing->figures.school.day);
    return school_paper_render(&document, &printing->document, &printing->length, &printing->fault);
}

static bool academy_draw(struct printing *printing)
{
    const Preau__Statistics__GetAcademyReply *figures = &printing->figures.academy;
    const struct area_paper document = {
        .font_directory = printing->fonts,
        .academy = printing->academy,
        .day = figures->day,
        .computed_at = figures->computed_at,
        .figures = figures->figures,
        .nation_shares = figures->nation_shares,
        .nation_share_count = figures->n_nation_shares,
    };
    snprintf(printing->file_name, sizeof printing->file_name, "statistiques-academie-%d-%s.pdf", printing->academy.v,
        figures->day);
    return area_paper_render(&document, &printing->document, &printing->length, &printing->fault);
}

static bool nation_draw(struct printing *printing)
{
    const Preau__Statistics__GetNationReply *figures = &printing->figures.nation;
    const struct area_paper document = {
        .font_directory = printing->fonts,
        .day = figures->day,
        .computed_at = figures->computed_at,
        .figures = figures->figures,
        .academies = figures->academies,
        .academy_count = figures->n_academies,
    };
    snprintf(printing->file_name, sizeof printing->file_name, "statistiques-france-%s.pdf", figures->day);
    return area_paper_render(&document, &printing->document, &printing->length, &printing->fault);
}

/* --- on the loop --- */

static void printing_answer(struct printing *printing)
{
    Preau__Statistics__PaperReply reply = PREAU__STATISTICS__PAPER_REPLY__INIT;
    reply.file_name = printing->file_name;
    reply.document.data = printing->document;
    reply.document.len = printing->length;
    log_event(LOG_INFO, "figures_drawn", F("file", printing->file_name), F("bytes", printing->length),
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

static void printing_fail(struct printing *printing, const struct fault *fault)
{
    call_fail(printing->call, fault);
    printing_free(printing);
}

static void printing_refuse(struct printing *printing, enum refusal refusal)
{
    call_refuse(printing->call, refusal);
    printing_free(printing);
}

static void figures_come(void *arg, const struct figures_line *lines, size_t count, const struct fault *fault)
{
    struct printing *printing = arg;
    if (!lines) {
        printing_fail(printing, fault);
        return;
    }
    if (count == 0) {
        printing_refuse(printing, REFUSAL_NOT_FOUND);
        return;
    }
    printing->arena = arena_new(FIGURES_MAX);
    printing->kind->pack(printing, lines, count);
    if (arena_is_overflowed(printing->arena)) {
        struct fault too_much = {0};
        fault_set(&too_much, FAULT_LIMIT, "figures: %zu lines are too many for a document", count);
        printing_fail(printing, &too_much);
    } else if (!worker_submit(printing->printer->workers, printing_make, printing_made, printing)) {
        printing_refuse(printing, REFUSAL_BUSY);
    }
}

/* --- a school --- */

static void school_pack(struct printing *printing, const struct figures_line *lines, size_t count)
{
    figures_pack_school(printing->arena, lines, count, &printing->figures.school);
}

static void school_come(void *arg, const struct listed_school *school, const struct fault *fault)
{
    struct printing *printing = arg;
    if (fault) {
        printing_fail(printing, fault);
    } else if (!school) {
        printing_refuse(printing, REFUSAL_NOT_FOUND);
    } else {
        printing->school = *school;
        figures_load_school(printing->printer->store, call_caller(printing->call).administrator, school->academy,
            school->uai.text, figures_come, printing);
    }
}

void printer_answer_school(
    struct printer *printer, struct call *call, const Preau__Statistics__GetSchoolRequest *request)
{
    static const struct printing_kind kind = {school_pack, school_draw};
    if (!uai_is_valid(request->uai)) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    listing_load_school(
        printer->store, call_caller(call).administrator, request->uai, school_come, printing_new(printer, call, &kind));
}

/* --- an academy, the nation --- */

static void academy_pack(struct printing *printing, const struct figures_line *lines, size_t count)
{
    figures_pack_academy(printing->arena, lines, count, &printing->figures.academy);
}

static void nation_pack(struct printing *printing, const struct figures_line *lines, size_t count)
{
    figures_pack_nation(printing->arena, lines, count, &printing->figures.nation);
}

void printer_answer_area(
    struct printer *printer, struct call *call, const Preau__Statistics__GetAreaPaperRequest *request)
{
    static const struct printing_kind academy_kind = {academy_pack, academy_draw};
    static const struct printing_kind nation_kind = {nation_pack, nation_draw};
    if (request->academy > INT16_MAX) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    struct printing *printing = printing_new(printer, call, request->academy != 0 ? &academy_kind : &nation_kind);
    printing->academy.v = (int16_t)request->academy;
    const struct figures_wanted wanted = {
        .academy = printing->academy, .profile = "", .schools = {0, AREA_PAPER_SCHOOLS}
    };
    figures_load_area(printer->store, call_caller(call).administrator, &wanted, figures_come, printing);
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
