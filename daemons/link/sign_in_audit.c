#include "link/sign_in_audit.h"

#include "domain/refusal.h"
#include "store/audit.h"

void sign_in_audit_refused(struct store *store, const struct call *call, administrator_id id)
{
    if (id.v == 0) {
        return;
    }
    const struct audit_deed deed = {
        .author = {.administrator = id, .trace = call_trace(call)},
        .action = AUDIT_SIGN_IN_REFUSED,
        .academy = {-1                  },
        .details = {{"reason", refusal_code(REFUSAL_WRONG_CREDENTIALS)}},
        .detail_count = 1,
    };
    audit_write(store, &deed, NULL, NULL);
}
