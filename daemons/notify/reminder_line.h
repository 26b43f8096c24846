/* What a reminder tells of one class: lines as the store writes them (delivery_reserve), values parted by tabs. Pure. */
#pragma once

#include "domain/account.h"
#include "domain/date.h"
#include "domain/school.h"
#include "runtime/attributes.h"

#include <stdbool.h>
#include <stdint.h>

enum { REMINDER_CLASS_SIZE = 256 };

struct reminder_line {
    char uai[UAI_SIZE];
    enum account_profile profile;
    int64_t accounts;
    struct date first_day, last_day; /* on which passwords end */
    char class[REMINDER_CLASS_SIZE]; /* "": of none */
    char school[SCHOOL_NAME_SIZE], city[SCHOOL_NAME_SIZE];
};

/* The line at *at, which goes on to the next. False at the end, and at a line of another form. */
MUST_USE bool reminder_line_next(const char **at, struct reminder_line *out_line);
