/* Individual sheets (guide 5.2): a page an account, as PDF, over libharu. Pure but for the fonts' files. */
#pragma once

#include "domain/identifier.h"
#include "domain/password.h"
#include "domain/school.h"
#include "domain/types.h"
#include "notify/wording.h"
#include "runtime/fault.h"
#include "store/document.h"

#include <stdbool.h>
#include <stddef.h>

struct sheet {
    bool is_guardian; /* else a pupil */
    bool is_opened;   /* the person signed in once */
    char name[WORDING_NAME_SIZE];
    char login[IDENTIFIER_SIZE];
    char password[OWED_SEALED_MAX + 1]; /* "": the person chose theirs */
    char expires[WORDING_DATE_SIZE];    /* of the password */
    char class_label[CLASS_LABEL_SIZE];
    char children[SHEET_CHILDREN_SIZE]; /* one a line: first name, tab, class or nothing */
};

struct sheet_document {
    const char *school, *city, *portal_url, *font_directory;
    struct instant made_at;
    const struct sheet *sheets; /* one at least */
    size_t count;
};

/* The caller frees the PDF, and wipes it. Faults: IO (fonts), LIBRARY. */
MUST_USE bool sheet_render(
    const struct sheet_document *document, unsigned char **out_pdf, size_t *out_length, struct fault *fault);
