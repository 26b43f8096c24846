/* What the name of a file of AAF says (aaf.md 1.4), read from its end: `…_Complet_20240916_Eleve_0000.xml`. */
#pragma once

#include "domain/date.h"
#include "import/aaf_reader.h"

struct file_name {
    enum aaf_category category; /* AAF_CATEGORY_COUNT: not said */
    int part;                   /* -1: not said */
    bool is_delta;
    struct date date; /* not valid: not said */
};

/* false: not an XML file. `name` without folders. */
bool file_name_read(const char *name, struct file_name *out_name);

/* The first eight digits of a name that are a date, YYYYMMDD; not valid without any. For files and archives. */
struct date file_name_date(const char *name);

/* `.tgz`, `.tar.gz`, `.zip`, and not hidden. */
bool file_name_is_archive(const char *name);
