#include "domain/password.h"

#include "domain/latin.h"
#include "domain/text.h"

#include <assert.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------ provisional */

static const char alphabet[] = PASSWORD_PROVISIONAL_ALPHABET;

enum {
    ALPHABET_SIZE = sizeof alphabet - 1,
    UNBIASED_BYTES = 256 - 256 % ALPHABET_SIZE /* bytes from here on would favour the first letters */
};

/* Adds a letter, and the hyphen that parts it from the group before. */
static void add_grouped(struct text_builder *text, char letter, int already)
{
    if (already > 0 && already % PASSWORD_PROVISIONAL_GROUP == 0)
        text_add_char(text, '-');
    text_add_char(text, letter);
}

bool password_provisional_make(const uint8_t *random, size_t size, struct provisional_password *out_password)
{
    struct provisional_password password;
    struct text_builder text = text_begin(password.text, sizeof password.text);
    int letters = 0;
    for (size_t i = 0; i < size && letters < PASSWORD_PROVISIONAL_LETTERS; i++) {
        if (random[i] < UNBIASED_BYTES)
            add_grouped(&text, alphabet[random[i] % ALPHABET_SIZE], letters++);
    }
    if (letters < PASSWORD_PROVISIONAL_LETTERS)
        return false;
    *out_password = password;
    return true;
}

bool password_provisional_normalise(const char *typed, struct provisional_password *out_password)
{
    struct provisional_password password;
    struct text_builder text = text_begin(password.text, sizeof password.text);
    int letters = 0;
    for (; *typed != '\0'; typed++) {
        if (text_is_blank(*typed) || *typed == '-')
            continue;
        char letter = text_lower(*typed);
        if (strchr(alphabet, letter) == NULL || letters == PASSWORD_PROVISIONAL_LETTERS)
            return false;
        add_grouped(&text, letter, letters++);
    }
    if (letters < PASSWORD_PROVISIONAL_LETTERS)
        return false;
    *out_password = password;
    return true;
}

/* ---------------------------------------------------------------------------------------------------- strength */

enum letter_kind { KIND_DIGIT, KIND_SMALL, KIND_CAPITAL, KIND_SIGN, KIND_OTHER, KIND_COUNT };

/* How many characters of the kind a guesser must try. */
static const int kind_sizes[KIND_COUNT] = {
    [KIND_DIGIT] = 10,
    [KIND_SMALL] = 26,
    [KIND_CAPITAL] = 26,
    [KIND_SIGN] = 33, /* ASCII's, the space included */
    [KIND_OTHER] = 40 /* what French keyboards give beyond ASCII */
};

static enum letter_kind kind_of(uint32_t letter)
{
    if (letter >= '0' && letter <= '9')
        return KIND_DIGIT;
    if (letter >= 'a' && letter <= 'z')
        return KIND_SMALL;
    if (letter >= 'A' && letter <= 'Z')
        return KIND_CAPITAL;
    return letter < 0x80 ? KIND_SIGN : KIND_OTHER;
}

/* log2(size) in hundredths of a bit; precise enough: the estimate itself is a rough one. */
static int hundredths_of_bits(int size)
{
    assert(size > 0 && size < 1024);
    int bits = 0;
    int64_t power = 1;
    /* size^100 ≥ 2^bits, kept within 64 bits by halving as it grows */
    for (int i = 0; i < 100; i++) {
        power *= size;
        while (power >= INT64_C(1) << 40) {
            power >>= 1;
            bits++;
        }
    }
    while (power > 1) {
        power >>= 1;
        bits++;
    }
    return bits;
}

static const char *const keyboard_runs[] = {"azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm"};

enum { COUNT_OF_RUNS = sizeof keyboard_runs / sizeof keyboard_runs[0] };

static bool is_beside(const char *run, uint32_t before, uint32_t letter)
{
    const char *at = strchr(run, text_lower((char)before));
    char wanted = text_lower((char)letter);
    return at != NULL && (at[1] == wanted || (at > run && at[-1] == wanted));
}

/* The same character again, its neighbour in the alphabet or in the digits, or its neighbour on the keyboard. */
static bool is_step(uint32_t before, uint32_t letter)
{
    if (letter == before || letter == before + 1 || letter + 1 == before)
        return true;
    for (size_t i = 0; i < COUNT_OF_RUNS && before < 0x80 && letter < 0x80; i++) {
        if (is_beside(keyboard_runs[i], before, letter))
            return true;
    }
    return false;
}

