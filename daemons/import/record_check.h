/* Inside record: what the checks of all kinds of records share. What is wrong goes to the report, with its place. */
#pragma once

#include "domain/email.h"
#include "domain/name.h"
#include "import/record.h"

/* A record under way: what every check needs. */
struct checking {
    const struct aaf_record *record;
    struct report *report;
    struct report_place where;
    bool may_leave; /* a modification of somebody known: what it does not list stays */
    bool has_left;
};

struct checking check_begin(
    const struct aaf_record *record, struct import_place place, struct report *report, bool may_leave);

bool check_lists(const struct checking *checking, enum aaf_attribute attribute);
/* A modification that lists neither of the two names that the grammars give an attribute. */
bool check_is_left(struct checking *checking, enum aaf_attribute one, enum aaf_attribute other);

/* The record is refused; gives false. */
bool check_refuse(struct checking *checking, enum aaf_attribute attribute, enum refusal refusal, const char *value);
/* The value is set aside. */
void check_tell(struct checking *checking, enum aaf_attribute attribute, enum refusal refusal, const char *value);
/* What should be a number, as far as it is one: of columns that slipped, what stands there may be anything. */
const char *check_shown_number(const char *text);

/* Blanks at the ends dropped, in a row made one, controls left out. False when something was left out or cut. */
bool check_tidy(const char *text, char *out_text, size_t size);
bool check_is_too_long(const struct aaf_record *record, enum aaf_attribute attribute);

/* identifier/id and the jointure must be the same number. */
bool check_id(struct checking *checking, enum aaf_attribute attribute, int64_t *out_id);
/* Under either name, or in the place of both under `otherwise`, when there is one. */
bool check_name(struct checking *checking, enum aaf_attribute one, enum aaf_attribute other,
    enum aaf_attribute otherwise, char out_name[NAME_SIZE]);
/* One that is none is set aside. */
void check_mail(struct checking *checking, enum aaf_attribute attribute, struct email *out_mail);
