/* May two names of the inbox change places at one instant? A delivery that others could still write to is copied, and the copy takes its
 * place so (inbox_claim.c); NFS, CIFS and FUSE mostly refuse it (renameat2(2), RENAME_EXCHANGE). */
#pragma once

#include "import/inbox.h"

#include <stdbool.h>
#include <sys/types.h>

enum { INBOX_EXCHANGE_TEXT_SIZE = 200 };

/* What one look remembers for the next. All zero at first. */
struct inbox_exchange {
    dev_t device; /* of the inbox, when it worked: it is not tried again on the same */
    bool works;
};

/* Tries it on two empty files of our own in .taken, which are gone afterwards. out_why: "" when it works, or when that cannot be told
 * because nothing can be written there (the check "disk" says that). For the looking thread: may wait for a file system of the network. */
void inbox_exchange_look(
    const struct inbox_options *options, struct inbox_exchange *exchange, char out_why[INBOX_EXCHANGE_TEXT_SIZE]);
