#include "notify/smtp.h"

#include "runtime/memory.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum { ENHANCED_SIZE = 12, CODE_LENGTH = 4 /* "550 " or "550-" */ };

struct smtp {
    const struct smtp_options *options;
    CURL *curl;
    enum smtp_stage stage;
    const char *message;
    size_t length, given;
    char enhanced[ENHANCED_SIZE]; /* status code of the last refusal (RFC 2034), "" none */
};

void smtp_begin(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t give_message(char *out_bytes, size_t size, size_t count, void *arg)
{
    struct smtp *smtp = arg;
    size_t left = smtp->length - smtp->given;
    size_t length = left < size * count ? left : size * count;
    memcpy(out_bytes, smtp->message + smtp->given, length);
    smtp->given += length;
    return length;
}

/* text: a reply's line after its code, not ended by NUL. */
static void keep_enhanced(struct smtp *smtp, const char *text, size_t size)
{
    size_t length = 0;
    while (length < size && length < ENHANCED_SIZE - 1 &&
           (text[length] == '.' || (text[length] >= '0' && text[length] <= '9'))) {
        length++;
    }
    memcpy(smtp->enhanced, text, length);
    smtp->enhanced[length] = '\0';
}

/* libcurl tells only its own word for a failure: which command was the last to be sent is seen here. */
static int watch_conversation(CURL *curl, curl_infotype type, char *data, size_t size, void *arg)
{
    static const struct {
        char command[5];
        enum smtp_stage stage;
    } commands[] = {
        {"EHLO", SMTP_CONNECTING},
        {"AUTH", SMTP_SIGNING_IN},
        {"MAIL", SMTP_ADDRESSING},
        {"RCPT", SMTP_RECIPIENT },
        {"DATA", SMTP_CONTENT   },
    };
    (void)curl;
    struct smtp *smtp = arg;
    /* refusals only: the answer to the QUIT that follows one says nothing of it */
    if (type == CURLINFO_HEADER_IN && size > CODE_LENGTH && data[0] == '5') {
        keep_enhanced(smtp, data + CODE_LENGTH, size - CODE_LENGTH);
    }
    for (size_t i = 0; type == CURLINFO_HEADER_OUT && i < sizeof commands / sizeof commands[0]; i++) {
        if (size >= 4 && memcmp(data, commands[i].command, 4) == 0) {
            smtp->stage = commands[i].stage;
        }
    }
    return 0;
}

static void set_security(CURL *curl, const struct smtp_options *options)
{
    bool is_always = strcmp(options->starttls, "always") == 0;
    bool is_auto = strcmp(options->starttls, "auto") == 0;
    /* opportunistic TLS (RFC 7435) hides from who listens and proves nothing: a certificate is asked for where TLS is,
     * and where a password would be given away */
    bool proves = is_always || options->user[0] != '\0' || strncmp(options->url, "smtps:", 6) == 0;
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
        (long)(is_always ? CURLUSESSL_ALL
               : is_auto ? CURLUSESSL_TRY
                         : CURLUSESSL_NONE));
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, proves ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, proves ? 2L : 0L);
    if (options->ca_file[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    if (options->user[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_USERNAME, options->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, options->password ? secret_text(options->password) : "");
    }
}

struct smtp *smtp_new(const struct smtp_options *options)
{
    struct smtp *smtp = checked_calloc(1, sizeof *smtp);
    smtp->options = options;
    CURL *curl = smtp->curl = curl_easy_init();
    if (!curl) {
        abort(); /* out of memory */
    }
    curl_easy_setopt(curl, CURLOPT_URL, options->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* no variable of the environment sends mails elsewhere */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(options->timeout.us / 1000));
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_message);
    curl_easy_setopt(curl, CURLOPT_READDATA, smtp);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, watch_conversation);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, smtp);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    set_security(curl, options);
    return smtp;
}

void smtp_free(struct smtp **smtp)
{
    if (*smtp) {
        curl_easy_cleanup((*smtp)->curl);
        memory_free(smtp);
    }
}

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

struct smtp_outcome smtp_send(
    struct smtp *smtp, const char *sender, const char *recipient, const char *message, size_t length)
{
    struct curl_slist *recipients = curl_slist_append(NULL, recipient);
    long reply = 0;
    smtp->stage = SMTP_CONNECTING;
    smtp->message = message;
    smtp->length = length;
    smtp->given = 0;
    smtp->enhanced[0] = '\0';
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_FROM, sender);
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(smtp->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)length);
    CURLcode code = curl_easy_perform(smtp->curl);
    curl_easy_getinfo(smtp->curl, CURLINFO_RESPONSE_CODE, &reply);
    curl_slist_free_all(recipients);
    struct smtp_outcome outcome = smtp_judge((int)code, (int)reply, smtp->enhanced, smtp->stage);
    outcome.may_have_left =
        outcome.reason == DELIVERY_REASON_SERVER_SILENT && smtp->stage == SMTP_CONTENT && smtp->given == smtp->length;
    return outcome;
}
