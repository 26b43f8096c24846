/* The figures of an academy, or of the nation, as a document of A4 (guide 7): what their page shows but for the communes, of which
 * there may be a thousand, and of the schools only the first. For a thread, as school_paper.h. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "statistics.pb-c.h"

enum { AREA_PAPER_SCHOOLS = 50 /* those that lag most */ };

struct area_paper {
    const char *font_directory;
    academy_code academy; /* 0: the nation */
    const char *day;
    int64_t computed_at;
    const Preau__Statistics__AreaFigures *figures;
    Preau__Statistics__Share *const *nation_shares; /* of an academy only */
    size_t nation_share_count;
    Preau__Statistics__AcademyFigures *const *academies; /* of the nation only */
    size_t academy_count;
};

/* The caller frees the PDF. Faults: IO (fonts), LIBRARY. */
MUST_USE bool area_paper_render(
    const struct area_paper *document, unsigned char **out_pdf, size_t *out_length, struct fault *fault);
