/*
 * Individual sheets (guide 5.2): a page an account, as PDF, over libharu. Pure but for the fonts' files. Folded in three at its
 * marks, a page goes into an envelope DL whose window shows the address and nothing else, however the page slides in it.
 */
#pragma once

#include "domain/identifier.h"
#include "domain/password.h"
#include "domain/school.h"
#include "domain/types.h"
#include "notify/postal.h"
#include "notify/wording.h"
#include "runtime/fault.h"
#include "store/document.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sheet {
    int64_t page;     /* of the batch */
    bool is_guardian; /* else a pupil */
    bool is_opened;   /* the person signed in once */
    bool is_posted;   /* the address is one; else the sheet is handed out */
    struct postal_address address;
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
    int64_t pages_all; /* of the batch */
};

/* The caller frees the PDF, and wipes it. Faults: IO (fonts), LIBRARY. */
MUST_USE bool sheet_render(
    const struct sheet_document *document, unsigned char **out_pdf, size_t *out_length, struct fault *fault);
