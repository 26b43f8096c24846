/* A registration that a browser brings back, with the people that it is about: what its later steps have in common. */
#pragma once

#include "bus/service.h"
#include "link/link.h"
#include "store/attempt.h"
#include "store/registration.h"

#include <protobuf-c/protobuf-c.h>

struct registration_step;

struct registration_step {
    struct link *link;
    struct call *call;
    int64_t number;
    const ProtobufCMessage *request;
    /* Once it was found, not over: ends by one of the two below, or by freeing the step. */
    void (*found)(struct registration_step *step);
    struct registration registration;
    struct opening_person *people;
    size_t people_count;
    struct attempt attempt;
};

/* What began at a desk goes on for that account alone, whoever has its token; all others need no account. */
bool registration_is_callers(const struct call *call, const struct registration *registration);
/* Refuses what is no registration, is over, or is another account's. */
void registration_step_begin(struct registration_step like, const char *token);
/* The same with its people: `found` is called when they are there. */
void registration_step_load_people(struct registration_step *step, void (*found)(struct registration_step *step));
void registration_step_refuse(struct registration_step *step, enum refusal refusal);
void registration_step_fail(struct registration_step *step, const struct fault *fault);
/* It came by FranceConnect. */
bool registration_is_vouched(const struct registration *registration);
void registration_step_free(struct registration_step *step);
