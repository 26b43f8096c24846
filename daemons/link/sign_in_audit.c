#include "link/sign_in_audit.h"

#include "store/audit.h"

void sign_in_audit_refused(
    struct store *store, enum audit_action action, const struct audit_author *author, const char *reason)
{
    if (author->administrator.v == 0) {
        return;
    }
    const struct audit_deed deed = {
        .author = *author,
        .action = action,
        .academy = {-1},
        .details = {{"reason", reason}},
        .detail_count = 1,
    };
    audit_write(store, &deed, NULL, NULL);
}
