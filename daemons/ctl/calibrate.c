/*
 * preauctl crypto calibrate: the dearest Argon2id that this machine can afford. Memory first, which costs a guesser's
 * hardware the most (RFC 9106, 4), then passes, until one calculation, with as many beside it as linkd makes, takes the
 * time that was wanted.
 */
#include "crypto/password_hash.h"
#include "crypto/random.h"
#include "ctl/output.h"
#include "runtime/clock.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

enum {
    TARGET_MS = 100,
    MEMORY_MIN_MIB = 8, /* the bounds of link.argon2_memory */
    MEMORY_MAX_MIB = 1024,
    PASSES_MIN = 2,
    PASSES_MAX = 20, /* of link.argon2_operations */
    ROUNDS = 3,
    THREADS_MAX = 64
};

struct measure {
    struct password_cost cost;
    double ms; /* of the slowest of those made together, the best round of a few: what disturbs only adds */
};

/* Gives its argument back when there is not that much memory. */
static void *calculate(void *arg)
{
    char hash[PASSWORD_HASH_SIZE];
    return password_hash_make("un mot de passe quelconque", arg, hash) ? NULL : arg;
}

static double round_ms(struct password_cost *cost, long threads)
{
    struct tick before = clock_tick();
    pthread_t ids[THREADS_MAX];
    long started = 0;
    while (started < threads && pthread_create(&ids[started], NULL, calculate, cost) == 0) {
        started++;
    }
    bool are_made = started == threads;
    for (long i = 0; i < started; i++) {
        void *failed = NULL;
        are_made = pthread_join(ids[i], &failed) == 0 && !failed && are_made;
    }
    return are_made ? (double)clock_since(before).us / 1e3 : HUGE_VAL; /* what there is no memory for takes for ever */
}

static struct measure measure(size_t memory, unsigned long long passes, long threads)
{
    struct measure measure = {
        .cost = {.memory = memory, .operations = passes}
    };
    for (int round = 0; round < ROUNDS; round++) {
        double ms = round_ms(&measure.cost, threads);
        measure.ms = round == 0 || ms < measure.ms ? ms : measure.ms;
    }
    return measure;
}

/* The most memory whose two passes fit the time, then the most passes. The least is taken even if it is too slow. */
static struct measure find(double target, size_t memory_max, long threads)
{
    struct measure best = measure(MEMORY_MIN_MIB * MIB, PASSES_MIN, threads);
    for (size_t memory = MIB * MEMORY_MIN_MIB * 2; memory <= memory_max && best.ms <= target; memory *= 2) {
        struct measure next = measure(memory, PASSES_MIN, threads);
        if (next.ms > target) {
            break;
        }
        best = next;
    }
    for (unsigned long long passes = PASSES_MIN + 1; passes <= PASSES_MAX && best.ms <= target; passes++) {
        struct measure next = measure(best.cost.memory, passes, threads);
        if (next.ms > target) {
            break;
        }
        best = next;
    }
    return best;
}

static size_t quarter_of_memory(void)
{
    return (size_t)sysconf(_SC_PHYS_PAGES) / 4 * (size_t)sysconf(_SC_PAGESIZE);
}

static enum ctl_exit told(const struct ctl *ctl, const struct measure *best, long threads, double target)
{
    long memory = (long)(best->cost.memory / MIB);
    if (ctl->is_json) {
        ctl_print_json(json_pack("{s:I, s:I, s:I, s:f, s:f, s:b}", "memory_mib", (json_int_t)memory, "operations",
            (json_int_t)best->cost.operations, "threads", (json_int_t)threads, "milliseconds", best->ms, "per_second",
            1e3 * (double)threads / best->ms, "within_target", best->ms <= target));
    } else {
        (void)printf("# %.0f ms par calcul, %ld menés ensemble : %.0f connexions par seconde au plus\n"
                     "link {\n  argon2_memory = \"%ldMio\"\n  argon2_operations = %llu\n  argon2_threads = %ld\n}\n",
            best->ms, threads, 1e3 * (double)threads / best->ms, memory, best->cost.operations, threads);
    }
    if (best->ms > target) {
        (void)fprintf(stderr, "preauctl: le moindre réglage admis prend %.0f ms ici, plus que les %.0f voulues\n",
            best->ms, target);
        return CTL_NO;
    }
    return CTL_OK;
}

enum ctl_exit ctl_crypto_calibrate(const struct ctl *ctl)
{
    long target = 0;
    long memory = 0;
    long threads = config_count(ctl->config, CONFIG_LINK_ARGON2_THREADS);
    if (!ctl_number(ctl, "target", 10, 5000, &target) || !ctl_number(ctl, "memory", MEMORY_MIN_MIB, 1L << 20, &memory))
        return CTL_USAGE;
    if (!crypto_begin())
        return ctl_fail(ctl, CTL_UNREACHABLE, "crypto", "libsodium ne fonctionne pas sur cette machine");
    size_t together = memory > 0 ? (size_t)memory * MIB : quarter_of_memory();
    size_t each = together / (size_t)(threads + 1); /* linkd has one more, for administrators */
    size_t memory_max = each < MEMORY_MAX_MIB * MIB ? each : MEMORY_MAX_MIB * MIB;
    double wanted = (double)(target > 0 ? target : TARGET_MS);
    struct measure best = find(wanted, memory_max, threads);
    return told(ctl, &best, threads, wanted);
}
