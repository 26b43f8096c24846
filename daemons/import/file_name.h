/* What the name of a file of AAF says (aaf.md 1.4), read from its end: `…_Complet_20240916_Eleve_0000.xml`.
 *
 * A name is read as runs of letters and runs of digits; everything else parts them, and so does the change from one to
 * the other. So `delta` counts where it stands alone (`Delta69-ENT.tgz`, `anon-delta.tgz`), not inside `CollegeDelta`. */
#pragma once

#include "domain/date.h"
#include "import/aaf_reader.h"

#include <stdbool.h>
#include <stddef.h>

enum file_kind { FILE_KIND_UNSAID, FILE_KIND_COMPLETE, FILE_KIND_DELTA };

struct file_name {
    enum aaf_category category; /* AAF_CATEGORY_COUNT: not said */
    int part;                   /* -1: not said */
    size_t series_length;       /* of the name up to the part, which those of one series share; 0: no part is said */
    enum file_kind kind;
    struct date date; /* not valid: not said */
};

/* false: not an XML file. `name` without folders. today: a date after it is not believed. */
bool file_name_read(const char *name, struct date today, struct file_name *out_name);

/* Of a file or an archive: its last run of eight digits that is a date, YYYYMMDD, from 2000 to `today`; not valid without
 * any. */
struct date file_name_date(const char *name, struct date today);

/* Of a file or an archive: the last of its words that says it. A name with both words ends with what it is:
 * `Delta_Complet_…` is the complete set of a project named Delta. */
enum file_kind file_name_kind(const char *name);

/* `.xml`, and not hidden. */
bool file_name_is_xml(const char *name);
/* `.tgz`, `.tar.gz`, `.zip`, and not hidden. */
bool file_name_is_archive(const char *name);
/* What a program that uploads calls a file until it is whole: hidden, `.part`, `.filepart`, `.partial`, `.tmp`. */
bool file_name_is_partial(const char *name);

enum { FILE_NAME_SHOWN_SIZE = 256 };
/* As it may be shown and stored: printable UTF-8, `?` for each byte that is not, and the end of a name that is too long,
 * for the end says what it is. */
void file_name_show(const char *name, char out_shown[FILE_NAME_SHOWN_SIZE]);

/* 1 or 2 when the name holds it, as `ENT2DVA` and `ENT1D` do; 0 otherwise. A last resort: a delta that only deletes says it
 * nowhere else. */
int file_name_degree(const char *name);
