/* French words of mails and sheets. */
#pragma once

#include "domain/name.h"
#include "domain/school.h"
#include "domain/types.h"

#include <stddef.h>

enum { WORDING_DATE_SIZE = 40, WORDING_NAME_SIZE = 2 * NAME_SIZE + 1 };

/* "1er septembre 2026", in the house's zone. */
void wording_date(struct instant instant, char out_text[WORDING_DATE_SIZE]);
/* "01/09/2026"; "" for never. */
void wording_day(struct instant instant, char out_text[WORDING_DATE_SIZE]);
enum { WORDING_SCHOOL_SIZE = SCHOOL_NAME_SIZE + sizeof(struct name_text) + sizeof " ()" };
/* "Collège Louise Michel (Lyon)" */
void wording_school(const char *name, const char *city, char out_text[WORDING_SCHOOL_SIZE]);
/* "Anne DURAND" */
void wording_name(const char *prenom, const char *nom, char out_text[WORDING_NAME_SIZE]);
/* "DURAND Anne", as lists are sorted. */
void wording_sorted_name(const char *prenom, const char *nom, char out_text[WORDING_NAME_SIZE]);
/* "Anne DURAND, Paul DURAND" of lines of first name, tab, name; cut after whole names. */
void wording_people(const char *lines, char *out_text, size_t size);
/* "Léa, Tom et Zoé" of names that stand one a line, in the form to show; cut after whole names. before_last: " et ", " and ". */
void wording_list(const char *lines, const char *before_last, char *out_text, size_t size);
