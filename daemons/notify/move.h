/* Requests that move selected accounts: notify them (guide 5.2, 5.3, 6.2, 6.3), once more those whose mail or sheet did not
 * leave, reset their passwords (5.5, 6.4). */
#pragma once

#include "bus/service.h"
#include "notify.pb-c.h"
#include "notify/notify.h"
#include "store/selection.h"

void move_create_batch(struct notify *notify, struct call *call, const Preau__Notify__CreateBatchRequest *request);
void move_retry_batch(struct notify *notify, struct call *call, const Preau__Notify__RetryBatchRequest *request);
void move_reset_passwords(
    struct notify *notify, struct call *call, const Preau__Notify__ResetPasswordsRequest *request);

/* What a request about accounts asks: refused when it names none, too many or impossible ones. The caller frees
 * *out_accounts, which *out_asked borrows, as it does the request's texts. */
enum refusal move_read_asked(const struct notify *notify, const struct call *call, uint32_t academy, const char *uai,
    Preau__AccountRef *const *accounts, size_t count, int64_t **out_accounts, struct selection_asked *out_asked);

enum { MOVE_TRIES_MAX = 8 /* of a request whose rows change under it */ };
/* Whether what failed so may succeed at another try; counts it. */
bool move_may_again(const struct notify *notify, const struct fault *fault, unsigned *tries);

/* Who asks for what, of one school, without accounts. */
struct selection_asked move_asked(const struct call *call, uint32_t academy, const char *uai);

/* What any request about a school must have: an academy, a UAI. */
bool move_school_is_sound(uint32_t academy, const char *uai);
