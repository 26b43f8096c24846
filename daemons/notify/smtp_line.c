#include "notify/smtp_line.h"

#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HEARD_SIZE = 4096, CODE_LENGTH = 4 /* "550 " or "550-" */ };

struct smtp_line {
    const struct smtp_options *options;
    CURL *curl; /* NULL: closed */
    curl_socket_t socket;
    struct tick begun;
    enum smtp_stage stage; /* of opening */
    bool takes_groups, takes_size;
    struct smtp_reply refusal; /* while opening */
    char heard[HEARD_SIZE];
    size_t heard_length;
};

struct smtp_line *smtp_line_new(const struct smtp_options *options)
{
    struct smtp_line *line = checked_calloc(1, sizeof *line);
    line->options = options;
    return line;
}

void smtp_line_close(struct smtp_line *line)
{
    if (line->curl) {
        curl_easy_cleanup(line->curl);
        line->curl = NULL;
    }
    line->heard_length = 0;
}

void smtp_line_free(struct smtp_line **line)
{
    static const char good_bye[] = "QUIT\r\n";
    size_t given;
    if (*line && (*line)->curl) {
        (void)curl_easy_send((*line)->curl, good_bye, sizeof good_bye - 1, &given);
        smtp_line_close(*line);
    }
    memory_free(line);
}

bool smtp_line_is_open(const struct smtp_line *line)
{
    return line->curl != NULL;
}

bool smtp_line_takes_groups(const struct smtp_line *line)
{
    return line->takes_groups;
}

bool smtp_line_takes_size(const struct smtp_line *line)
{
    return line->takes_size;
}

void smtp_line_begin(struct smtp_line *line)
{
    line->begun = clock_tick();
}

static long left_ms(const struct smtp_line *line)
{
    int64_t us = line->options->timeout.us - clock_since(line->begun).us;
    return us > 1000 ? (long)(us / 1000) : 0;
}

/* --- opened by libcurl --- */

/* text: a reply's line after its code, not ended by NUL. */
static void keep_enhanced(struct smtp_reply *reply, const char *text, size_t size)
{
    size_t length = 0;
    while (length < size && length < SMTP_ENHANCED_SIZE - 1 &&
           (text[length] == '.' || (text[length] >= '0' && text[length] <= '9'))) {
        length++;
    }
    memcpy(reply->enhanced, text, length);
    reply->enhanced[length] = '\0';
}

static bool is_offered(const char *name, const char *text, size_t size)
{
    size_t length = strlen(name);
    return size >= length && strncasecmp(text, name, length) == 0 &&
           (size == length || text[length] == ' ' || text[length] == '\r' || text[length] == '\n');
}

static void watch_reply(struct smtp_line *line, const char *text, size_t size)
{
    if (text[0] == '5') {
        keep_enhanced(&line->refusal, text + CODE_LENGTH, size - CODE_LENGTH);
    }
    line->takes_groups |= is_offered("PIPELINING", text + CODE_LENGTH, size - CODE_LENGTH);
    line->takes_size |= is_offered("SIZE", text + CODE_LENGTH, size - CODE_LENGTH);
}

/* libcurl tells only its own word for a failure, and nothing of what the server offers. */
static int watch_opening(CURL *curl, curl_infotype type, char *data, size_t size, void *arg)
{
    (void)curl;
    struct smtp_line *line = arg;
    if (type == CURLINFO_HEADER_IN && size > CODE_LENGTH) {
        watch_reply(line, data, size);
    } else if (type == CURLINFO_HEADER_OUT && size >= CODE_LENGTH && memcmp(data, "EHLO", 4) == 0) {
        line->takes_groups = line->takes_size = false; /* what was offered before TLS is not believed */
        line->stage = SMTP_CONNECTING;
    } else if (type == CURLINFO_HEADER_OUT && size >= CODE_LENGTH && memcmp(data, "AUTH", 4) == 0) {
        line->stage = SMTP_SIGNING_IN;
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

static CURL *handle_new(struct smtp_line *line)
{
    CURL *curl = curl_easy_init();
    if (!curl) {
        abort(); /* out of memory */
    }
    curl_easy_setopt(curl, CURLOPT_URL, line->options->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* no variable of the environment sends mails elsewhere */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, watch_opening);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, line);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
    set_security(curl, line->options);
    return curl;
}

/* The relay's own, which stands first: those of authorities behind it are not the operator's to renew. A connection without TLS shows
 * none. */
static void tell_certificate(CURL *curl)
{
    static const char end_word[] = "Expire date:";
    struct curl_certinfo *chain = NULL;
    time_t end = -1;
    (void)curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain);
    bool is_shown = chain && chain->num_of_certs > 0;
    for (const struct curl_slist *fact = is_shown ? chain->certinfo[0] : NULL; fact; fact = fact->next) {
        if (strncmp(fact->data, end_word, sizeof end_word - 1) == 0) {
            end = curl_getdate(fact->data + sizeof end_word - 1, NULL);
        }
    }
    if (end >= 0) {
        metric_set(METRIC_CERTIFICATE_END, (double)end, "smtp");
    }
}

