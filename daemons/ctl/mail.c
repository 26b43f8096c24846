/* preauctl mail list, preauctl mail preview: the mails that leave, and how one reads with the templates of now. */
#include "ctl/call.h"
#include "ctl/output.h"
#include "notify.pb-c.h"

#include <stdio.h>

typedef Preau__Notify__PreviewMailReply preview;

static preview *ask(const struct ctl *ctl, const char *name, struct ctl_service **out_service, enum ctl_exit *out_code)
{
    *out_code = CTL_UNREACHABLE;
    *out_service = ctl_service_open(ctl, CONFIG_BUS_NOTIFY, &preau__notify__notify__descriptor, "preau-notifyd");
    if (*out_service == NULL)
        return NULL;
    Preau__Notify__PreviewMailRequest request = PREAU__NOTIFY__PREVIEW_MAIL_REQUEST__INIT;
    request.name = ctl_lent(name);
    request.language = ctl_lent(ctl_value(ctl, "language"));
    request.case_ = ctl_lent(ctl_value(ctl, "case"));
    return (preview *)(void *)ctl_ask(*out_service, "PreviewMail", &request.base, 0, out_code);
}

static void done(preview *answer, struct ctl_service **service)
{
    if (answer != NULL)
        protobuf_c_message_free_unpacked(&answer->base, NULL);
    if (*service != NULL)
        ctl_service_close(service);
}

static void list_print(const preview *answer)
{
    for (size_t i = 0; i < answer->n_templates; i++) {
        const Preau__Notify__MailTemplate *one = answer->templates[i];
        (void)printf("%-18s %s\n", one->name, one->summary);
        for (size_t n = 0; n < one->n_cases; n++)
            (void)printf("%-18s   --case %s\n", "", one->cases[n]);
        for (size_t n = 0; n < one->n_copies; n++)
            (void)printf("%-18s   votre copie : %s\n", "", one->copies[n]);
    }
}

static json_t *texts_json(char *const *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(list, json_string(texts[i]));
    return list;
}

static json_t *list_json(const preview *answer)
{
    json_t *list = json_array();
    for (size_t i = 0; i < answer->n_templates; i++) {
        const Preau__Notify__MailTemplate *one = answer->templates[i];
        (void)json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:o}", "name", one->name, "summary", one->summary, "cases",
                      texts_json(one->cases, one->n_cases), "copies", texts_json(one->copies, one->n_copies)));
    }
    return json_pack("{s:o}", "mails", list);
}

enum ctl_exit ctl_mail_list(const struct ctl *ctl)
{
    enum ctl_exit code;
    struct ctl_service *service;
    preview *answer = ask(ctl, "", &service, &code);
    if (answer != NULL && ctl->is_json)
        ctl_print_json(list_json(answer));
    else if (answer != NULL)
        list_print(answer);
    done(answer, &service);
    return code;
}

static void preview_print(const struct ctl *ctl, const preview *answer)
{
    if (ctl->is_json)
        ctl_print_json(
            json_pack("{s:s, s:s, s:s}", "subject", answer->subject, "text", answer->plain, "html", answer->html));
    else if (ctl_flag(ctl, "html"))
        (void)fputs(answer->html, stdout);
    else if (ctl_flag(ctl, "eml"))
        (void)fwrite(answer->message.data, 1, answer->message.len, stdout);
    else
        (void)printf("Objet : %s\n\n%s", answer->subject, answer->plain);
}

enum ctl_exit ctl_mail_preview(const struct ctl *ctl)
{
    enum ctl_exit code;
    struct ctl_service *service;
    preview *answer = ask(ctl, ctl->arguments[0], &service, &code);
    if (answer != NULL && answer->problem[0] != '\0')
        code = ctl_fail(
            ctl, CTL_NO, "template", "%s%s%s", answer->problem, answer->advice[0] != '\0' ? " ; " : "", answer->advice);
    else if (answer != NULL)
        preview_print(ctl, answer);
    done(answer, &service);
    return code;
}
