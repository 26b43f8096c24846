/* French as it is written: names, counts, dates. Pure, but for the zone of clock.h. */
#pragma once

#include "domain/name.h"
#include "domain/types.h"

#include <stddef.h>
#include <stdint.h>

enum { WORDING_NAME_SIZE = 2 * NAME_SIZE + 2, WORDING_SIZE = 64, WORDING_TEXT_SIZE = 512 };

/* "Marie DUPONT" */
void wording_name(const char *prenom, const char *nom, char out_name[WORDING_NAME_SIZE]);
/* "DUPONT Marie", as lists are sorted. */
void wording_sorted_name(const char *prenom, const char *nom, char out_name[WORDING_NAME_SIZE]);
/* Lines of first name, tab, name → "Marie DUPONT, Paul DUPONT"; what does not fit is left out. */
void wording_related(const char *lines, char *out_text, size_t size);

/* "1 234", with the narrow no-break space of French thousands. */
void wording_number(int64_t number, char out_text[WORDING_SIZE]);
/* "1 compte", "1 234 comptes"; 0 is singular. */
void wording_count(int64_t count, const char *one, const char *several, char out_text[WORDING_SIZE]);
/* The same text with no-break spaces where French wants them: before : ; ? ! », after «. What does not fit is left out. */
void wording_text(const char *text, char out_text[WORDING_TEXT_SIZE]);
/* "03/11/2026"; "" for never. */
void wording_day(struct instant at, char out_text[WORDING_SIZE]);
/* "03/11/2026 à 8 h 05"; "" for never. */
void wording_moment(struct instant at, char out_text[WORDING_SIZE]);
