/* A Maildir that the site's mail server delivers to: what is new in it, read, and put away. Blocking. */
#pragma once

#include "domain/types.h"
#include "runtime/fault.h"

#include <stddef.h>

enum {
    MAILDIR_NAME_SIZE = 256,
    MAILDIR_READ_MAX =
        1024 * 1024,          /* bytes; a longer mail is read so far: a report stands before the mail that it is of */
    MAILDIR_COUNT_MAX = 10000 /* what waits is counted so far */
};

/* name: lives for the call, as bytes do. bytes: NULL when the file could not be read. False: no more are wanted. */
typedef bool maildir_visit(void *arg, const char *name, const char *bytes, size_t length);

/* What is new, in no order, until the visit wants no more. out_waiting: how many there are, those visited included. */
MUST_USE bool maildir_read(
    const char *directory, maildir_visit *visit, void *arg, size_t *out_waiting, struct fault *fault);
/* One that is gone already is no fault: another notifyd reads there too. */
MUST_USE bool maildir_erase(const char *directory, const char *name, struct fault *fault);
/* To those that were seen, for a person to read. */
MUST_USE bool maildir_keep(const char *directory, const char *name, struct fault *fault);
/* Those kept that are older. */
MUST_USE bool maildir_erase_kept(const char *directory, struct instant before, struct fault *fault);
