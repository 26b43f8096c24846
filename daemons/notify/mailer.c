#include "notify/mailer.h"

#include "crypto/seal.h"
#include "crypto/token.h"
#include "notify/mail_message.h"
#include "notify/mail_template.h"
#include "notify/wording.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <stdio.h>

/* The provisional password of a notification, while it is one. */
static bool password_of(const struct mailer *mailer, const struct owed_mail *mail, char *out_password,
    const char **out_shown, struct fault *fault)
{
    char place[SEAL_PLACE_SIZE];
    *out_shown = NULL;
    if (mail->kind != DELIVERY_NOTIFICATION || mail->password != PASSWORD_PROVISIONAL) {
        return true;
    }
    seal_place(place, "credential", mail->academy.v, mail->account.v);
    if (mail->sealed_length < SEAL_OVERHEAD ||
        !seal_open(mailer->keys, place, mail->sealed, mail->sealed_length, out_password)) {
        fault_set(fault, FAULT_CRYPTO, "a provisional password cannot be opened");
        return fault_hint(fault, "A sealing key that is still in use was removed from keys.directory.");
    }
    *out_shown = out_password;
    return true;
}

/* Its address, in the portal of the configuration: nothing that a browser sent is in it. */
static void link_of(const struct mailer *mailer, const struct owed_mail *mail, char *out_link, size_t size)
{
    const struct mail_link *link = mail_link_of(mail->kind);
    out_link[0] = '\0';
    if (link) {
        char token[TOKEN_LINK_SIZE];
        token_link_make(mailer->keys, link->purpose, mail->academy.v, mail->confirmation, token);
        snprintf(out_link, size, "%s/%s/%s", mailer->portal_url, link->path, token);
        secret_wipe(token, sizeof token);
    }
}

static bool text_of(
    const struct mailer *mailer, const struct owed_mail *mail, struct mail_text *out_text, struct fault *fault)
{
    char password[OWED_SEALED_MAX + 1] = "";
    char link[512];
    struct mail_words words = {
        .portal_url = mailer->portal_url, .link = link, .language = mail_language_of(mailer->languages, mail->uai)};
    link_of(mailer, mail, link, sizeof link);
    bool made = password_of(mailer, mail, password, &words.password, fault) &&
                mail_text_make(mailer->templates, mail, &words, out_text, fault);
    secret_wipe(password, sizeof password);
    secret_wipe(link, sizeof link);
    return made;
}

/* The sender of the envelope: it differs at each try, so that a report tells which one it is about. */
static void envelope_make(
    const struct mailer *mailer, const struct owed_mail *mail, char out_text[RETURN_ENVELOPE_SIZE])
{
    if (mailer->returns->local[0] == '\0') {
        snprintf(out_text, RETURN_ENVELOPE_SIZE, "%s", mailer->sender);
        return;
    }
    const struct token_try of = {mail->academy.v, mail->id.v, (unsigned)(mail->attempt % TOKEN_TRIES)};
    return_address_make(mailer->returns, mailer->keys, of, out_text);
}

void mailer_send(struct mailer *mailer, const struct owed_mail *mail, struct mailer_outcome *out_outcome)
{
    struct mail_text text;
    char name[WORDING_NAME_SIZE], envelope[RETURN_ENVELOPE_SIZE];
    size_t length, content_length;
    *out_outcome = (struct mailer_outcome){
        .smtp = {SMTP_TRY_AGAIN, DELIVERY_REASON_NOT_COMPOSED, 0, true}
    };
    if (!text_of(mailer, mail, &text, &out_outcome->fault)) {
        return;
    }
    out_outcome->is_composed = true;
    mail_text_name(mail, name);
    const struct mail_head head = {
        .sender_name = mailer->sender_name,
        .sender = mailer->sender,
        .recipient_name = name,
        .recipient = mail->recipient,
        .message_id = mail->message_id,
        .language = text.language,
        .date = mail->created_at, /* the same at each try, like the rest of the mail */
    };
    char *message = mail_message_make(&head, &text, &length);
    char *content = mail_message_for_smtp(message, length, &content_length);
    mail_text_clear(&text);
    envelope_make(mailer, mail, envelope);
    FAULT_POINT("notify_mail_claimed");
    struct tick start = clock_tick();
    out_outcome->smtp =
        smtp_send(mailer->smtp, &(struct smtp_mail){envelope, mail->recipient, content, content_length});
    out_outcome->smtp_time = clock_since(start);
    if (out_outcome->smtp.end == SMTP_SENT) {
        FAULT_POINT("notify_mail_sent");
    }
    secret_wipe(message, length);
    memory_free(&message);
    secret_wipe(content, content_length);
    memory_free(&content);
}
