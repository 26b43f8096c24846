#include "notify/smtp.h"

#include "notify/smtp_line.h"
#include "runtime/memory.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

struct smtp {
    struct smtp_line *line;
};

void smtp_begin(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct smtp *smtp_new(const struct smtp_options *options)
{
    struct smtp *smtp = checked_calloc(1, sizeof *smtp);
    smtp->line = smtp_line_new(options);
    return smtp;
}

void smtp_free(struct smtp **smtp)
{
    if (*smtp) {
        smtp_line_free(&(*smtp)->line);
        memory_free(smtp);
    }
}

/* --- what an end means --- */

static struct smtp_outcome judge_silence(int code, int reply)
{
    struct smtp_outcome outcome = {SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_SILENT, reply, false};
    if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST) {
        outcome.reason = DELIVERY_REASON_SERVER_UNREACHABLE;
    } else if (code == CURLE_LOGIN_DENIED) {
        outcome.reason = DELIVERY_REASON_SIGN_IN_REFUSED;
    } else if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
               code == CURLE_USE_SSL_FAILED) {
        outcome.reason = DELIVERY_REASON_TLS_FAILED;
    }
    return outcome;
}

/* The replies that ask for a sign-in (RFC 4954 6), and the class of security and policy (RFC 3463 3.8): they are about
 * who sends. */
static bool is_access_refused(int reply, const char *enhanced)
{
    return reply == 530 || reply == 535 || reply == 538 || strncmp(enhanced, "5.7.", 4) == 0;
}

struct smtp_outcome smtp_judge(int code, int reply, const char *enhanced, enum smtp_stage stage)
{
    if (code == CURLE_OK) {
        return (struct smtp_outcome){SMTP_SENT, DELIVERY_REASON_NONE, reply, true};
    }
    bool is_about_mail = stage >= SMTP_ADDRESSING;
    bool is_about_us = stage <= SMTP_ADDRESSING || is_access_refused(reply, enhanced);
    bool was_cut = code == CURLE_OPERATION_TIMEDOUT || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
    if (reply < 400 || was_cut || code == CURLE_LOGIN_DENIED) {
        return judge_silence(code, reply); /* a reply of before: the server said no word about what failed */
    }
    if (reply < 500) {
        return (struct smtp_outcome){SMTP_TRY_AGAIN, DELIVERY_REASON_REFUSED_FOR_NOW, reply, is_about_mail};
    }
    if (is_about_us) { /* it takes no mail of ours at all: not this mail's fault */
        return (struct smtp_outcome){SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_REFUSED, reply, false};
    }
    enum delivery_reason reason =
        stage == SMTP_RECIPIENT ? DELIVERY_REASON_ADDRESS_REFUSED : DELIVERY_REASON_MESSAGE_REFUSED;
    return (struct smtp_outcome){SMTP_NEVER, reason, reply, true};
}

/* --- one mail --- */

/* How far a conversation came. */
struct talk {
    int code; /* a CURLcode */
    enum smtp_stage stage;
    struct smtp_reply reply;
    bool is_given; /* all of the mail, with the dot that ends it */
};

/* Commands of one mail, in the order of the replies that come back. */
enum { COMMANDS = 3, COMMAND_SIZE = 1024 };
static const enum smtp_stage stages[COMMANDS] = {SMTP_ADDRESSING, SMTP_RECIPIENT, SMTP_CONTENT};

static void commands_make(const struct smtp_line *line, const struct smtp_mail *mail, char out_texts[][COMMAND_SIZE])
{
    char size[32] = "";
    if (smtp_line_takes_size(line)) {
        snprintf(size, sizeof size, " SIZE=%zu", mail->length);
    }
    snprintf(out_texts[0], COMMAND_SIZE, "MAIL FROM:<%s>%s\r\n", mail->sender, size);
    snprintf(out_texts[1], COMMAND_SIZE, "RCPT TO:<%s>\r\n", mail->recipient);
    snprintf(out_texts[2], COMMAND_SIZE, "DATA\r\n");
}

static bool is_refused(const struct smtp_reply *reply)
{
    return reply->code >= 400;
}

/* The first refusal counts; the replies to what was said along with it are heard all the same. */
static void hear(struct smtp_line *line, enum smtp_stage stage, struct talk *talk)
{
    struct smtp_reply reply;
    int code = smtp_line_hear(line, &reply);
    if (!is_refused(&talk->reply)) {
        talk->stage = stage;
        talk->code = code;
        talk->reply = reply;
    } else if (code != CURLE_OK || reply.code == 354) {
        smtp_line_close(line); /* it waits for a mail that will not come */
    }
}

static bool goes_on(const struct smtp_line *line, const struct talk *talk)
{
    return smtp_line_is_open(line) && talk->code == CURLE_OK && !is_refused(&talk->reply);
}

static void say(struct smtp_line *line, const char *text, enum smtp_stage stage, struct talk *talk)
{
    talk->stage = stage;
    talk->code = smtp_line_say(line, text, strlen(text));
}