int smtp_line_open(struct smtp_line *line, enum smtp_stage *out_stage, struct smtp_reply *out_reply)
{
    long reply = 0;
    line->stage = SMTP_CONNECTING;
    line->refusal = (struct smtp_reply){.code = 0};
    line->curl = handle_new(line);
    long left = left_ms(line);
    curl_easy_setopt(line->curl, CURLOPT_TIMEOUT_MS, left > 0 ? left : 1L); /* 0 would be no bound */
    CURLcode code = curl_easy_perform(line->curl);
    tell_certificate(line->curl);
    curl_easy_getinfo(line->curl, CURLINFO_RESPONSE_CODE, &reply);
    if (code == CURLE_OK) {
        code = curl_easy_getinfo(line->curl, CURLINFO_ACTIVESOCKET, &line->socket);
    }
    *out_stage = line->stage;
    *out_reply = line->refusal;
    out_reply->code = (int)reply;
    if (code != CURLE_OK) {
        smtp_line_close(line);
    }
    return (int)code;
}

/* --- said and heard --- */

static CURLcode wait_for(const struct smtp_line *line, short what)
{
    struct pollfd socket = {.fd = line->socket, .events = what};
    int ready = poll(&socket, 1, (int)left_ms(line));
    if (ready == 0) {
        return CURLE_OPERATION_TIMEDOUT;
    }
    return ready > 0 || errno == EINTR ? CURLE_OK : CURLE_RECV_ERROR;
}

int smtp_line_say(struct smtp_line *line, const char *bytes, size_t length)
{
    CURLcode code = CURLE_OK;
    while (code == CURLE_OK && length > 0) {
        size_t given = 0;
        code = curl_easy_send(line->curl, bytes, length, &given);
        bytes += given;
        length -= given;
        if (code == CURLE_AGAIN) {
            code = wait_for(line, POLLOUT);
        }
    }
    return (int)code;
}

static CURLcode hear_more(struct smtp_line *line)
{
    size_t length = 0;
    if (line->heard_length == HEARD_SIZE) {
        return CURLE_WEIRD_SERVER_REPLY; /* no line of SMTP is so long */
    }
    CURLcode code =
        curl_easy_recv(line->curl, line->heard + line->heard_length, HEARD_SIZE - line->heard_length, &length);
    if (code == CURLE_AGAIN) {
        return wait_for(line, POLLIN);
    }
    line->heard_length += length;
    return code == CURLE_OK && length == 0 ? CURLE_GOT_NOTHING : code;
}

/* The first line that was heard whole is taken. True: it is the last of its reply. */
static bool take_line(struct smtp_line *line, size_t length, struct smtp_reply *reply)
{
    const char *text = line->heard;
    bool is_code = length > 2 && strspn(text, "0123456789") >= 3;
    bool is_last = !is_code || text[3] != '-';
    reply->code = is_code ? (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0') : 0;
    if (length > CODE_LENGTH && text[0] == '5') {
        keep_enhanced(reply, text + CODE_LENGTH, length - CODE_LENGTH);
    }
    line->heard_length -= length + 1;
    memmove(line->heard, line->heard + length + 1, line->heard_length);
    return is_last;
}

int smtp_line_hear(struct smtp_line *line, struct smtp_reply *out_reply)
{
    *out_reply = (struct smtp_reply){.code = 0};
    for (;;) {
        const char *end = memchr(line->heard, '\n', line->heard_length);
        if (!end) {
            CURLcode code = hear_more(line);
            if (code != CURLE_OK) {
                return (int)code;
            }
        } else if (take_line(line, (size_t)(end - line->heard), out_reply)) {
            return out_reply->code > 0 ? (int)CURLE_OK : (int)CURLE_WEIRD_SERVER_REPLY;
        }
    }
}
