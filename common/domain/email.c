#include "domain/email.h"

#include "domain/text.h"

#include <string.h>

/* RFC 5321 4.1.2 "atext" and the dot. Quoted local parts are legal and used by nobody. */
static bool is_local_character(char one)
{
    return text_is_ascii_letter(one) || text_is_digit(one) || (one != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", one));
}

static bool local_is_valid(const char *local, size_t length)
{
    if (length == 0 || length > EMAIL_LOCAL_MAX || local[0] == '.' || local[length - 1] == '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!is_local_character(local[i]) || (local[i] == '.' && local[i + 1] == '.'))
            return false;
    }
    return true;
}

/* One label of a domain: letters, digits and inner hyphens, at most 63 (RFC 1035 2.3.4). */
static bool label_is_valid(const char *label, size_t length)
{
    if (length == 0 || length > 63 || label[0] == '-' || label[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!text_is_ascii_letter(label[i]) && !text_is_digit(label[i]) && label[i] != '-')
            return false;
    }
    return true;
}

/* A top level of two letters at least, beginning with a letter: no address by number. */
static bool top_level_is_valid(const char *label, size_t length)
{
    return length >= 2 && text_is_ascii_letter(label[0]);
}

static bool domain_is_valid(const char *domain)
{
    const char *label = domain;
    for (const char *dot = strchr(label, '.'); dot != NULL; dot = strchr(label, '.')) {
        if (!label_is_valid(label, (size_t)(dot - label)))
            return false;
        label = dot + 1;
    }
    size_t length = strlen(label);
    return label != domain && label_is_valid(label, length) && top_level_is_valid(label, length);
}

/* Copies without the blanks around; false when it does not fit. */
static bool copy_trimmed(const char *typed, struct email *out_email)
{
    while (text_is_blank(*typed))
        typed++;
    size_t length = strlen(typed);
    while (length > 0 && text_is_blank(typed[length - 1]))
        length--;
    struct text_builder text = text_begin(out_email->text, sizeof out_email->text);
    text_add_bytes(&text, typed, length);
    return !text.overflowed;
}

bool email_parse(const char *typed, struct email *out_email)
{
    struct email email;
    if (!copy_trimmed(typed, &email))
        return false;
    char *at = strchr(email.text, '@');
    if (at == NULL || !local_is_valid(email.text, (size_t)(at - email.text)) || !domain_is_valid(at + 1))
        return false;
    for (char *one = at + 1; *one != '\0'; one++)
        *one = text_lower(*one);
    *out_email = email;
    return true;
}

bool email_is_same(const struct email *a, const struct email *b)
{
    size_t i = 0;
    while (a->text[i] != '\0' && text_lower(a->text[i]) == text_lower(b->text[i]))
        i++;
    return a->text[i] == b->text[i];
}

void email_mask(const struct email *email, char out_text[EMAIL_MASK_SIZE])
{
    const char *at = strchr(email->text, '@');
    const char *top = strrchr(email->text, '.');
    struct text_builder text = text_begin(out_text, EMAIL_MASK_SIZE);
    text_add_bytes(&text, email->text, 1);
    text_add(&text, "•••@");
    text_add_bytes(&text, at != NULL ? at + 1 : "", at != NULL ? 1 : 0);
    text_add(&text, "•••");
    /* a top level may have 63 letters; a longer one than fits stays hidden */
    text_add(&text, top != NULL ? top : "");
}
