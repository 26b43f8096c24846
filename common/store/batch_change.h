/* What a head changes of a batch that was made: cancels what has not left, takes up again what did not arrive. */
#pragma once

#include "store/batch.h"
#include "store/selection.h"

struct batch_cancelled {
    bool is_repeat;    /* it was answered before, and nothing was changed now */
    bool is_mail;      /* else sheets */
    int64_t stopped;   /* what was cancelled, and the mails whose try decides */
    int64_t cancelled; /* of these */
};
/* cancelled: lent; NULL when the administrator has no such batch, or with the fault. */
typedef void batch_cancel_done(void *arg, const struct batch_cancelled *cancelled, const struct fault *fault);
/* asked: its accounts are not needed. */
void batch_cancel(
    struct store *store, const struct selection_asked *asked, batch_id batch, batch_cancel_done *done, void *arg);

struct batch_rest {
    bool is_mail;
    const int64_t *academies, *ids; /* of the accounts, in order */
    size_t count;
    const unsigned char *stored_answer; /* NULL: this request was not answered before */
    size_t stored_answer_length;
};
/* rest: lent; NULL when the administrator has no such batch, or with the fault. */
typedef void batch_rest_loaded(void *arg, const struct batch_rest *rest, const struct fault *fault);
/* is_cancelled: those that were cancelled; else those that failed. */
void batch_load_rest(struct store *store, const struct selection_asked *asked, batch_id batch, bool is_cancelled,
    batch_rest_loaded *loaded, void *arg);
