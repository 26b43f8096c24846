#include "domain/phone.h"

#include "domain/text.h"

#include <string.h>

enum {
    DIGITS_MAX = 15, /* ITU-T E.164 */
    FOREIGN_DIGITS_MIN = 7,
    NATIONAL_DIGITS = 9 /* of a French number, its leading zero not counted */
};

/* Country codes of French numbering plans, and how many digits follow. */
struct plan {
    const char *country;
    int digits_min;
    int digits_max;
};

/* Blocks of French national numbers that belong to a country code of their own. */
struct overseas_block {
    const char *first; /* starts of the nine national digits, as long as one another */
    const char *last;
    const char *country;
    int dropped; /* digits of the block that the international number does not have */
};

struct mobile_block {
    const char *country;
    size_t digits; /* of the numbers */
    const char *first;
    const char *last;
};

#define PLAN(country, digits_min, digits_max)
#define OVERSEAS(first, last, country, dropped)
#define MOBILE(country, digits, first, last)

static const struct plan plans[] = {
#undef PLAN
#define PLAN(country, digits_min, digits_max) {country, digits_min, digits_max},
#include "domain/phone_plan.def"
#undef PLAN
#define PLAN(country, digits_min, digits_max)
};

static const struct overseas_block overseas_blocks[] = {
#undef OVERSEAS
#define OVERSEAS(first, last, country, dropped) {first, last, country, dropped},
#include "domain/phone_plan.def"
#undef OVERSEAS
#define OVERSEAS(first, last, country, dropped)
};

static const struct mobile_block mobile_blocks[] = {
#undef MOBILE
#define MOBILE(country, digits, first, last) {country, digits, first, last},
#include "domain/phone_plan.def"
};

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Do these digits begin as one of the block does? */
static bool is_in_block(const char *digits, const char *first, const char *last)
{
    size_t length = strlen(first);
    return strlen(digits) >= length && strncmp(digits, first, length) >= 0 && strncmp(digits, last, length) <= 0;
}

/* A separator that people put in numbers, no-break spaces included; its length in bytes, 0 when it is none. */
static size_t separator_length(const char *text)
{
    if (text_is_blank(*text) || (*text != '\0' && strchr(".-/()", *text) != NULL))
        return 1;
    if (begins_with(text, "\xC2\xA0"))
        return 2;
    return begins_with(text, "\xE2\x80\xAF") ? 3 : 0;
}

struct dialled {
    char digits[DIGITS_MAX + 3]; /* room for "00" and the end */
    bool international;          /* a plus sign or 00 came before */
};

/* The digits alone. False when anything else but separators and one leading plus sign is there, or too many. */
static bool read_dialled(const char *typed, struct dialled *out_dialled)
{
    struct text_builder text = text_begin(out_dialled->digits, sizeof out_dialled->digits);
    out_dialled->international = false;
    while (*typed != '\0') {
        size_t separator = separator_length(typed);
        if (separator > 0) {
            typed += separator;
            continue;
        }
        if (*typed == '+' && text.used == 0 && !out_dialled->international)
            out_dialled->international = true;
        else if (text_is_digit(*typed))
            text_add_char(&text, *typed);
        else
            return false;
        typed++;
    }
    return !text.overflowed;
}

/* Writes "+", country and number, when the number is not too long. */
static bool write_e164(const char *country, const char *number, struct phone *out_phone)
{
    struct phone phone;
    struct text_builder text = text_begin(phone.e164, sizeof phone.e164);
    text_add_char(&text, '+');
    text_add(&text, country);
    text_add(&text, number);
    if (text.overflowed)
        return false;
    *out_phone = phone;
    return true;
}

