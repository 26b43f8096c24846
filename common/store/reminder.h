/* The reminder that a head may ask for, ahead of the end of provisional passwords. */
#pragma once

#include "domain/date.h"
#include "domain/identifier.h"
#include "runtime/fault.h"
#include "store/audit.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

/* Texts are borrowed for the call. */
struct reminder_asked {
    administrator_id administrator;
    int days;                     /* ahead; 0: no reminder */
    const unsigned char *request; /* 16 bytes */
    const char *method, *trace;
};
/* is_known: the administrator is one who may be reminded; is_changed: it was another wish before. */
typedef void reminder_chosen(void *arg, bool is_known, bool is_changed, const struct fault *fault);
void reminder_choose(struct store *store, const struct reminder_asked *asked, reminder_chosen *chosen, void *arg);

enum reminder_end { REMINDER_NONE, REMINDER_WAITS, REMINDER_SENT, REMINDER_FAILED, REMINDER_CANCELLED };

struct reminder_standing {
    int days;               /* ahead; 0: no reminder */
    enum reminder_end last; /* what became of the last one */
    struct instant last_at; /* when it was owed */
};
/* standing: lent; NULL with the fault. */
typedef void reminder_loaded(void *arg, const struct reminder_standing *standing, const struct fault *fault);
void reminder_load(struct store *store, administrator_id administrator, reminder_loaded *loaded, void *arg);

/* The moment at which a night is seen through, and what its days are. */
struct reminder_night {
    struct instant now;
    struct date today; /* in the house's zone */
    const char *zone;
};
/* last: the number to go on from, 0 when nobody is left; owed: mails. */
typedef void reminder_owed(void *arg, int64_t last, int64_t owed, const struct fault *fault);
void reminder_owe(struct store *store, const struct reminder_night *night, int64_t after, int64_t limit,
    reminder_owed *owed, void *arg);

/* finished_at: never when no night was. */
typedef void reminder_night_loaded(void *arg, struct instant finished_at, const struct fault *fault);
void reminder_load_night(struct store *store, struct date today, reminder_night_loaded *loaded, void *arg);

typedef void reminder_night_ended(void *arg, const struct fault *fault);
/* before: what ended before it is forgotten. */
void reminder_end_night(struct store *store, const struct reminder_night *night, struct instant before,
    reminder_night_ended *ended, void *arg);
