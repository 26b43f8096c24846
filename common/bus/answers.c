#include "bus/answers.h"

#include "bus/service.h"
#include "runtime/clock.h"
#include "runtime/memory.h"

#include <stdint.h>
#include <string.h>
#include <sys/queue.h>

enum {
    BUCKETS = 1024,
    KEPT_MAX = 4096,
    KEPT_BYTES_MAX = 32 * 1024 * 1024,
    ANSWER_MAX = 64 * 1024,
    KEPT_MINUTES = 10 /* longer than any deadline: after it nobody asks again */
};

struct answer {
    TAILQ_ENTRY(answer) by_age;
    LIST_ENTRY(answer) by_id;
    unsigned char id[REQUEST_ID_SIZE];
    const void *method;
    struct tick kept;
    size_t length;
    unsigned char bytes[];
};

struct answers {
    TAILQ_HEAD(, answer) by_age; /* oldest first */
    LIST_HEAD(bucket, answer) buckets[BUCKETS];
    size_t count, bytes;
};

struct answers *answers_new(void)
{
    struct answers *answers = checked_calloc(1, sizeof *answers);
    TAILQ_INIT(&answers->by_age);
    return answers;
}

static void answer_drop(struct answers *answers, struct answer *answer)
{
    TAILQ_REMOVE(&answers->by_age, answer, by_age);
    LIST_REMOVE(answer, by_id);
    answers->count--;
    answers->bytes -= answer->length;
    explicit_bzero(answer->bytes, answer->length);
    memory_free(&answer);
}

void answers_free(struct answers **answers)
{
    if (*answers) {
        while (!TAILQ_EMPTY(&(*answers)->by_age)) {
            answer_drop(*answers, TAILQ_FIRST(&(*answers)->by_age));
        }
        memory_free(answers);
    }
}

/* Ids are random: their first bytes are as good as a hash. */
static struct bucket *bucket_of(struct answers *answers, const unsigned char *id)
{
    return &answers->buckets[((unsigned)id[0] << 8 | id[1]) % BUCKETS];
}

static void answers_forget_old(struct answers *answers)
{
    struct answer *oldest = TAILQ_FIRST(&answers->by_age);
    while (oldest && (answers->count > KEPT_MAX || answers->bytes > KEPT_BYTES_MAX ||
                         duration_longer(clock_since(oldest->kept), MINUTES(KEPT_MINUTES)))) {
        answer_drop(answers, oldest);
        oldest = TAILQ_FIRST(&answers->by_age);
    }
}

void answers_keep(
    struct answers *answers, const unsigned char *id, const void *method, const void *bytes, size_t length)
{
    if (length > ANSWER_MAX) {
        return;
    }
    struct answer *answer = checked_malloc(sizeof *answer + length);
    memcpy(answer->id, id, REQUEST_ID_SIZE);
    answer->method = method;
    memcpy(answer->bytes, bytes, length);
    answer->length = length;
    answer->kept = clock_tick();
    TAILQ_INSERT_TAIL(&answers->by_age, answer, by_age);
    LIST_INSERT_HEAD(bucket_of(answers, id), answer, by_id);
    answers->count++;
    answers->bytes += length;
    answers_forget_old(answers);
}

const void *answers_find(struct answers *answers, const unsigned char *id, const void *method, size_t *out_length)
{
    answers_forget_old(answers);
    struct answer *answer = NULL;
    LIST_FOREACH(answer, bucket_of(answers, id), by_id)
    {
        if (answer->method == method && memcmp(answer->id, id, REQUEST_ID_SIZE) == 0) {
            *out_length = answer->length;
            return answer->bytes;
        }
    }
    return NULL;
}
