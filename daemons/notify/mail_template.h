/* The mails that there are, and the templates of their texts: which files, what may stand in them, where they are read.
 * A file of notify.template_copies stands for the house's own of that name, if it is right. */
#pragma once

#include "store/delivery.h"
#include "template/template.h"

#include <stdbool.h>
#include <stddef.h>

struct mail_template {
    const char *name;    /* of the files: "notification" → notification.txt, notification.html */
    const char *summary; /* French: when it goes */
    enum delivery_kind kind;
    bool is_repeat;
    const char *needed[4]; /* values without which it is of no use, NULL-ended */
};

enum { MAIL_TEMPLATE_COUNT = 20 };
extern const struct mail_template mail_templates[MAIL_TEMPLATE_COUNT];

NEVER_NULL const struct mail_template *mail_template_of(const struct owed_mail *mail);
/* NULL: there is none of that name. */
const struct mail_template *mail_template_named(const char *name);

/* The link that a kind of mail carries. */
struct mail_link {
    const char *purpose; /* of its token */
    const char *path;    /* on the portal, before the token */
};
/* NULL: none. */
const struct mail_link *mail_link_of(enum delivery_kind kind);

/* The text of a file: its path ends with the name of a template's file, or with "mail.html". False with what is wrong, in French: line, what, and in
 * the hint what to write instead. */
MUST_USE bool mail_template_check(const char *file, const char *text, size_t length, struct fault *fault);

enum { MAIL_LANGUAGE_SIZE = 16, MAIL_LANGUAGES_MAX = 16, MAIL_TEMPLATE_FILE_SIZE = 64 };

/* "notification.html", or "en/notification.html" of a second language. language "": French. */
void mail_template_file(
    const char *language, const char *name, const char *suffix, char out_file[MAIL_TEMPLATE_FILE_SIZE]);

/* Told what is wrong with a copy, or missing in a second language: with file and line, in French. */
typedef void mail_template_heard(void *arg, const struct fault *fault);

struct mail_template_folders {
    const char *own;    /* the house's */
    const char *copies; /* "": none */
    /* NULL: the first copy that is wrong is the fault. Else each is told, and the house's own text is taken; of a language
     * of which it has none, the mail goes without that language. An upgrade may know other values than the copies: a mail
     * in the house's words is better than none. */
    mail_template_heard *heard;
    void *arg; /* given to it */
};

/* Reads and checks all files of French and of the second languages, once for all sets: one a thread. The caller owns them;
 * after a fault, those that are not NULL. set_count 0: checks alone. Faults: IO, FORMAT, with file and line. */
MUST_USE bool mail_template_load(const struct mail_template_folders *folders, const char *const *languages,
    size_t language_count, struct template_set **out_sets, size_t set_count, struct fault *fault);
/* Where a file is read. */
bool mail_template_is_copied(const struct mail_template_folders *folders, const char *file);