enum { WINDOW = 4 };

/* True when a guesser has the newest character for nothing. `last` holds the latest, newest first; 0 before the start.
 */
static bool is_cheap(const uint32_t last[WINDOW])
{
    if (last[2] == 0)
        return false;
    bool runs_on = is_step(last[2], last[1]) && is_step(last[1], last[0]);
    bool alternates = last[3] != 0 && last[0] == last[2] && last[1] == last[3];
    return runs_on || alternates;
}

int password_bits(const char *password)
{
    bool kinds[KIND_COUNT] = {false};
    uint32_t last[WINDOW] = {0};
    int costly = 0;
    const char *cursor = password;
    for (uint32_t letter = utf8_next(&cursor); letter != 0; letter = utf8_next(&cursor)) {
        memmove(last + 1, last, (WINDOW - 1) * sizeof last[0]);
        last[0] = letter;
        kinds[kind_of(letter)] = true;
        costly += is_cheap(last) ? 0 : 1;
    }
    int size = 0;
    for (int kind = 0; kind < KIND_COUNT; kind++)
        size += kinds[kind] ? kind_sizes[kind] : 0;
    return size == 0 ? 0 : costly * hundredths_of_bits(size) / 100;
}

/* ------------------------------------------------------------------------------------------------------ policy */

enum {
    PART_LENGTH_MIN = 4 /* "Luc" inside "polluces" is chance; four letters and more are taken as meant */
};

static size_t length_in_letters(const char *text)
{
    size_t length = 0;
    while (utf8_next(&text) != 0)
        length++;
    return length;
}

/* So that "D.u-pont" is found to hold "Dupont". */
void password_fold(const char *text, char out_folded[PASSWORD_FOLDED_SIZE])
{
    struct text_builder folded = text_begin(out_folded, PASSWORD_FOLDED_SIZE);
    for (uint32_t letter = utf8_next(&text); letter != 0; letter = utf8_next(&text)) {
        const char *letters = latin_fold(letter);
        if (letters != NULL)
            text_add(&folded, letters);
        else if (letter >= '0' && letter <= '9')
            text_add_char(&folded, (char)letter);
    }
}

/* `part` is a name or an identifier as written; too short a one is not looked for. */
static bool folded_contains(const char *folded, const char *part)
{
    char folded_part[PASSWORD_FOLDED_SIZE];
    if (part == NULL)
        return false;
    password_fold(part, folded_part);
    return strlen(folded_part) >= PART_LENGTH_MIN && strstr(folded, folded_part) != NULL;
}

static bool has_a_name(const char *folded, const struct password_context *context)
{
    for (size_t i = 0; i < context->name_count; i++) {
        if (folded_contains(folded, context->names[i]))
            return true;
    }
    return false;
}

/* Day, month and year in the orders people write, the year of four digits or two, with or without separators. */
static bool has_date(const char *folded, struct date date)
{
    if (!date_is_valid(date))
        return false;
    char french[DATE_TEXT_SIZE];
    char iso[DATE_TEXT_SIZE];
    date_write_french(date, french);
    date_write_iso(date, iso);
    const struct {
        const char *parts[3];
        size_t year_part;
    } orders[] = {
        {{french, french + 3, french + 6}, 2},
        {{iso, iso + 5, iso + 8},          0}
    };
    for (size_t i = 0; i < 2; i++) {
        for (size_t skipped = 0; skipped <= 2; skipped += 2) { /* digits of the year left out */
            char digits[9];
            struct text_builder text = text_begin(digits, sizeof digits);
            for (size_t part = 0; part < 3; part++) {
                bool is_year = part == orders[i].year_part;
                text_add_bytes(&text, orders[i].parts[part] + (is_year ? skipped : 0), is_year ? 4 - skipped : 2);
            }
            if (strstr(folded, digits) != NULL)
                return true;
        }
    }
    return false;
}

static bool has_a_birth_date(const char *folded, const struct password_context *context)
{
    for (size_t i = 0; i < context->birth_date_count; i++) {
        if (has_date(folded, context->birth_dates[i]))
            return true;
    }
    return false;
}

/* Letters of other alphabets and signs leave nothing when folded: such a password is compared as it is. */
static bool is_the_replaced_one(const char *password, const char *folded, const struct password_context *context)
{
    char replaced[PASSWORD_FOLDED_SIZE];
    if (context->replaced_password == NULL)
        return false;
    if (strcmp(password, context->replaced_password) == 0)
        return true;
    password_fold(context->replaced_password, replaced);
    return replaced[0] != '\0' && strcmp(folded, replaced) == 0;
}

