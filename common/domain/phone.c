#include "domain/phone.h"

#include "domain/text.h"

#include <string.h>

enum {
    DIGITS_MAX = 15, /* ITU-T E.164 */
    FOREIGN_DIGITS_MIN = 7,
    NATIONAL_DIGITS = 9 /* of a French number, its leading zero not counted */
};

/* Blocks of French national numbers that belong to a country code of their own (ARCEP's numbering plan). */
struct overseas_block {
    const char *start; /* of the nine national digits */
    const char *country;
    int dropped; /* digits of the block that the international number does not have */
};

static const struct overseas_block overseas_blocks[] = {
    {"590",   "590", 0}, /* Guadeloupe, Saint-Martin, Saint-Barthélemy */
    {"690",   "590", 0},
    {"691",   "590", 0},
    {"70900", "590", 0},
    {"70901", "590", 0},
    {"70902", "590", 0},
    {"70903", "590", 0},
    {"70904", "590", 0},
    {"594",   "594", 0}, /* Guyane */
    {"694",   "594", 0},
    {"70930", "594", 0},
    {"70931", "594", 0},
    {"70932", "594", 0},
    {"70933", "594", 0},
    {"596",   "596", 0}, /* Martinique */
    {"696",   "596", 0},
    {"697",   "596", 0},
    {"70910", "596", 0},
    {"70911", "596", 0},
    {"70912", "596", 0},
    {"70913", "596", 0},
    {"262",   "262", 0}, /* La Réunion, Mayotte */
    {"263",   "262", 0},
    {"269",   "262", 0},
    {"639",   "262", 0},
    {"692",   "262", 0},
    {"693",   "262", 0},
    {"70920", "262", 0},
    {"70921", "262", 0},
    {"70922", "262", 0},
    {"70923", "262", 0},
    {"70935", "262", 0},
    {"70936", "262", 0},
    {"70937", "262", 0},
    {"508",   "508", 3}, /* Saint-Pierre-et-Miquelon: six digits, written 0508 and six digits from elsewhere */
    {"7084",  "508", 0},
    {"7085",  "508", 0},
};

/* Country codes of French numbering plans, and how many digits follow. */
struct plan {
    const char *country;
    int digits_min;
    int digits_max;
};

static const struct plan plans[] = {
    {"33",  9, 9},
    {"590", 9, 9},
    {"594", 9, 9},
    {"596", 9, 9},
    {"262", 9, 9},
    {"508", 6, 9},
    {"681", 6, 6}, /* Wallis-et-Futuna */
    {"687", 6, 6}, /* Nouvelle-Calédonie */
    {"689", 6, 8}, /* Polynésie française */
};

/* Starts of mobile numbers, after the plus sign (libphonenumber's patterns for these territories). */
static const char *const mobile_starts[] = {"3360", "3361", "3362", "33630", "33631", "33632", "33633", "33634",
    "33635", "33636", "33637", "33638", "3364", "3365", "3366", "3367", "3368", "33695", "33698", "33699", "3373",
    "3374", "3375", "3376", "3377", "3378", "3379", "590690", "590691", "590709", "594694", "594709", "596696",
    "596697", "596709", "262639", "262692", "262693", "262709", "50840", "50842", "50843", "50844", "50850", "50855",
    "50856", "508708", "68172", "68182", "68183", "6875", "6877", "6878", "6879", "68987", "68988", "68989"};

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
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
        if (begins_with(national, block->start))
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
    if (plan_of(digits) == NULL)
        return PHONE_FOREIGN;
    for (size_t i = 0; i < sizeof mobile_starts / sizeof mobile_starts[0]; i++) {
        if (begins_with(digits, mobile_starts[i]))
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
