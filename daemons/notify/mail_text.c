#include "notify/mail_text.h"

#include "notify/mail_language.h"
#include "notify/mail_template.h"
#include "notify/reminder_text.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <stdio.h>
#include <string.h>

/* One language's part of a mail. */
struct part {
    const struct template_set *set;
    const struct owed_mail *mail;
    const struct mail_words *words;
    const char *language; /* "" French */
};

/* A first sign-in, a new password after a reset, or the password that the person chose; of an account that FranceConnect opened
 * nobody was given one. */
static void fill_password(struct view *view, const struct part *part)
{
    const struct owed_mail *mail = part->mail;
    const char *password = part->words->password;
    if (!password) {
        bool has_none = mail->kind == DELIVERY_ACCOUNT_OPENED && mail->is_by_franceconnect;
        view_show(view, has_none ? "BY_FRANCECONNECT" : "OWN_PASSWORD");
        return;
    }
    char date[WORDING_DATE_SIZE];
    mail_language_date(part->language, mail->password_expires_at, date);
    struct view *shown = view_add(view, "PROVISIONAL");
    view_set(shown, "PASSWORD", password);
    view_set(shown, "EXPIRES", date);
    view_show(view, mail->is_opened ? "AFTER_RESET" : "FIRST_TIME");
}

/* How long a link is good for, in signs that all languages share. */
static void fill_link(struct view *view, const struct part *part)
{
    enum { MINUTE = 60, HOUR = 60 * MINUTE, HOURS_FROM = 2 * HOUR };
    const struct owed_mail *mail = part->mail;
    char date[WORDING_DATE_SIZE];
    if (!instant_is_set(mail->link_expires_at)) {
        return;
    }
    struct view *ends = view_add(view, "LINK_ENDS");
    int64_t seconds = instant_since(mail->link_expires_at, mail->created_at).us / 1000000;
    mail_language_date(part->language, mail->link_expires_at, date);
    view_set(ends, "LINK_EXPIRES", date);
    if (seconds < HOURS_FROM) {
        view_print(ends, "LINK_TIME", "%d\u00a0min", (int)((seconds + MINUTE / 2) / MINUTE));
    } else {
        view_print(ends, "LINK_TIME", "%d\u00a0h", (int)(seconds / HOUR));
    }
}

/* Whether the password that the school handed out still opened the account when help was asked for: the same at each try
 * of the mail. */
static void fill_validity(struct view *view, const struct part *part)
{
    const struct owed_mail *mail = part->mail;
    char date[WORDING_DATE_SIZE];
    if (!instant_before(mail->created_at, mail->password_expires_at)) {
        view_show(view, "IS_OVER");
        return;
    }
    mail_language_date(part->language, mail->password_expires_at, date);
    view_set(view_add(view, "STILL_VALID"), "VALID_UNTIL", date);
}

static void fill_school(struct view *view, const struct owed_mail *mail)
{
    char school[WORDING_SCHOOL_SIZE];
    wording_school(mail->school, mail->city, school);
    view_set(view, "SCHOOL", school);
}

void mail_text_name(const struct owed_mail *mail, char out_name[WORDING_NAME_SIZE])
{
    if (mail->kind == DELIVERY_REMINDER) {
        snprintf(out_name, WORDING_NAME_SIZE, "%s", mail->nom);
    } else {
        wording_name(mail->prenom, mail->nom, out_name);
    }
}

/* Enough for who gave it: the address before may be read by others. */
static void fill_new_address(struct view *view, const struct owed_mail *mail)
{
    char masked[EMAIL_MASK_SIZE] = "";
    struct email email;
    if (email_parse(mail->new_email, &email)) {
        email_mask(&email, masked);
    }
    view_set(view, "NEW_ADDRESS", masked);
}

static void fill_account(struct view *view, const struct part *part)
{
    const struct owed_mail *mail = part->mail;
    const struct mail_words *words = part->words;
    char text[OWED_CHILDREN_SIZE];
    char date[WORDING_DATE_SIZE];
    view_set(view, "LOGIN", mail->login);
    view_print(view, "SIGN_IN", "%s/connexion", words->portal_url);
    view_set(view, "LINK", words->link);
    mail_language_date(part->language, mail->created_at, date);
    view_set(view, "ASKED", date);
    fill_new_address(view, mail);
    fill_link(view, part);
    wording_list(mail->children, mail_language_and(part->language), text, sizeof text);
    if (text[0] != '\0' && mail->profile == PROFILE_RESPONSABLE) {
        view_set(view_add(view, "WITH_CHILDREN"), "CHILDREN", text);
    }
    view_show(view, mail->profile == PROFILE_RESPONSABLE ? "IS_GUARDIAN" : "IS_PUPIL");
    fill_school(view, mail);
    view_show(view, mail->is_by_school ? "BY_SCHOOL" : "WITHOUT_SCHOOL");
    fill_password(view, part);
    fill_validity(view, part);
}

