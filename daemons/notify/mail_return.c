#include "notify/mail_return.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <gmime/gmime.h>
#include <string.h>

enum {
    GROUPS_MAX = 16, /* of a report's fields; one mail of ours has one recipient */
    PARTS_MAX = 8,
    HEADERS_MAX = 200,
    FIELDS_MAX = 64 * 1024 /* bytes of a report's fields; what a server says can be long */
};

static void unref(void *address)
{
    void *object = *(void **)address;
    if (object) {
        g_object_unref(object);
    }
}

static void *parse(const char *bytes, size_t length, bool is_message)
{
    _cleanup_(unref) GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, length);
    _cleanup_(unref) GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    return is_message ? (void *)g_mime_parser_construct_message(parser, NULL)
                      : (void *)g_mime_parser_construct_part(parser, NULL);
}

/* --- the report's fields (RFC 3464 2.1): groups of header fields, apart by blank lines --- */

/* What the groups of the recipients say in all. */
struct report {
    bool has_failed, is_delayed, has_arrived;
    enum delivery_reason reason;
    char status[MAIL_RETURN_STATUS_SIZE];
};

static bool is_word(const char *value, const char *word)
{
    size_t length = strlen(word);
    return value && g_ascii_strncasecmp(value, word, length) == 0 && !g_ascii_isalnum(value[length]);
}

static const char *or_nothing(const char *value)
{
    return value ? value : "";
}

static void group_read(const char *bytes, size_t length, struct report *report)
{
    _cleanup_(unref) GMimeObject *group = parse(bytes, length, false);
    const char *action = group ? g_mime_object_get_header(group, "Action") : NULL;
    if (!action) {
        return; /* the group of the whole message */
    }
    action += strspn(action, " \t");
    if (is_word(action, "failed") && !report->has_failed) {
        report->has_failed = true;
        report->reason = mail_return_reason(or_nothing(g_mime_object_get_header(group, "Status")),
            or_nothing(g_mime_object_get_header(group, "Diagnostic-Code")), report->status);
    }
    report->is_delayed |= is_word(action, "delayed");
    report->has_arrived |= is_word(action, "delivered") || is_word(action, "relayed") || is_word(action, "expanded");
}

/* The end of the group that begins at text: after its blank line, or the end. */
static size_t group_length(const char *text, size_t length)
{
    for (size_t i = 0; i + 1 < length; i++) {
        if (text[i] == '\n' &&
            (text[i + 1] == '\n' || (text[i + 1] == '\r' && i + 2 < length && text[i + 2] == '\n'))) {
            return i + 1;
        }
    }
    return length;
}

static void report_read(const char *text, size_t length, struct report *report)
{
    for (int groups = 0; groups < GROUPS_MAX && length > 0; groups++) {
        while (length > 0 && (*text == '\r' || *text == '\n')) {
            text++;
            length--;
        }
        size_t group = group_length(text, length);
        group_read(text, group, report);
        text += group;
        length -= group;
    }
}

static void part_read(GMimePart *part, struct report *report)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    _cleanup_(unref) GMimeStream *stream = g_mime_stream_mem_new();
    if (content && g_mime_data_wrapper_write_to_stream(content, stream) >= 0) {
        const GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
        report_read((const char *)bytes->data, MIN(bytes->len, FIELDS_MAX), report);
    }
}

static bool is_report_part(GMimeObject *part)
{
    GMimeContentType *type = g_mime_object_get_content_type(part);
    return GMIME_IS_PART(part) && (g_mime_content_type_is_type(type, "message", "delivery-status") ||
                                      g_mime_content_type_is_type(type, "message", "global-delivery-status"));
}

static GMimePart *report_part(GMimeObject *root)
{
    if (!GMIME_IS_MULTIPART(root) ||
        !g_mime_content_type_is_type(g_mime_object_get_content_type(root), "multipart", "report")) {
        return NULL;
    }
    int count = g_mime_multipart_get_count(GMIME_MULTIPART(root));
    for (int i = 0; i < MIN(count, PARTS_MAX); i++) {
        GMimeObject *part = g_mime_multipart_get_part(GMIME_MULTIPART(root), i);
        if (is_report_part(part)) {
            return GMIME_PART(part);
        }
    }
    return NULL;
}

