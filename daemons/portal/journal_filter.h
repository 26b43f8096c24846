/* What narrows the journal of actions: read from an address, written back into fields and addresses. */
#pragma once

#include "portal/visit.h"
#include "store/audit.h"

struct journal_filter {
    const char *uai, *actor, *action, *login, *since, *until; /* as typed; "" does not narrow; live with the request */
    bool is_further;                                          /* not the first page: `after` is the entry before it */
    struct {
        struct instant at;
        int chain;
        int64_t number;
    } after;
};

void journal_filter_read(const struct visit *visit, struct journal_filter *out_filter);
bool journal_filter_narrows(const struct journal_filter *filter);
/* Without reader and limit. A day that is none does not narrow. */
struct audit_asked journal_filter_asked(const struct journal_filter *filter);
/* The page that follows an entry, or the first one with NULL; in the visit's arena. */
const char *journal_filter_href(
    const struct visit *visit, const struct journal_filter *filter, const struct audit_listed *after);
