#include "link/audit_anchor.h"

#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/audit.h"

#include <string.h>

#define FIRST_AFTER SECONDS(1)
#define PERIOD HOURS(1)

enum { CHAINS_MAX = 1024 /* academies have numbers of three digits */ };

struct audit_anchoring {
    struct store *store;
    struct timer *timer;
    int64_t told[CHAINS_MAX]; /* the number of each chain that was told last */
};

static void anchor_log(const struct audit_anchor *head)
{
    char hash[AUDIT_HASH_TEXT_SIZE];
    char anchor[AUDIT_ANCHOR_TEXT_SIZE];
    audit_hash_write(&head->hash, hash);
    audit_anchor_write(head, anchor);
    log_event(LOG_NOTICE, "audit_anchor", F("academy", head->chain), F("number", head->number), F("hash", hash),
        F("anchor", anchor));
}

static void heads_loaded(void *arg, const struct audit_anchor *heads, size_t count, const struct fault *fault)
{
    struct audit_anchoring *anchoring = arg;
    timer_set(anchoring->timer, fault ? MINUTES(1) : PERIOD);
    if (fault) {
        log_event(LOG_WARNING, "audit_anchor_unknown", F("fault", fault));
        return;
    }
    metric_set(METRIC_AUDIT_ANCHORED, (double)clock_now().us / 1e6);
    for (size_t i = 0; i < count; i++) {
        if (heads[i].chain < CHAINS_MAX && heads[i].number != anchoring->told[heads[i].chain]) {
            anchoring->told[heads[i].chain] = heads[i].number;
            anchor_log(&heads[i]);
        }
    }
}

static void anchors_tell(void *arg)
{
    struct audit_anchoring *anchoring = arg;
    audit_load_heads(anchoring->store, heads_loaded, anchoring);
}

struct audit_anchoring *audit_anchoring_new(struct loop *loop, struct store *store)
{
    struct audit_anchoring *anchoring = checked_calloc(1, sizeof *anchoring);
    anchoring->store = store;
    anchoring->timer = loop_timer(loop, anchors_tell, anchoring);
    timer_set(anchoring->timer, FIRST_AFTER);
    return anchoring;
}

void audit_anchoring_free(struct audit_anchoring **anchoring)
{
    if (*anchoring) {
        timer_cancel(&(*anchoring)->timer);
        memory_free(anchoring);
    }
}
