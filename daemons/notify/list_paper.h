/* The list of accounts for those who hand the sheets out (guide 5.4), as PDF: each class begins a page. Pure but for the
 * fonts' files. */
#pragma once

#include "domain/account.h"
#include "notify/list_order.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"

struct list_document {
    const struct handout *handout; /* its school and city */
    const char *uai, *font_directory;
    enum account_profile profile;
    struct instant made_at;
    const struct list_order *order; /* by class; one line at least */
};

/* The caller frees the PDF. Faults: IO (fonts), LIBRARY. */
MUST_USE bool list_paper_render(
    const struct list_document *document, unsigned char **out_pdf, size_t *out_length, struct fault *fault);
