/* Individual sheets on paper (guide 5.2, 6.2): one A4 page an account, for black and white printers. */
#pragma once

#include "domain/account.h"
#include "domain/date.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>

/* What one page shows; texts are borrowed. */
struct sheet {
    enum account_profile profile;
    const char *prenom, *nom;
    const char *class_label; /* "" none: heads the page, so that a pile is sorted by it */
    const char *children;    /* of a guardian: one a line, first name, tab, class or nothing */
    const char *login;
    const char *password; /* "" when the person has chosen one: then the sheet reminds of the identifier only */
    struct date valid_until;
};

struct sheet_paper {
    const char *school, *city;
    const char *address; /* of the sign-in page; also as QR code */
    const char *font_directory;
};

/* A PDF of `count` pages in the order given, at least one; the caller frees the bytes. On a thread: takes some 2 ms a
 * page. Faults: LIBRARY (libharu says no), IO (a font is missing). */
MUST_USE bool sheets_print(const struct sheet_paper *paper, const struct sheet *sheets, size_t count,
    unsigned char **out_pdf, size_t *out_length, struct fault *fault);