/* --- its head --- */

static bool is_automatic(GMimeObject *message, GMimeObject *root)
{
    static const char *const marks[] = {"X-Autoreply", "X-Autorespond", "X-Autoresponder"};
    static const char *const precedences[] = {"auto_reply", "bulk", "junk"};
    const char *submitted = g_mime_object_get_header(message, "Auto-Submitted");
    const char *precedence = g_mime_object_get_header(message, "Precedence");
    const char *report = root ? g_mime_object_get_content_type_parameter(root, "report-type") : NULL;
    bool is = (submitted && !is_word(submitted, "no")) || (report && is_word(report, "disposition-notification"));
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        is |= g_mime_object_get_header(message, marks[i]) != NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(precedences); i++) {
        is |= is_word(precedence, precedences[i]);
    }
    return is;
}

/* Each "local+TOKEN@" of a value. */
static void tokens_of(const char *value, const char *local, struct mail_return *out_return)
{
    size_t before = strlen(local), length = TOKEN_RETURN_SIZE - 1;
    for (const char *plus = strchr(value, '+'); plus; plus = strchr(plus + 1, '+')) {
        bool is_ours = (size_t)(plus - value) >= before && g_ascii_strncasecmp(plus - before, local, before) == 0 &&
                       strspn(plus + 1, "0123456789abcdefABCDEF") == length && plus[1 + length] == '@';
        if (is_ours && out_return->token_count < MAIL_RETURN_TOKENS_MAX) {
            char *token = out_return->tokens[out_return->token_count++];
            memcpy(token, plus + 1, length);
            token[length] = '\0';
        }
    }
}

/* Where the address stands to which it was sent: servers note it when they put a mail away; the header To is the last
 * to be believed and often the only one. */
static void tokens_find(GMimeObject *message, const char *local, struct mail_return *out_return)
{
    static const char *const names[] = {"X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "To"};
    GMimeHeaderList *headers = g_mime_object_get_header_list(message);
    int count = MIN(g_mime_header_list_get_count(headers), HEADERS_MAX);
    for (int i = 0; i < count; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
        for (size_t name = 0; name < G_N_ELEMENTS(names); name++) {
            const char *value = g_mime_header_get_raw_value(header);
            if (value && g_ascii_strcasecmp(g_mime_header_get_name(header), names[name]) == 0) {
                tokens_of(value, local, out_return);
            }
        }
    }
}

/* An address may stand for several mailboxes: it came back when none of them got it. */
static enum mail_return_kind kind_of(const struct report *report)
{
    if (report->has_arrived) {
        return MAIL_RETURN_DELIVERED;
    }
    if (report->has_failed) {
        return MAIL_RETURN_FAILED;
    }
    return report->is_delayed ? MAIL_RETURN_DELAYED : MAIL_RETURN_OTHER;
}

void mail_return_read(const char *bytes, size_t length, const char *local, struct mail_return *out_return)
{
    *out_return = (struct mail_return){.kind = MAIL_RETURN_UNREADABLE};
    _cleanup_(unref) GMimeMessage *message = parse(bytes, length, true);
    if (!message) {
        return;
    }
    GMimeObject *root = g_mime_message_get_mime_part(message);
    GMimePart *part = root ? report_part(root) : NULL;
    tokens_find(GMIME_OBJECT(message), local, out_return);
    if (part) {
        struct report report = {0};
        part_read(part, &report);
        out_return->kind = kind_of(&report);
        out_return->reason = report.reason;
        memcpy(out_return->status, report.status, sizeof report.status);
    } else {
        out_return->kind = is_automatic(GMIME_OBJECT(message), root) ? MAIL_RETURN_AUTOMATIC : MAIL_RETURN_OTHER;
    }
}
