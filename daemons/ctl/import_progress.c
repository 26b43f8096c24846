#include "ctl/import_progress.h"

#include "ctl/progress.h"
#include "domain/school.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_STANDARD = 80, LINE_SIZE = 1024, LABEL_SIZE = 320 };

/* Rates of a first moment say nothing. */
#define SPEAKING_TIME MILLISECONDS(500)

struct import_progress import_progress_begin(const struct ctl *ctl)
{
    return (struct import_progress){.is_shown = !ctl->is_json && isatty(STDERR_FILENO) == 1};
}

static unsigned terminal_width(void)
{
    struct winsize size = {0};
    bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : WIDTH_STANDARD;
}

static uint64_t done_of(const Preau__Import__Run *run)
{
    return run->phase == PREAU__IMPORT__RUN_PHASE__RUN_PHASE_APPLYING ? run->steps_done : run->bytes_done;
}

/* Reading is the first that a run does: its rate is known at the first look, if the clocks agree. */
static void count_from_the_start(struct import_progress_run *seen, const Preau__Import__Run *run)
{
    struct duration age = instant_since(clock_now(), (struct instant){run->started_at});
    if (age.us > 0 && !duration_longer(age, DAYS(1))) {
        seen->since.us -= age.us;
        seen->done = 0;
        seen->records = 0;
    }
}

/* Its place, the oldest given to a run or a phase that was not seen before. */
static struct import_progress_run *run_at(struct import_progress *progress, const Preau__Import__Run *run)
{
    struct import_progress_run *oldest = &progress->runs[0];
    for (size_t i = 0; i < IMPORT_PROGRESS_RUNS; i++) {
        struct import_progress_run *one = &progress->runs[i];
        if (one->run == run->id && one->phase == run->phase)
            return one;
        if (one->run == run->id) {
            oldest = one;
            break;
        }
        if (one->since.us < oldest->since.us)
            oldest = one;
    }
    struct tick now = clock_tick();
    *oldest = (struct import_progress_run){run->id, run->phase, now, now, done_of(run), run->records, done_of(run)};
    if (run->phase == PREAU__IMPORT__RUN_PHASE__RUN_PHASE_READING)
        count_from_the_start(oldest, run);
    return oldest;
}

static const char *phase_word(Preau__Import__RunPhase phase)
{
    if (phase == PREAU__IMPORT__RUN_PHASE__RUN_PHASE_READING)
        return "lecture";
    return phase == PREAU__IMPORT__RUN_PHASE__RUN_PHASE_APPLYING ? "écriture" : "préparation";
}

static void label_write(const Preau__Import__Run *run, char out_label[static LABEL_SIZE])
{
    const char *academy = academy_label((academy_code){(int16_t)run->academy});
    if (run->degree != 0)
        (void)snprintf(
            out_label, LABEL_SIZE, "%s %" PRIu32 "D %s", academy != NULL ? academy : "", run->degree, run->archive);
    else
        (void)snprintf(out_label, LABEL_SIZE, "%s %s", academy != NULL ? academy : "", run->archive);
}

static void rates_fill(struct import_progress_run *seen, const Preau__Import__Run *run, struct progress_line *line)
{
    if (line->done > seen->latest) {
        seen->latest = line->done;
        seen->moved = clock_tick();
    }
    struct duration elapsed = {seen->moved.us - seen->since.us};
    if (!duration_longer(elapsed, SPEAKING_TIME) || seen->latest <= seen->done)
        return;
    double seconds = (double)elapsed.us / 1e6;
    double rate = (double)(seen->latest - seen->done) / seconds;
    double left = line->total > line->done ? (double)(line->total - line->done) / rate : 0;
    double waited = (double)clock_since(seen->moved).us / 1e6;
    line->seconds_left = left > waited ? left - waited : -1;
    line->bytes_rate = rate;
    line->records_rate = run->records > seen->records ? (double)(run->records - seen->records) / seconds : 0;
}

static void run_write(struct import_progress *progress, const Preau__Import__Run *run, unsigned width)
{
    char label[LABEL_SIZE];
    char text[LINE_SIZE];
    bool is_applying = run->phase == PREAU__IMPORT__RUN_PHASE__RUN_PHASE_APPLYING;
    struct progress_line line = {
        .label = label,
        .phase = phase_word(run->phase),
        .done = done_of(run),
        .total = is_applying ? run->steps_total : run->bytes_total,
        .seconds_left = -1,
    };
    label_write(run, label);
    rates_fill(run_at(progress, run), run, &line);
    if (is_applying)
        line.bytes_rate = 0; /* steps are no bytes */
    progress_line_write(&line, width, text, sizeof text);
    (void)fprintf(stderr, "\r\033[K%s\n", text);
    progress->lines++;
}

void import_progress_show(struct import_progress *progress, const Preau__Import__ListRunsReply *runs)
{
    if (!progress->is_shown)
        return;
    unsigned width = terminal_width();
    import_progress_end(progress);
    for (size_t i = runs->n_runs; i > 0 && progress->lines < IMPORT_PROGRESS_RUNS; i--)
        if (runs->runs[i - 1]->state == PREAU__IMPORT__RUN_STATE__RUN_STATE_RUNNING)
            run_write(progress, runs->runs[i - 1], width);
    if (runs->waiting > 0) {
        (void)fprintf(stderr, "\r\033[K%" PRIu32 " %s\n", runs->waiting,
            runs->waiting > 1 ? "archives en attente" : "archive en attente");
        progress->lines++;
    }
    (void)fflush(stderr);
}

void import_progress_end(struct import_progress *progress)
{
    if (progress->lines > 0)
        (void)fprintf(stderr, "\033[%uA\r\033[J", progress->lines);
    progress->lines = 0;
}
