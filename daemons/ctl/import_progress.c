#include "ctl/import_progress.h"

#include "ctl/progress.h"
#include "domain/school.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_STANDARD = 80, LINE_SIZE = 1024, LABEL_SIZE = 320 };

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

static void run_write(struct import_progress *progress, const Preau__Import__Run *run, unsigned width)
{
    char label[LABEL_SIZE];
    char text[LINE_SIZE];
    bool is_applying = run->phase == PREAU__IMPORT__RUN_PHASE__RUN_PHASE_APPLYING;
    struct progress_line line = {
        .label = label,
        .phase = phase_word(run->phase),
        .done = is_applying ? run->steps_done : run->bytes_done,
        .total = is_applying ? run->steps_total : run->bytes_total,
        .records_rate = (double)run->records_rate,
        .bytes_rate = (double)run->bytes_rate,
        .seconds_left = run->seconds_left > 0 ? (double)run->seconds_left : -1,
    };
    label_write(run, label);
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
