#include "import/record_check.h"

#include "domain/aaf.h"
#include "domain/latin.h"
#include "domain/text.h"

#include <string.h>

struct checking check_begin(
    const struct aaf_record *record, struct import_place place, struct report *report, bool may_leave)
{
    return (struct checking){
        record, report, {place, record->category, record->id[0] ? record->id : NULL, NULL},
          may_leave, false
    };
}

const char *check_shown_number(const char *text)
{
    size_t digits = strspn(text, "0123456789$");
    return strlen(text + digits) <= 2 ? text : NULL;
}

bool check_lists(const struct checking *checking, enum aaf_attribute attribute)
{
    return aaf_record_has(checking->record, attribute);
}

bool check_is_left(struct checking *checking, enum aaf_attribute one, enum aaf_attribute other)
{
    bool left = checking->may_leave && !check_lists(checking, one) && !check_lists(checking, other);
    checking->has_left = checking->has_left || left;
    return left;
}

bool check_refuse(struct checking *checking, enum aaf_attribute attribute, enum refusal refusal, const char *value)
{
    checking->where.attribute = aaf_attribute_name(attribute);
    return report_refuse(checking->report, &checking->where, refusal, value);
}

void check_tell(struct checking *checking, enum aaf_attribute attribute, enum refusal refusal, const char *value)
{
    checking->where.attribute = aaf_attribute_name(attribute);
    report_tell(checking->report, &checking->where, refusal, value);
}

/* --- texts --- */

/* Controls, and marks that show nothing or turn the direction of writing. */
static bool is_control(uint32_t letter)
{
    return letter < 0x20 || (letter >= 0x7F && letter < 0xA0) || letter == 0xAD || letter == 0xFEFF ||
           (letter >= 0x200B && letter <= 0x200F) || (letter >= 0x2028 && letter <= 0x202E) ||
           (letter >= 0x2060 && letter <= 0x2069) || letter == 0xFFFD;
}

bool check_tidy(const char *text, char *out_text, size_t size)
{
    struct text_builder tidied = text_begin(out_text, size);
    bool is_sound = true;
    bool blank_due = false;
    for (const char *at = text; *at != '\0';) {
        if (text_is_blank(*at)) {
            blank_due = tidied.used > 0;
            at++;
            continue;
        }
        const char *begin = at;
        if (is_control(utf8_next(&at))) {
            is_sound = false;
            continue;
        }
        if (blank_due) {
            text_add_char(&tidied, ' ');
            blank_due = false;
        }
        text_add_bytes(&tidied, begin, (size_t)(at - begin));
    }
    return is_sound && !tidied.overflowed;
}

bool check_is_too_long(const struct aaf_record *record, enum aaf_attribute attribute)
{
    for (size_t i = 0; i < record->count; i++) {
        if (record->values[i].attribute == attribute && record->values[i].is_too_long) {
            return true;
        }
    }
    return false;
}

/* --- what all records have --- */

bool check_id(struct checking *checking, enum aaf_attribute attribute, int64_t *out_id)
{
    const char *jointure = aaf_record_text(checking->record, attribute);
    int64_t joined;
    if (checking->record->has_too_many) {
        return report_refuse(checking->report, &checking->where, REFUSAL_TOO_LARGE, NULL);
    }
    if (!aaf_id_parse(checking->record->id, out_id)) {
        return check_refuse(checking, attribute, REFUSAL_AAF_ID_INVALID, check_shown_number(checking->record->id));
    }
    if (check_is_left(checking, attribute, attribute)) {
        return true;
    }
    if (!jointure || !jointure[0]) {
        return check_refuse(checking, attribute, REFUSAL_VALUE_MISSING, NULL);
    }
    if (!aaf_id_parse(jointure, &joined)) {
        return check_refuse(checking, attribute, REFUSAL_AAF_ID_INVALID, check_shown_number(jointure));
    }
    return joined == *out_id ||
           check_refuse(checking, attribute, REFUSAL_AAF_ID_MISMATCH, check_shown_number(jointure));
}

void check_mail(struct checking *checking, enum aaf_attribute attribute, struct email *out_mail)
{
    const char *text = aaf_record_text(checking->record, attribute);
    *out_mail = (struct email){0};
    if (text && text[0] && !email_parse(text, out_mail)) {
        check_tell(checking, attribute, REFUSAL_EMAIL_INVALID, NULL);
    }
}

bool check_name(struct checking *checking, enum aaf_attribute one, enum aaf_attribute other,
    enum aaf_attribute otherwise, char out_name[NAME_SIZE])
{
    enum aaf_attribute which = one;
    const char *text = aaf_record_either(checking->record, one, other, &which);
    if (!text[0] && otherwise != AAF_ATTRIBUTE_COUNT) {
        const char *birth_name = aaf_record_text(checking->record, otherwise);
        text = birth_name ? birth_name : "";
    }
    struct name_key key;
    bool is_whole = check_tidy(text, out_name, NAME_SIZE) && !check_is_too_long(checking->record, which);
    if (is_whole && !out_name[0]) {
        return check_refuse(checking, which, REFUSAL_VALUE_MISSING, NULL);
    }
    return (is_whole && name_key_make(out_name, &key)) || check_refuse(checking, which, REFUSAL_NAME_INVALID, NULL);
}
