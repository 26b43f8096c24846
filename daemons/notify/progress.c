#include "notify/progress.h"

#include "bus/event.h"
#include "event.pb-c.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "store/batch.h"

enum { MARKED_MAX = 256 /* more than that: the rest is told when it moves again */ };

/* Between two looks; longer where a look, which counts whole batches, takes long: it costs a thirtieth of the time. */
#define PAUSE MILLISECONDS(500)
enum { PAUSE_LOOKS = 30 };

struct progress {
    struct notify *notify;
    struct timer *timer;
    struct tick asked;
    struct duration pause;
    int64_t academies[MARKED_MAX], batches[MARKED_MAX];
    size_t count;
};

static struct duration pause_after(struct duration look)
{
    struct duration pause = {look.us * PAUSE_LOOKS};
    return duration_longer(pause, PAUSE) ? pause : PAUSE;
}

static void loaded(void *arg, bool is_allowed, const struct batch *batches, size_t count, const struct fault *fault)
{
    (void)is_allowed;
    (void)fault; /* an event lost delays a page, nothing else */
    struct progress *progress = arg;
    progress->pause = pause_after(clock_since(progress->asked));
    for (size_t i = 0; batches && i < count; i++) {
        struct uai uai = batches[i].uai;
        Preau__Event__BatchProgress event = PREAU__EVENT__BATCH_PROGRESS__INIT;
        event.academy = (uint32_t)batches[i].academy.v;
        event.uai = uai.text;
        event.batch = batches[i].id.v;
        event.total = (uint32_t)batches[i].total;
        event.waiting = (uint32_t)batches[i].waiting;
        event.sent = (uint32_t)batches[i].sent;
        event.failed = (uint32_t)batches[i].failed;
        event.cancelled = (uint32_t)batches[i].cancelled;
        publisher_tell(progress->notify->publisher, "batch.progress", &event.base);
    }
}

static void tell(void *arg)
{
    struct progress *progress = arg;
    size_t count = progress->count;
    progress->count = 0;
    if (count > 0) {
        progress->asked = clock_tick();
        batch_load_progress(progress->notify->store, progress->academies, progress->batches, count, loaded, progress);
    }
}

void progress_mark(struct progress *progress, academy_code academy, batch_id batch)
{
    for (size_t i = 0; i < progress->count; i++) {
        if (progress->academies[i] == academy.v && progress->batches[i] == batch.v) {
            return;
        }
    }
    if (progress->count == MARKED_MAX) {
        return;
    }
    progress->academies[progress->count] = academy.v;
    progress->batches[progress->count++] = batch.v;
    if (!timer_is_set(progress->timer)) {
        timer_set(progress->timer, progress->pause);
    }
}

struct progress *progress_new(struct notify *notify)
{
    struct progress *progress = checked_calloc(1, sizeof *progress);
    progress->notify = notify;
    progress->pause = PAUSE;
    progress->timer = loop_timer(notify->run->loop, tell, progress);
    return progress;
}

void progress_free(struct progress **progress)
{
    if (*progress) {
        timer_cancel(&(*progress)->timer);
        memory_free(progress);
    }
}