static void introduce_in_one(struct smtp_line *line, char texts[][COMMAND_SIZE], struct talk *talk)
{
    char all[COMMANDS * COMMAND_SIZE];
    snprintf(all, sizeof all, "%s%s%s", texts[0], texts[1], texts[2]);
    say(line, all, SMTP_ADDRESSING, talk);
    for (int i = 0; i < COMMANDS && talk->code == CURLE_OK && smtp_line_is_open(line); i++) {
        hear(line, stages[i], talk);
    }
}

static void introduce_one_by_one(struct smtp_line *line, char texts[][COMMAND_SIZE], struct talk *talk)
{
    for (int i = 0; i < COMMANDS && goes_on(line, talk); i++) {
        say(line, texts[i], stages[i], talk);
        if (talk->code == CURLE_OK) {
            hear(line, stages[i], talk);
        }
    }
}

static void introduce(struct smtp_line *line, const struct smtp_mail *mail, struct talk *talk)
{
    char texts[COMMANDS][COMMAND_SIZE];
    commands_make(line, mail, texts);
    if (smtp_line_takes_groups(line)) {
        introduce_in_one(line, texts, talk);
    } else {
        introduce_one_by_one(line, texts, talk);
    }
}

/* What could end a command is no address of anybody's, and nothing of it is said. */
static bool is_sayable(const char *address)
{
    return strlen(address) < COMMAND_SIZE / 2 && !strpbrk(address, "\r\n<>");
}

/* A connection on which something was refused is made ready for the next mail, if the server still wants it. */
static void reset(struct smtp_line *line)
{
    static const char command[] = "RSET\r\n";
    struct smtp_reply reply;
    if (smtp_line_is_open(line) && (smtp_line_say(line, command, sizeof command - 1) != CURLE_OK ||
                                       smtp_line_hear(line, &reply) != CURLE_OK || is_refused(&reply))) {
        smtp_line_close(line);
    }
}

static struct talk talk_on(struct smtp_line *line, const struct smtp_mail *mail)
{
    struct talk talk = {.stage = SMTP_CONNECTING};
    if (!smtp_line_is_open(line)) {
        talk.code = smtp_line_open(line, &talk.stage, &talk.reply);
    }
    if (goes_on(line, &talk)) {
        introduce(line, mail, &talk);
    }
    if (goes_on(line, &talk)) {
        talk.code = smtp_line_say(line, mail->content, mail->length);
        talk.is_given = talk.code == CURLE_OK;
    }
    if (talk.is_given) {
        hear(line, SMTP_CONTENT, &talk);
    }
    if (talk.code != CURLE_OK || talk.reply.code == 421) {
        smtp_line_close(line);
    } else if (is_refused(&talk.reply)) {
        talk.code = CURLE_WEIRD_SERVER_REPLY;
        reset(line);
    }
    return talk;
}

/* A server ends a connection that it finds idle, and says so when the next mail comes. */
static bool was_idle_too_long(const struct talk *talk)
{
    bool is_cut = talk->code == CURLE_RECV_ERROR || talk->code == CURLE_GOT_NOTHING || talk->code == CURLE_SEND_ERROR;
    return talk->stage == SMTP_ADDRESSING && (is_cut || talk->reply.code == 421);
}

/* --- none --- */

static struct talk probe_on(struct smtp_line *line, const char *sender)
{
    struct talk talk = {.stage = SMTP_CONNECTING};
    char command[COMMAND_SIZE];
    snprintf(command, sizeof command, "MAIL FROM:<%s>\r\n", sender);
    if (!smtp_line_is_open(line)) {
        talk.code = smtp_line_open(line, &talk.stage, &talk.reply);
    }
    if (goes_on(line, &talk)) {
        say(line, command, SMTP_ADDRESSING, &talk);
    }
    if (goes_on(line, &talk)) {
        hear(line, SMTP_ADDRESSING, &talk);
    }
    if (is_refused(&talk.reply) && talk.code == CURLE_OK) {
        talk.code = CURLE_WEIRD_SERVER_REPLY;
    }
    smtp_line_close(line);
    return talk;
}

struct smtp_outcome smtp_probe(struct smtp *smtp, const char *sender)
{
    bool was_open = smtp_line_is_open(smtp->line);
    smtp_line_begin(smtp->line);
    struct talk talk = probe_on(smtp->line, sender);
    if (was_open && was_idle_too_long(&talk)) {
        talk = probe_on(smtp->line, sender);
    }
    return smtp_judge(talk.code, talk.reply.code, talk.reply.enhanced, talk.stage);
}

/* --- one --- */

struct smtp_outcome smtp_send(struct smtp *smtp, const struct smtp_mail *mail)
{
    if (!is_sayable(mail->recipient)) {
        return (struct smtp_outcome){SMTP_NEVER, DELIVERY_REASON_ADDRESS_REFUSED, 0, true};
    }
    bool was_open = smtp_line_is_open(smtp->line);
    smtp_line_begin(smtp->line);
    struct talk talk = talk_on(smtp->line, mail);
    if (was_open && was_idle_too_long(&talk)) {
        talk = talk_on(smtp->line, mail);
    }
    struct smtp_outcome outcome = smtp_judge(talk.code, talk.reply.code, talk.reply.enhanced, talk.stage);
    outcome.may_have_left = outcome.reason == DELIVERY_REASON_SERVER_SILENT && talk.is_given;
    return outcome;
}
