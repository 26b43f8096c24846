/* The second language of a school's mails: which it is, and how dates and lists are written in it. */
#pragma once

#include "domain/types.h"
#include "notify/mail_template.h"
#include "notify/wording.h"
#include "runtime/config.h"

struct mail_languages;

/* What may name a language and its folder of templates: letters and hyphens, or "". */
bool mail_language_is_name(const char *text);

/* Of notify.second_language and the sections mail_language. Faults: CONFIG. The caller owns it. */
MUST_USE bool mail_languages_read(
    const struct config *config, struct mail_languages **out_languages, struct fault *fault);
void mail_languages_free(struct mail_languages **languages);

/* "" none, else "en" … uai: "" of no school that is known. */
NEVER_NULL const char *mail_language_of(const struct mail_languages *languages, const char *uai);
/* All that are in use. */
const char *const *mail_languages_used(const struct mail_languages *languages, size_t *out_count);

/* "1 September 2026"; language "": French. Of a language whose months are not known here: "01/09/2026". */
void mail_language_date(const char *language, struct instant instant, char out_text[WORDING_DATE_SIZE]);
/* What stands before the last name of a list: " and "; ", " where it is not known. */
NEVER_NULL const char *mail_language_and(const char *language);
