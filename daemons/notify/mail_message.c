#include "notify/mail_message.h"

#include "runtime/memory.h"
#include "runtime/secret.h"

#include <gmime/gmime.h>
#include <string.h>

void mail_message_begin(void)
{
    g_mime_init();
}

/* Quoted-printable: lines of any length and accents pass every server, and a person can still read the source. */
static GMimeObject *part_new(const char *subtype, const char *text)
{
    GMimeTextPart *part = g_mime_text_part_new_with_subtype(subtype);
    g_mime_text_part_set_charset(part, "utf-8");
    g_mime_text_part_set_text(part, text);
    g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    return GMIME_OBJECT(part);
}

/* Made from the Message-ID, so that each try is the same to the last byte; quoted-printable never writes "=_". */
static void set_boundary(GMimeMultipart *body, const char *message_id)
{
    char boundary[70]; /* RFC 2046 5.1.1 */
    g_snprintf(boundary, sizeof boundary, "=_%.*s", (int)strcspn(message_id, "@"), message_id);
    g_mime_multipart_set_boundary(body, boundary);
}

static GMimeObject *body_new(const struct mail_text *text, const char *message_id)
{
    GMimeMultipart *body = g_mime_multipart_new_with_subtype("alternative");
    set_boundary(body, message_id);
    GMimeObject *parts[] = {part_new("plain", text->plain), part_new("html", text->html)};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_mime_multipart_add(body, parts[i]);
        g_object_unref(parts[i]);
    }
    return GMIME_OBJECT(body);
}

static void head_fill(GMimeMessage *message, const struct mail_head *head, const char *subject)
{
    GDateTime *date = g_date_time_new_from_unix_utc(head->date.us / 1000000);
    g_mime_message_set_date(message, date);
    g_date_time_unref(date);
    g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, head->sender_name, head->sender);
    g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_TO, head->recipient_name, head->recipient);
    g_mime_message_set_subject(message, subject, "utf-8");
    g_mime_message_set_message_id(message, head->message_id);
    g_mime_object_set_header(GMIME_OBJECT(message), "Auto-Submitted", "auto-generated", NULL);
    char languages[32];
    g_snprintf(languages, sizeof languages, "fr%s%s", head->language[0] != '\0' ? ", " : "", head->language);
    g_mime_object_set_header(GMIME_OBJECT(message), "Content-Language", languages, NULL);
}

char *mail_message_make(const struct mail_head *head, const struct mail_text *text, size_t *out_length)
{
    GMimeMessage *message = g_mime_message_new(TRUE);
    head_fill(message, head, text->subject);
    GMimeObject *body = body_new(text, head->message_id);
    g_mime_message_set_mime_part(message, body);
    g_object_unref(body);

    GMimeFormatOptions *options = g_mime_format_options_new();
    g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
    GMimeStream *stream = g_mime_stream_mem_new();
    g_mime_object_write_to_stream(GMIME_OBJECT(message), options, stream);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    char *made = checked_strndup((const char *)bytes->data, bytes->len);
    *out_length = bytes->len;
    secret_wipe(bytes->data, bytes->len);
    g_object_unref(stream);
    g_mime_format_options_free(options);
    g_object_unref(message);
    return made;
}

char *mail_message_for_smtp(const char *message, size_t length, size_t *out_length)
{
    static const char end[] = "\r\n.\r\n";
    char *made = checked_malloc(2 * length + sizeof end); /* were each a dot on a line of its own */
    size_t made_length = 0;
    bool begins_line = true;
    for (size_t i = 0; i < length; i++) {
        if (begins_line && message[i] == '.') {
            made[made_length++] = '.'; /* RFC 5321 4.5.2 */
        }
        made[made_length++] = message[i];
        begins_line = message[i] == '\n';
    }
    const char *last = begins_line && length > 0 ? end + 2 : end;
    memcpy(made + made_length, last, strlen(last) + 1);
    *out_length = made_length + strlen(last);
    return made;
}
