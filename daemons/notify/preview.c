#include "notify/preview.h"

#include "notify/mail_language.h"
#include "notify/mail_message.h"
#include "notify/mail_template.h"
#include "notify/mail_text.h"
#include "notify/preview_case.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/worker.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { QUEUE_MAX = 16 };

struct previewer {
    struct workers *workers;
};

struct preview {
    struct call *call;
    /* what the thread needs: its own, for it may outlive the call when the process stops */
    const struct mail_template *of; /* NULL: the list alone */
    const struct preview_case *of_whom;
    char language[MAIL_LANGUAGE_SIZE];
    struct mail_template_folders folders;
    const char *portal_url, *sender, *sender_name;
    bool is_made;
    struct fault problem;
    struct mail_text text;
    char *message;
    size_t message_length;
};

/* --- on the thread --- */

static void message_make(struct preview *preview, const struct owed_mail *mail)
{
    char name[WORDING_NAME_SIZE];
    mail_text_name(mail, name);
    const struct mail_head head = {
        .sender_name = preview->sender_name,
        .sender = preview->sender,
        .recipient_name = name,
        .recipient = mail->recipient,
        .message_id = mail->message_id,
        .language = preview->text.language,
        .date = mail->created_at,
    };
    preview->message = mail_message_make(&head, &preview->text, &preview->message_length);
}

static void preview_make(void *arg, void *context)
{
    (void)context;
    struct preview *preview = arg;
    const char *const languages[] = {preview->language};
    struct owed_mail mail;
    const char *password;
    preview_case_mail(preview->of, preview->of_whom, clock_now(), &mail, &password);
    const struct mail_link *of = mail_link_of(preview->of->kind);
    char link[300] = "";
    if (of) {
        snprintf(link, sizeof link, "%s/%s/EXEMPLE", preview->portal_url, of->path);
    }
    const struct mail_words words = {
        .password = password,
        .portal_url = preview->portal_url,
        .link = link,
        .language = preview->language,
    };
    struct template_set *set = NULL;
    preview->is_made =
        mail_template_load(&preview->folders, languages, preview->language[0] != '\0', &set, 1, &preview->problem) &&
        mail_text_make(set, &mail, &words, &preview->text, &preview->problem);
    if (preview->is_made) {
        message_make(preview, &mail);
    }
    template_set_free(&set);
}

/* --- on the loop --- */

enum { COPIES_MAX = 2, CASES_MAX = 8 };

struct listed {
    Preau__Notify__MailTemplate rows[MAIL_TEMPLATE_COUNT], *row_of[MAIL_TEMPLATE_COUNT];
    char files[MAIL_TEMPLATE_COUNT][COPIES_MAX][MAIL_TEMPLATE_FILE_SIZE];
    char *copies[MAIL_TEMPLATE_COUNT][COPIES_MAX];
    char *cases[MAIL_TEMPLATE_COUNT][CASES_MAX];
    char *words[MAIL_TEMPLATE_COUNT][2]; /* protobuf-c asks for texts that may be written to */
};

static void cases_fill(struct listed *listed, size_t at)
{
    Preau__Notify__MailTemplate *row = &listed->rows[at];
    const struct preview_case *one;
    row->cases = listed->cases[at];
    while ((one = preview_case_at(&mail_templates[at], row->n_cases))) {
        assert(row->n_cases < CASES_MAX);
        row->cases[row->n_cases++] = checked_strdup(one->name);
    }
}

static void list_fill(const struct preview *preview, struct listed *listed, Preau__Notify__PreviewMailReply *reply)
{
    static const char *const suffixes[COPIES_MAX] = {".txt", ".html"};
    for (size_t i = 0; i < MAIL_TEMPLATE_COUNT; i++) {
        Preau__Notify__MailTemplate *row = listed->row_of[i] = &listed->rows[i];
        preau__notify__mail_template__init(row);
        row->name = listed->words[i][0] = checked_strdup(mail_templates[i].name);
        row->summary = listed->words[i][1] = checked_strdup(mail_templates[i].summary);
        cases_fill(listed, i);
        row->copies = listed->copies[i];
        for (size_t suffix = 0; suffix < COPIES_MAX; suffix++) {
            char *file = listed->files[i][row->n_copies];
            mail_template_file(preview->language, mail_templates[i].name, suffixes[suffix], file);
            if (mail_template_is_copied(&preview->folders, file)) {
                listed->copies[i][row->n_copies++] = file;
            }
        }
    }
    reply->templates = listed->row_of;
    reply->n_templates = MAIL_TEMPLATE_COUNT;
}

