#include "link/birth_date_tries.h"

#include "link/tries.h"
#include "runtime/memory.h"
#include "store/opening.h"

struct trying {
    struct link *link;
    academy_code academy;
    account_id id;
    struct attempt *attempt; /* NULL: it is only looked at */
    birth_date_tried *tried;
    void *arg;
};

static void trying_end(struct trying *trying, enum refusal refusal, const struct fault *fault)
{
    trying->tried(trying->arg, refusal, fault);
    memory_free(&trying);
}

static void granted(void *arg, bool is_granted, const struct fault *fault)
{
    trying_end(arg, fault || is_granted ? REFUSAL_NONE : REFUSAL_TOO_MANY_ATTEMPTS, fault);
}

/* The last word first: who is to be helped by the school is not told to wait. */
static void counted(void *arg, int64_t refused, const struct fault *fault)
{
    struct trying *trying = arg;
    const struct link_bounds *bounds = &trying->link->bounds;
    if (fault) {
        trying_end(trying, REFUSAL_NONE, fault);
    } else if (refused >= bounds->birth_dates_refused) {
        trying_end(trying, REFUSAL_BIRTH_DATES_OVER, NULL);
    } else if (!trying->attempt) {
        trying_end(trying, REFUSAL_NONE, NULL);
    } else {
        tries_of_account("birth-date", bounds->tries_birth_dates, trying->academy, trying->id, trying->attempt);
        attempt_begin(trying->link->store, trying->attempt, &bounds->a_day, granted, trying);
    }
}

static void begin(struct trying like)
{
    struct trying *trying = checked_malloc(sizeof *trying);
    *trying = like;
    opening_count_birth_dates_refused(like.link->store, like.academy, like.id, counted, trying);
}

void birth_date_try(struct link *link, academy_code academy, account_id id, struct attempt *out_attempt,
    birth_date_tried *tried, void *arg)
{
    begin((struct trying){link, academy, id, out_attempt, tried, arg});
}

void birth_date_look(struct link *link, academy_code academy, account_id id, birth_date_tried *tried, void *arg)
{
    begin((struct trying){link, academy, id, NULL, tried, arg});
}

static void noted(void *arg, const struct fault *fault)
{
    trying_end(arg, fault ? REFUSAL_NONE : REFUSAL_BIRTH_DATE_WRONG, fault);
}

void birth_date_refuse(struct link *link, academy_code academy, account_id id, const struct attempt *attempt,
    birth_date_tried *tried, void *arg)
{
    struct trying *trying = checked_malloc(sizeof *trying);
    *trying = (struct trying){.link = link, .academy = academy, .id = id, .tried = tried, .arg = arg};
    opening_note_birth_date_refused(link->store, academy, id, attempt->subjects[0], noted, trying);
}
