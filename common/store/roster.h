/* The lists of a school's accounts, of guardians or of pupils (guide 5.1). Read only.
 *
 * Texts in what is given to a completion live for the call. A NULL pointer comes with the fault. */
#pragma once

#include "domain/account.h"
#include "domain/types.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct listed_school;

/* What narrows a list, and its order; "" and never do not narrow. */
struct roster_filter {
    enum account_profile profile;
    const char *const *words; /* normalised (name.h), all to be found */
    size_t word_count;
    const char *class, *level;
    const char *state, *origin;              /* codes */
    const char *mail;                        /* "avec", "sans", "revenu": the last mail to it came back */
    const char *mobile;                      /* "avec", "sans" */
    const char *notified;                    /* "oui", "jamais" */
    struct instant before, after;            /* of the last notification: earlier than, not earlier than */
    struct instant expires_from, expires_to; /* of a provisional password: ends not before, before */
    const char *sign_in;                     /* "jamais" */
    const char *sort;                        /* "nom", "classe", "etat", "notification", "echeance", "identifiant" */
    bool is_descending;
    int64_t limit, offset;
    bool without_details; /* of each account only its number */
};

struct roster_row {
    academy_code academy;
    account_id id;
    const char *nom, *prenom;
    const char *relatives; /* children or guardians: first name, tab, name, one a line */
    const char *classes, *login;
    enum account_state state;
    enum account_origin origin;
    const char *email; /* where a notification goes: the confirmed one, else AAF's; "" none */
    bool is_own_email; /* the account's, else AAF's */
    bool email_came_back;
    bool email_is_anothers;        /* as well: nothing is sent there */
    const char *unconfirmed_email; /* given by the person, not confirmed yet; "" none */
    bool unconfirmed_came_back;
    const char *mobile; /* "" none */
    bool is_own_mobile; /* the account's, else AAF's */
    struct instant notified_at;
    struct instant expires_at; /* of a provisional password that was handed out; never: the person chose one */
};

/* Values that the pupils of a school have. */
struct roster_choice {
    bool is_class; /* else a level */
    const char *value;
};

struct roster_name {
    size_t place; /* of its group */
    academy_code academy;
    account_id id;
    const char *nom, *prenom;
};

/* total: how many there are over all pages; 0 on a page past the last. */
typedef void roster_loaded(
    void *arg, const struct roster_row *rows, size_t count, int64_t total, const struct fault *fault);
typedef void roster_choices_loaded(
    void *arg, const struct roster_choice *choices, size_t count, const struct fault *fault);
typedef void roster_names_loaded(void *arg, const struct roster_name *names, size_t count, const struct fault *fault);

void roster_load(struct store *store, const struct listed_school *school, const struct roster_filter *filter,
    roster_loaded *loaded, void *arg);
void roster_load_choices(
    struct store *store, const struct listed_school *school, roster_choices_loaded *loaded, void *arg);
/* academies[i] and numbers[i] are one account, of the group places[i]. */
struct roster_wanted {
    const int64_t *academies, *numbers, *places;
    size_t count;
    int64_t limit; /* of each group */
};
/* Names come group by group, in order of name, without those of other schools and those that the administrator may not see
 * there (school->may). */
void roster_load_names(struct store *store, const struct listed_school *school, const struct roster_wanted *wanted,
    roster_names_loaded *loaded, void *arg);