static void fill(struct view *view, const struct part *part)
{
    char name[WORDING_NAME_SIZE];
    mail_text_name(part->mail, name);
    view_set(view, "NAME", name);
    if (part->mail->kind == DELIVERY_REMINDER) {
        reminder_text_fill(view, part->mail->reminder, part->language, part->words->portal_url);
    } else {
        fill_account(view, part);
    }
}

/* The first line of a text template is the subject. */
static bool split_subject(char *whole, size_t length, const char *file, struct mail_text *text, struct fault *fault)
{
    static const char label[] = "Objet : ";
    char *end = strchr(whole, '\n');
    bool is_right = end && strncmp(whole, label, sizeof label - 1) == 0;
    if (is_right) {
        const char *subject = whole + sizeof label - 1;
        text->subject = checked_strndup(subject, (size_t)(end - subject));
        text->plain = checked_strdup(end + strspn(end, "\n"));
    }
    secret_wipe(whole, length);
    return is_right || fault_set(fault, FAULT_FORMAT, "template %s: its first line is no \"Objet : …\"", file);
}

static bool make_plain(const struct part *part, struct mail_text *text, struct fault *fault)
{
    _cleanup_(view_free) struct view *view = view_new();
    _cleanup_(memory_free) char *whole = NULL;
    char file[MAIL_TEMPLATE_FILE_SIZE];
    size_t length = 0;
    mail_template_file(part->language, mail_template_of(part->mail)->name, ".txt", file);
    fill(view, part);
    return template_render(part->set, file, view, &whole, &length, fault) &&
           split_subject(whole, length, file, text, fault);
}

static void include(struct view *view, const char *where, const struct part *part)
{
    char file[MAIL_TEMPLATE_FILE_SIZE];
    mail_template_file(part->language, mail_template_of(part->mail)->name, ".html", file);
    fill(view_include(view, where, file), part);
}

/* other: NULL none. */
static bool make_html(const struct part *part, const struct part *other, struct mail_text *text, struct fault *fault)
{
    _cleanup_(view_free) struct view *frame = view_new();
    size_t length = 0;
    view_set(frame, "SUBJECT", text->subject);
    include(frame, "BODY", part);
    if (other) {
        struct view *shown = view_add(frame, "OTHER");
        view_set(shown, "LANGUAGE", other->language);
        include(shown, "OTHER_BODY", other);
    }
    return template_render(part->set, "mail.html", frame, &text->html, &length, fault);
}

static void append(char **text, const char *between, const char *other)
{
    char *whole = checked_printf("%s%s%s", *text, between, other);
    secret_text_free(text);
    *text = whole;
}

/* Both subjects, then one text after the other: a family finds its own by its first words. */
static bool add_other(const struct part *other, struct mail_text *text, struct fault *fault)
{
    struct mail_text said = {0};
    bool made = make_plain(other, &said, fault);
    if (made) {
        append(&text->subject, " / ", said.subject);
        append(&text->plain, "\n________________________________________\n\n", said.plain);
    }
    mail_text_clear(&said);
    return made;
}

/* Both files, or neither: what is read and what is shown say the same. */
static bool is_written(const struct part *part)
{
    char plain[MAIL_TEMPLATE_FILE_SIZE], html[MAIL_TEMPLATE_FILE_SIZE];
    const char *name = mail_template_of(part->mail)->name;
    mail_template_file(part->language, name, ".txt", plain);
    mail_template_file(part->language, name, ".html", html);
    return template_set_has(part->set, plain) && template_set_has(part->set, html);
}

bool mail_text_make(const struct template_set *set, const struct owed_mail *mail, const struct mail_words *words,
    struct mail_text *out_text, struct fault *fault)
{
    const struct part french = {set, mail, words, ""};
    const struct part other = {set, mail, words, words->language};
    bool has_other = words->language[0] != '\0' && is_written(&other);
    *out_text = (struct mail_text){.language = has_other ? words->language : ""};
    bool made = make_plain(&french, out_text, fault) && (!has_other || add_other(&other, out_text, fault)) &&
                make_html(&french, has_other ? &other : NULL, out_text, fault);
    if (!made) {
        mail_text_clear(out_text);
    }
    return made;
}

void mail_text_clear(struct mail_text *text)
{
    secret_text_free(&text->subject);
    secret_text_free(&text->plain);
    secret_text_free(&text->html);
}
