/* Of the mails whose text depends on whom they are for: the persons that a preview is made for. Nobody of them is anybody. */
#pragma once

#include "notify/mail_template.h"

struct preview_case {
    const char *name; /* "eleve" */
    unsigned kinds;   /* of mails that have it: bits of delivery_kind */
    enum account_profile profile;
    enum password_kind password;
    bool is_opened; /* the person signed in once */
    bool is_over;   /* the provisional password */
};

/* From 0; NULL past the last. Mails that read the same for everybody have none. */
const struct preview_case *preview_case_at(const struct mail_template *of, size_t index);
/* False: the mail has no such case. "": its first, or the one of mails that have none. */
MUST_USE bool preview_case_find(const struct mail_template *of, const char *name, const struct preview_case **out_case);

/* The mail, and the password that it shows: NULL none. */
void preview_case_mail(const struct mail_template *of, const struct preview_case *of_whom, struct instant now,
    struct owed_mail *out_mail, const char **out_password);
