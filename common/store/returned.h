/* Children whom a guardian disclaimed while opening the account, given back by the school once it was open: whose birth date is to be
 * given first. */
#pragma once

#include "domain/account.h"
#include "domain/date.h"
#include "runtime/fault.h"
#include "store/disclaimed.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

/* Texts live for the call. */
struct returned_child {
    struct disclaimed_pupil pupil;
    const char *nom, *prenom, *school; /* school: "" none */
};
/* Lent for the call; NULL with the fault. */
typedef void returned_listed(void *arg, const struct returned_child *children, size_t count, const struct fault *fault);
/* Who is not proved yet, of this account. */
void returned_list(struct store *store, academy_code academy, account_id id, returned_listed *listed, void *arg);

struct returned_asked {
    academy_code academy; /* the guardian's */
    account_id id;
    struct disclaimed_pupil pupil;
};
/* known: it is such a child of that account, which is active; is_proved: the date was given before. */
typedef void returned_loaded(void *arg, bool known, struct date birth_date, bool is_proved, const struct fault *fault);
void returned_load(struct store *store, const struct returned_asked *asked, returned_loaded *loaded, void *arg);

typedef void returned_proved(void *arg, const struct fault *fault);
/* The right date was given. */
void returned_prove(struct store *store, const struct returned_asked *asked, returned_proved *proved, void *arg);
