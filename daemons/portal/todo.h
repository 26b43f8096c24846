/* What calls for a school's head (guide 2.1), one table: what is counted, how it is said, which list holds it. Pure. */
#pragma once

#include "store/school_home.h"

#include <stddef.h>
#include <stdint.h>

/* A provisional password that runs out within these days is to be renewed. */
enum { TODO_SOON_DAYS = 14 };

struct todo {
    const char *code;
    size_t count; /* offset in struct home_counts */
    unsigned profiles;
    const char *one, *several; /* after the number */
    const char *query;         /* of the list that holds them */
    const char *advice;        /* the part of the template that says what to do */
};

/* In order of urgency, index from 0; NULL past the last. */
const struct todo *todo_at(size_t index);
/* 0 where it does not concern the profile. */
int64_t todo_count(const struct todo *todo, enum account_profile profile, const struct home_counts *counts);
