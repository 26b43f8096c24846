/* Mails that left and came back: what their recipient's server reported of them. */
#pragma once

#include "domain/delivery_reason.h"
#include "domain/types.h"
#include "runtime/fault.h"

#include <stddef.h>

struct store;

enum { DELIVERY_RETURNS_MAX = 64 };

struct returned_mail {
    academy_code academy;
    delivery_id id;
    unsigned attempt; /* of the try that was reported, its rest by `tries` */
    enum delivery_reason reason;
};

/* One that was sent, and is failed from now on. */
struct delivery_returned {
    academy_code academy;
    delivery_id id;
    academy_code batch_academy;
    batch_id batch; /* 0: of none */
};

/* returned: lent for the call, those alone that were not known to have failed; NULL with the fault. */
typedef void delivery_returns_recorded(
    void *arg, const struct delivery_returned *returned, size_t count, const struct fault *fault);

/* At most DELIVERY_RETURNS_MAX mails; asked again, it changes nothing. */
void delivery_record_returns(struct store *store, const struct returned_mail *mails, size_t count, unsigned tries,
    delivery_returns_recorded *recorded, void *arg);
