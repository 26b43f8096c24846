/* What a mail says: a subject, a text and the same in HTML; all of it in French, then in the second language if there is
 * one. */
#pragma once

#include "notify/wording.h"
#include "store/delivery.h"
#include "template/template.h"

#include <stdbool.h>

struct mail_text {
    char *subject, *plain, *html; /* UTF-8; lines end with \n */
    const char *language;         /* the second one that it has; "" none; borrowed of mail_words */
};

/* What is not in the store. */
struct mail_words {
    const char *password;   /* the provisional one; NULL: none that can be told */
    const char *portal_url; /* without a slash at its end */
    const char *link;       /* of a mail that has one (mail_link_of); else "" */
    const char *language;   /* the second one, if its texts are there; "" none */
};

/* Whom it is to: an administrator as they are called, anybody else as the record has it. */
void mail_text_name(const struct owed_mail *mail, char out_name[WORDING_NAME_SIZE]);

/* The caller ends it with mail_text_clear, which wipes: it may hold a password or a link. */
MUST_USE bool mail_text_make(const struct template_set *set, const struct owed_mail *mail,
    const struct mail_words *words, struct mail_text *out_text, struct fault *fault);
void mail_text_clear(struct mail_text *text);