/* What is written in the place of a letter, by who thinks that it hides a word. */
static char letter_meant(char sign)
{
    static const char signs[] = "0134578@$!";
    static const char letters[] = "oieastbasi";
    const char *at = sign != '\0' ? strchr(signs, sign) : NULL;
    if (at == NULL)
        return sign;
    return letters[at - signs];
}

static bool has_folded(const char *text, const struct password_words *known)
{
    char folded[PASSWORD_FOLDED_SIZE];
    password_fold(text, folded);
    return folded[0] != '\0' && known->has(known->words, folded);
}

/* As it is written, or as its signs are meant. */
static bool is_word(const char *text, const struct password_words *known)
{
    char meant[PASSWORD_FOLDED_SIZE];
    size_t length = 0;
    for (; text[length] != '\0' && length + 1 < sizeof meant; length++)
        meant[length] = letter_meant(text[length]);
    meant[length] = '\0';
    return has_folded(text, known) || has_folded(meant, known);
}

/* Digits and signs are tried before and after each word, as many of them as this, at no cost: a year and a sign. */
enum { DECORATION_MAX = 5 };

static bool is_decoration(char byte)
{
    return (unsigned char)byte < 0x80 && !text_is_ascii_letter(byte);
}

static bool is_decorated_word(const char *password, const struct password_words *known)
{
    char word[PASSWORD_FOLDED_SIZE];
    size_t start = 0;
    size_t end = strlen(password);
    while (start < end && is_decoration(password[start]))
        start++;
    while (end > start && is_decoration(password[end - 1]))
        end--;
    size_t length = end - start;
    memcpy(word, password + start, length);
    word[length] = '\0';
    return length >= PART_LENGTH_MIN && strlen(password) - length <= DECORATION_MAX && is_word(word, known);
}

static bool is_word_twice(const char *folded, const struct password_words *known)
{
    char half[PASSWORD_FOLDED_SIZE];
    size_t length = strlen(folded) / 2;
    if (length == 0 || strlen(folded) % 2 != 0 || memcmp(folded, folded + length, length) != 0)
        return false;
    memcpy(half, folded, length);
    half[length] = '\0';
    return known->has(known->words, half);
}

/* A known one: as it is, with signs for letters, with little around it, or written twice. */
static bool is_known(const char *password, const char *folded, const struct password_words *known)
{
    if (known->has == NULL)
        return false;
    return is_word(password, known) || is_decorated_word(password, known) || is_word_twice(folded, known);
}

static enum refusal check_length(const char *password)
{
    size_t length = length_in_letters(password);
    if (length < PASSWORD_LENGTH_MIN)
        return REFUSAL_PASSWORD_TOO_SHORT;
    if (length > PASSWORD_LENGTH_MAX || strlen(password) > PASSWORD_BYTES_MAX)
        return REFUSAL_PASSWORD_TOO_LONG;
    return REFUSAL_NONE;
}

enum refusal password_check(const char *password, const struct password_context *context)
{
    enum refusal refusal = check_length(password);
    if (refusal != REFUSAL_NONE)
        return refusal;
    char folded[PASSWORD_FOLDED_SIZE];
    password_fold(password, folded);
    if (is_the_replaced_one(password, folded, context))
        return REFUSAL_PASSWORD_NOT_NEW;
    if (folded_contains(folded, context->identifier))
        return REFUSAL_PASSWORD_HAS_IDENTIFIER;
    if (has_a_name(folded, context))
        return REFUSAL_PASSWORD_HAS_NAME;
    if (has_a_birth_date(folded, context))
        return REFUSAL_PASSWORD_HAS_BIRTH_DATE;
    if (is_known(password, folded, &context->known))
        return REFUSAL_PASSWORD_TOO_COMMON;
    return password_bits(password) < PASSWORD_BITS_MIN ? REFUSAL_PASSWORD_TOO_SIMPLE : REFUSAL_NONE;
}

int password_strength(const char *password, const struct password_context *context)
{
    int bits = password_bits(password);
    if (password_check(password, context) != REFUSAL_NONE)
        return bits < PASSWORD_BITS_MIN / 2 ? 0 : 1;
    if (bits < (PASSWORD_BITS_MIN + PASSWORD_BITS_STRONG) / 2)
        return 2;
    return bits < PASSWORD_BITS_STRONG ? 3 : 4;
}
