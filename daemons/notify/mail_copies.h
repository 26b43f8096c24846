/* The templates as an operator has them: what is wrong with a copy is told, and mails leave with the house's own text instead. */
#pragma once

#include "notify/mail_language.h"
#include "notify/mail_template.h"
#include "runtime/daemon.h"

/* Each copy that is wrong, and each text that a language lacks. */
void mail_copies_check(const struct config *config, daemon_hears *tell, void *arg);

/* As mail_template_load. What is wrong is told on the log (mail_copy_left) and by the check "mail_copies". */
MUST_USE bool mail_copies_load(struct daemon_run *run, const struct mail_languages *languages,
    struct template_set **out_sets, size_t set_count, struct fault *fault);
