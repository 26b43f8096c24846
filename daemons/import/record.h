/* One record of AAF, checked and turned into what the house keeps, in either grammar (aaf.md 2 and 3). Pure. What is
 * wrong goes to the report: a refused record gives false, a value that is set aside does not. */
#pragma once

#include "domain/date.h"
#include "import/aaf_reader.h"
#include "import/report.h"
#include "store/import_stage.h"

/* The attributes of the record tell its degree: 1, 2, or 0. */
int record_degree(const struct aaf_record *record);

bool record_school(const struct aaf_record *record, struct import_place place, struct report *report,
    struct import_school *out_school);
/* today: nobody is born later. base: the person as known, of whom a modification changes what it lists; NULL: the record
 * lists all. */
bool record_pupil(const struct aaf_record *record, struct import_place place, struct date today, struct report *report,
    const struct import_person *base, struct import_person *out_pupil);
bool record_guardian(const struct aaf_record *record, struct import_place place, struct report *report,
    const struct import_person *base, struct import_person *out_guardian);
/* A member of staff, and what structures the record names this one head of. Who heads none is only checked by the number. */
bool record_head(
    const struct aaf_record *record, struct import_place place, struct report *report, struct import_head *out_head);
/* Of a category that accounts do not need: its identifier is checked, and no more. */
bool record_other(const struct aaf_record *record, struct import_place place, struct report *report);
