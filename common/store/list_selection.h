/* The accounts that an administrator ticked on a list, kept in the session while going from page to page of it. */
#pragma once

#include "crypto/random.h"
#include "domain/account.h"
#include "runtime/fault.h"

#include <stddef.h>
#include <stdint.h>

struct store;
struct listed_school;

/* Whose selection, of which list; number 0: none yet. */
struct list_selection {
    const unsigned char *digest; /* of the session's cookie, DIGEST_SIZE bytes */
    const struct listed_school *school;
    enum account_profile profile;
    int64_t number;
};

/* academies[i] and numbers[i] are one account; lent for the call, NULL with the fault. One that is not there, or is of
 * another list, is empty. */
typedef void list_selection_loaded(
    void *arg, const int64_t *academies, const int64_t *numbers, size_t count, const struct fault *fault);
/* number: of the selection, now; 0 with the fault, and of one that was ended. */
typedef void list_selection_stored(void *arg, int64_t number, const struct fault *fault);

void list_selection_load(
    struct store *store, const struct list_selection *selection, list_selection_loaded *loaded, void *arg);
/* Replaces its content; one that has no number yet, or is not there any more, is begun. */
void list_selection_store(struct store *store, const struct list_selection *selection, const int64_t *academies,
    const int64_t *numbers, size_t count, list_selection_stored *stored, void *arg);
void list_selection_end(
    struct store *store, const struct list_selection *selection, list_selection_stored *stored, void *arg);
