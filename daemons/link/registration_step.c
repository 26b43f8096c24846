#include "link/registration_step.h"

#include "link/registration_token.h"
#include "runtime/memory.h"

#include <string.h>

bool registration_is_vouched(const struct registration *registration)
{
    return registration->subject[0] != '\0';
}

bool registration_is_callers(const struct call *call, const struct registration *registration)
{
    struct caller caller = call_caller(call);
    return !registration->is_of_desk ||
           (caller.academy == registration->academy.v && caller.account.v == registration->account.v);
}

void registration_step_free(struct registration_step *step)
{
    memory_free(&step->people);
    memory_free(&step);
}

void registration_step_refuse(struct registration_step *step, enum refusal refusal)
{
    call_refuse(step->call, refusal);
    registration_step_free(step);
}

void registration_step_fail(struct registration_step *step, const struct fault *fault)
{
    call_fail(step->call, fault);
    registration_step_free(step);
}

static void step_loaded(void *arg, const struct registration *registration, const struct fault *fault)
{
    struct registration_step *step = arg;
    if (fault) {
        registration_step_fail(step, fault);
    } else if (!registration || registration->is_over || !registration_is_callers(step->call, registration)) {
        registration_step_refuse(step, REFUSAL_REGISTRATION_OVER);
    } else {
        step->registration = *registration;
        step->found(step);
    }
}

void registration_step_begin(struct registration_step like, const char *token)
{
    int64_t number;
    if (!registration_token_read(like.link->keys, token, &number)) {
        call_refuse(like.call, REFUSAL_REGISTRATION_OVER);
        return;
    }
    struct registration_step *step = checked_malloc(sizeof *step);
    *step = like;
    step->number = number;
    registration_load(step->link->store, number, step_loaded, step);
}

static void people_loaded(void *arg, const struct opening_person *people, size_t count, const struct fault *fault)
{
    struct registration_step *step = arg;
    if (!people) {
        registration_step_fail(step, fault);
        return;
    }
    step->people = checked_calloc(count + 1, sizeof *people);
    memcpy(step->people, people, count * sizeof *people);
    step->people_count = count;
    step->found(step);
}

void registration_step_load_people(struct registration_step *step, void (*found)(struct registration_step *step))
{
    step->found = found;
    registration_load_people(step->link->store, step->number, people_loaded, step);
}
