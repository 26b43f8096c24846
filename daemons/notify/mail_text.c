#include "notify/mail_text.h"

#include "notify/wording.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <stdio.h>
#include <string.h>

static const char *const names[][2] = {
    {"notification.txt",    "notification.html"   },
    {"re-notification.txt", "re-notification.html"},
    {"activation.txt",      "activation.html"     },
    {"reset.txt",           "reset.html"          },
    {"changed.txt",         "changed.html"        },
};

const char *const mail_text_files[] = {"notification.txt", "notification.html", "re-notification.txt",
    "re-notification.html", "activation.txt", "activation.html", "reset.txt", "reset.html", "changed.txt",
    "changed.html", "mail.html", NULL};

static const char *const *names_of(const struct owed_mail *mail)
{
    switch (mail->kind) {
    case DELIVERY_NOTIFICATION:
        return names[mail->is_repeat ? 1 : 0];
    case DELIVERY_ACTIVATION:
        return names[2];
    case DELIVERY_PASSWORD_RESET:
        return names[3];
    case DELIVERY_PASSWORD_CHANGED:
    case DELIVERY_KIND_COUNT:
        break;
    }
    return names[4];
}

/* A first sign-in, a new password after a reset, or the password that the person chose. */
static void fill_password(struct view *view, const struct owed_mail *mail, const char *password)
{
    if (!password) {
        view_show(view, "OWN_PASSWORD");
        return;
    }
    char date[WORDING_DATE_SIZE];
    wording_date(mail->password_expires_at, date);
    struct view *part = view_add(view, "PROVISIONAL");
    view_set(part, "PASSWORD", password);
    view_set(part, "EXPIRES", date);
    view_show(view, mail->is_opened ? "AFTER_RESET" : "FIRST_TIME");
    view_show(view, mail->profile == PROFILE_RESPONSABLE ? "IS_GUARDIAN" : "IS_PUPIL");
}

static void fill_school(struct view *view, const struct owed_mail *mail)
{
    struct name_text city;
    bool has_city = mail->city[0] != '\0' && name_display(mail->city, &city);
    view_print(
        view, "SCHOOL", "%s%s%s%s", mail->school, has_city ? " (" : "", has_city ? city.text : "", has_city ? ")" : "");
}

static void fill(struct view *view, const struct owed_mail *mail, const struct mail_words *words)
{
    char text[OWED_CHILDREN_SIZE];
    char name[WORDING_NAME_SIZE];
    char date[WORDING_DATE_SIZE];
    wording_name(mail->prenom, mail->nom, name);
    view_set(view, "NAME", name);
    view_set(view, "LOGIN", mail->login);
    view_print(view, "SIGN_IN", "%s/connexion", words->portal_url);
    view_set(view, "LINK", words->link);
    wording_date(mail->created_at, date);
    view_set(view, "ASKED", date);
    if (instant_is_set(mail->link_expires_at)) {
        wording_date(mail->link_expires_at, date);
        view_set(view_add(view, "LINK_ENDS"), "LINK_EXPIRES", date);
    }
    wording_list(mail->children, text, sizeof text);
    if (text[0] != '\0' && mail->profile == PROFILE_RESPONSABLE) {
        view_set(view_add(view, "WITH_CHILDREN"), "CHILDREN", text);
    }
    fill_school(view, mail);
    fill_password(view, mail, words->password);
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

static bool make_plain(const struct template_set *set, const char *file, const struct owed_mail *mail,
    const struct mail_words *words, struct mail_text *text, struct fault *fault)
{
    _cleanup_(view_free) struct view *view = view_new();
    _cleanup_(memory_free) char *whole = NULL;
    size_t length = 0;
    fill(view, mail, words);
    return template_render(set, file, view, &whole, &length, fault) && split_subject(whole, length, file, text, fault);
}

static bool make_html(const struct template_set *set, const char *file, const struct owed_mail *mail,
    const struct mail_words *words, struct mail_text *text, struct fault *fault)
{
    _cleanup_(view_free) struct view *frame = view_new();
    size_t length = 0;
    view_set(frame, "SUBJECT", text->subject);
    fill(view_include(frame, "BODY", file), mail, words);
    return template_render(set, "mail.html", frame, &text->html, &length, fault);
}

bool mail_text_make(const struct template_set *set, const struct owed_mail *mail, const struct mail_words *words,
    struct mail_text *out_text, struct fault *fault)
{
    const char *const *files = names_of(mail);
    *out_text = (struct mail_text){0};
    bool made = make_plain(set, files[0], mail, words, out_text, fault) &&
                make_html(set, files[1], mail, words, out_text, fault);
    if (!made) {
        mail_text_clear(out_text);
    }
    return made;
}

static void wipe(char **text)
{
    if (*text) {
        secret_wipe(*text, strlen(*text));
    }
    memory_free(text);
}

void mail_text_clear(struct mail_text *text)
{
    wipe(&text->subject);
    wipe(&text->plain);
    wipe(&text->html);
}