static void list_clear(struct listed *listed)
{
    for (size_t i = 0; i < MAIL_TEMPLATE_COUNT; i++) {
        memory_free(&listed->words[i][0]);
        memory_free(&listed->words[i][1]);
        for (size_t at = 0; at < CASES_MAX; at++) {
            memory_free(&listed->cases[i][at]);
        }
    }
}

static void list_answer(const struct preview *preview)
{
    struct listed *listed = checked_calloc(1, sizeof *listed);
    Preau__Notify__PreviewMailReply reply = PREAU__NOTIFY__PREVIEW_MAIL_REPLY__INIT;
    list_fill(preview, listed, &reply);
    call_answer(preview->call, &reply.base);
    list_clear(listed);
    memory_free(&listed);
}

static void preview_answer(struct preview *preview)
{
    Preau__Notify__PreviewMailReply reply = PREAU__NOTIFY__PREVIEW_MAIL_REPLY__INIT;
    if (preview->is_made) {
        reply.subject = preview->text.subject;
        reply.plain = preview->text.plain;
        reply.html = preview->text.html;
        reply.message.data = (uint8_t *)preview->message;
        reply.message.len = preview->message_length;
    } else {
        reply.problem = preview->problem.text;
        reply.advice = preview->problem.hint;
    }
    call_answer(preview->call, &reply.base);
}

static void preview_free(struct preview *preview)
{
    mail_text_clear(&preview->text);
    memory_free(&preview->message);
    memory_free(&preview);
}

static void preview_made(void *arg, bool was_run)
{
    struct preview *preview = arg;
    if (was_run) {
        preview_answer(preview);
    } else {
        call_refuse(preview->call, REFUSAL_BUSY);
    }
    preview_free(preview);
}

/* Told like a wrong template: who asked reads what to ask instead. */
static void answer_no_case(struct call *call, const struct mail_template *of)
{
    char cases[200] = "Ce courriel se lit pareil pour tous.";
    Preau__Notify__PreviewMailReply reply = PREAU__NOTIFY__PREVIEW_MAIL_REPLY__INIT;
    const struct preview_case *one;
    for (size_t i = 0; (one = preview_case_at(of, i)); i++) {
        size_t used = i > 0 ? strlen(cases) : 0;
        snprintf(cases + used, sizeof cases - used, "%s%s", i > 0 ? ", " : "cas\u00a0: ", one->name);
    }
    reply.problem = checked_printf("%s\u00a0: ce courriel n’a pas ce cas", of->name);
    reply.advice = cases;
    call_answer(call, &reply.base);
    memory_free(&reply.problem);
}

void preview_mail(struct notify *notify, struct call *call, const Preau__Notify__PreviewMailRequest *request)
{
    const struct config *config = notify->run->config;
    const struct mail_template *of = mail_template_named(request->name);
    if (!call_caller(call).is_operator || (!of && request->name[0] != '\0')) {
        call_refuse(call, REFUSAL_NOT_FOUND);
        return;
    }
    if (!mail_language_is_name(request->language)) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    const struct preview_case *of_whom = NULL;
    if (of && !preview_case_find(of, request->case_, &of_whom)) {
        answer_no_case(call, of);
        return;
    }
    struct preview *preview = checked_calloc(1, sizeof *preview);
    *preview = (struct preview){
        .call = call,
        .of = of,
        .of_whom = of_whom,
        .folders = {.own = config_text(config, CONFIG_NOTIFY_TEMPLATE_DIRECTORY),
                    .copies = config_text(config, CONFIG_NOTIFY_TEMPLATE_COPIES)},
        .portal_url = config_text(config, CONFIG_PORTAL_PUBLIC_URL),
        .sender = config_text(config, CONFIG_NOTIFY_SENDER),
        .sender_name = config_text(config, CONFIG_NOTIFY_SENDER_NAME),
    };
    snprintf(preview->language, sizeof preview->language, "%s", request->language);
    if (!of) {
        list_answer(preview);
        preview_free(preview);
    } else if (!worker_submit(notify->previewer->workers, preview_make, preview_made, preview)) {
        call_refuse(call, REFUSAL_BUSY);
        preview_free(preview);
    }
}

struct previewer *previewer_new(struct notify *notify)
{
    struct previewer *previewer = checked_calloc(1, sizeof *previewer);
    const struct worker_options options = {.name = "previews", .threads = 1, .queue_limit = QUEUE_MAX};
    previewer->workers = workers_new(notify->run->loop, &options);
    return previewer;
}

void previewer_stop(struct previewer *previewer)
{
    if (previewer->workers && !workers_stop(&previewer->workers, SECONDS(1))) {
        log_event(LOG_WARNING, "preview_left", F("maker", "busy"));
    }
}

void previewer_free(struct previewer **previewer)
{
    memory_free(previewer);
}