/* Nine national digits, without the leading zero: metropolitan, or overseas by block. */
static bool parse_national(const char *national, struct phone *out_phone)
{
    if (strlen(national) != NATIONAL_DIGITS || national[0] == '0')
        return false;
    for (size_t i = 0; i < sizeof overseas_blocks / sizeof overseas_blocks[0]; i++) {
        const struct overseas_block *block = &overseas_blocks[i];
        if (is_in_block(national, block->first, block->last))
            return write_e164(block->country, national + block->dropped, out_phone);
    }
    return write_e164("33", national, out_phone);
}

static const struct plan *plan_of(const char *digits)
{
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
        if (begins_with(digits, plans[i].country))
            return &plans[i];
    }
    return NULL;
}

/* Digits after a plus sign. `+33 (0)6…` keeps a zero that nobody dials; `+33 6 90…` is an overseas number. */
static bool parse_international(const char *digits, struct phone *out_phone)
{
    const struct plan *plan = plan_of(digits);
    if (plan == NULL)
        return digits[0] != '0' && strlen(digits) >= FOREIGN_DIGITS_MIN && write_e164("", digits, out_phone);
    const char *number = digits + strlen(plan->country);
    if (*number == '0')
        number++;
    if (strcmp(plan->country, "33") == 0)
        return parse_national(number, out_phone);
    int length = (int)strlen(number);
    if (length < plan->digits_min || length > plan->digits_max || *number == '0')
        return false;
    return write_e164(plan->country, number, out_phone);
}

bool phone_parse(const char *typed, struct phone *out_phone)
{
    struct dialled dialled;
    if (!read_dialled(typed, &dialled))
        return false;
    const char *digits = dialled.digits;
    if (dialled.international)
        return parse_international(digits, out_phone);
    if (begins_with(digits, "00"))
        return parse_international(digits + 2, out_phone);
    if (digits[0] == '0')
        return parse_national(digits + 1, out_phone);
    bool lost_its_zero = digits[0] == '6' || digits[0] == '7';
    return lost_its_zero && parse_national(digits, out_phone);
}

enum phone_kind phone_kind(const struct phone *phone)
{
    const char *digits = phone->e164 + 1;
    const struct plan *plan = plan_of(digits);
    if (plan == NULL)
        return PHONE_FOREIGN;
    const char *number = digits + strlen(plan->country);
    for (size_t i = 0; i < sizeof mobile_blocks / sizeof mobile_blocks[0]; i++) {
        const struct mobile_block *block = &mobile_blocks[i];
        if (strcmp(plan->country, block->country) == 0 && strlen(number) == block->digits &&
            is_in_block(number, block->first, block->last))
            return PHONE_MOBILE;
    }
    return PHONE_FIXED;
}

bool phone_is_mobile(const struct phone *phone)
{
    return phone_kind(phone) == PHONE_MOBILE;
}

bool phone_may_receive_sms(const struct phone *phone)
{
    return phone_kind(phone) != PHONE_FIXED;
}

bool phone_is_same(const struct phone *a, const struct phone *b)
{
    return strcmp(a->e164, b->e164) == 0;
}

void phone_display(const struct phone *phone, char out_text[PHONE_TEXT_SIZE])
{
    struct text_builder text = text_begin(out_text, PHONE_TEXT_SIZE);
    const char *digits = phone->e164 + 1;
    const struct plan *plan = plan_of(digits);
    const char *national = plan != NULL ? digits + strlen(plan->country) : "";
    if (strlen(national) != NATIONAL_DIGITS) {
        text_add(&text, phone->e164);
        return;
    }
    text_add_char(&text, '0');
    text_add_char(&text, national[0]);
    for (size_t i = 1; i < NATIONAL_DIGITS; i += 2) {
        text_add_char(&text, ' ');
        text_add_bytes(&text, national + i, 2);
    }
}

void phone_mask(const struct phone *phone, char out_text[PHONE_TEXT_SIZE])
{
    struct text_builder text = text_begin(out_text, PHONE_TEXT_SIZE);
    size_t length = strlen(phone->e164);
    text_add(&text, "•• •• •• •• ");
    text_add(&text, length > 2 ? phone->e164 + length - 2 : "••");
}
