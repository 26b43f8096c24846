/* Which attribute a name of a file is: one that the house reads, one that it knows and passes over, or an unknown one,
 * counted. AAF gains attributes each year: none is an error, all are told. */
#pragma once

#include "import/aaf_record.h"
#include "runtime/attributes.h"

enum { AAF_UNKNOWN_MAX = 200 /* names that are told apart, of a file */ };

struct aaf_unknown {
    enum aaf_category category;
    char name[64]; /* "…": the ones beyond AAF_UNKNOWN_MAX, and what is no name */
    int64_t count, line;
};

struct aaf_names;

/* Of a name: stays when lists are sorted otherwise. */
uint32_t aaf_name_number(const char *name);

NEVER_NULL MUST_USE struct aaf_names *aaf_names_new(void);
void aaf_names_free(struct aaf_names **names);

/* AAF_ATTRIBUTE_COUNT: not one to be read. `name` needs no end. */
enum aaf_attribute aaf_names_find(
    struct aaf_names *names, enum aaf_category category, const char *name, size_t length, int64_t line);

/* Valid until the next call of either. */
const struct aaf_unknown *aaf_names_unknown(struct aaf_names *names, size_t *out_count);
/* Of all names that are read or known: another number when there are others. */
uint32_t aaf_names_rules(void);
/* How often an unknown name was met. */
int64_t aaf_names_unknown_total(const struct aaf_names *names);
