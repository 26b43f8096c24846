/* Batches of notifications: how far each is. */
#pragma once

#include "domain/name.h"
#include "domain/school.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

struct batch {
    academy_code academy;
    batch_id id;
    struct uai uai;
    bool is_mail; /* else sheets */
    bool reset;
    struct instant created_at;
    int64_t total, waiting, sent, failed, cancelled;
    int64_t leaving; /* of those waiting: out of our hands when the rest was cancelled */
};

struct batch_failure {
    academy_code academy;
    account_id account;
    char nom[NAME_SIZE], prenom[NAME_SIZE];
    char reason[32]; /* a code of domain/delivery_reason.def */
};

/* batches: lent; NULL with the fault. is_allowed: the administrator may administer the school. */
typedef void batches_loaded(
    void *arg, bool is_allowed, const struct batch *batches, size_t count, const struct fault *fault);
typedef void batch_parts_loaded(void *arg, const uint32_t *parts, size_t count, const struct fault *fault);
typedef void batch_failures_loaded(
    void *arg, const struct batch_failure *failures, size_t count, const struct fault *fault);

/* bytes: lent; NULL when it is kept no longer, or with the fault. */
typedef void batch_answer_loaded(void *arg, const unsigned char *bytes, size_t length, const struct fault *fault);

/* One or none; is_allowed is true exactly when there is one. */
void batch_load(struct store *store, administrator_id administrator, academy_code academy, const char *uai,
    batch_id batch, batches_loaded *loaded, void *arg);
/* Newest first. */
void batch_list(struct store *store, administrator_id administrator, academy_code academy, const char *uai,
    int64_t limit, batches_loaded *loaded, void *arg);
void batch_load_failures(
    struct store *store, academy_code academy, batch_id batch, int64_t limit, batch_failures_loaded *loaded, void *arg);
/* The numbers of the documents that can be fetched, in order; lent; NULL with the fault. */
void batch_load_parts(struct store *store, academy_code academy, batch_id batch, batch_parts_loaded *loaded, void *arg);
/* What the request of this method that made it was answered. */
void batch_load_answer(struct store *store, academy_code academy, batch_id batch, const char *method,
    batch_answer_loaded *loaded, void *arg);
/* academies[i] and batches[i] name one; channel, reset, leaving and time are not loaded. */
void batch_load_progress(struct store *store, const int64_t *academies, const int64_t *batches, size_t count,
    batches_loaded *loaded, void *arg);
