/* The figures of a school as a document of A4 (guide 7): what its page shows, for a meeting or a file. Pure but for the fonts'
 * files; some milliseconds, for a thread. */
#pragma once

#include "domain/account.h"
#include "domain/school.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "statistics.pb-c.h"

struct school_paper {
    const char *font_directory;
    const char *name, *city, *uai;
    academy_code academy;
    const Preau__Statistics__GetSchoolReply *figures;
    bool profiles[PROFILE_COUNT]; /* that have a part */
};

/* The caller frees the PDF. Faults: IO (fonts), LIBRARY. */
MUST_USE bool school_paper_render(
    const struct school_paper *document, unsigned char **out_pdf, size_t *out_length, struct fault *fault);
