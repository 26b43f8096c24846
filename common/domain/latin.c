#include "domain/latin.h"

/*
 * ASCII letters for U+00C0…U+02AF and U+1E00…U+1EFF, by the canonical decompositions of the Unicode Character
 * Database, and by custom where a letter has none (ø, ł, đ, þ, ß, œ, ə, ɛ …). An empty string is no letter for names.
 */
/* clang-format off */ /* one row holds sixteen */
static const char folds_of_latin[][3] = {
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
    "d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "ss",
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
    "d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "y",
    "a", "a", "a", "a", "a", "a", "c", "c", "c", "c", "c", "c", "c", "c", "d", "d",
    "d", "d", "e", "e", "e", "e", "e", "e", "e", "e", "e", "e", "g", "g", "g", "g",
    "g", "g", "g", "g", "h", "h", "h", "h", "i", "i", "i", "i", "i", "i", "i", "i",
    "i", "i", "ij", "ij", "j", "j", "k", "k", "k", "l", "l", "l", "l", "l", "l", "l",
    "l", "l", "l", "n", "n", "n", "n", "n", "n", "n", "ng", "ng", "o", "o", "o", "o",
    "o", "o", "oe", "oe", "r", "r", "r", "r", "r", "r", "s", "s", "s", "s", "s", "s",
    "s", "s", "t", "t", "t", "t", "t", "t", "u", "u", "u", "u", "u", "u", "u", "u",
    "u", "u", "u", "u", "w", "w", "y", "y", "y", "z", "z", "z", "z", "z", "z", "s",
    "b", "b", "", "", "", "", "o", "c", "c", "d", "d", "", "", "", "e", "e",
    "e", "f", "f", "g", "g", "", "i", "i", "k", "k", "l", "", "", "n", "n", "",
    "o", "o", "", "", "p", "p", "", "", "", "", "", "", "t", "t", "", "u",
    "u", "", "v", "y", "y", "z", "z", "z", "", "", "", "", "", "", "", "",
    "", "", "", "", "dz", "dz", "dz", "lj", "lj", "lj", "nj", "nj", "nj", "a", "a", "i",
    "i", "o", "o", "u", "u", "u", "u", "u", "u", "u", "u", "u", "u", "e", "a", "a",
    "a", "a", "ae", "ae", "g", "g", "g", "g", "k", "k", "o", "o", "o", "o", "z", "z",
    "j", "dz", "dz", "dz", "g", "g", "", "", "n", "n", "a", "a", "ae", "ae", "o", "o",
    "a", "a", "a", "a", "e", "e", "e", "e", "i", "i", "i", "i", "o", "o", "o", "o",
    "r", "r", "r", "r", "u", "u", "u", "u", "s", "s", "t", "t", "", "", "h", "h",
    "n", "d", "ou", "ou", "", "", "a", "a", "e", "e", "o", "o", "o", "o", "o", "o",
    "o", "o", "y", "y", "l", "n", "t", "j", "", "", "a", "c", "c", "l", "t", "",
    "", "", "", "b", "u", "", "e", "e", "j", "j", "", "", "r", "r", "y", "y",
    "", "", "", "b", "o", "", "d", "d", "", "e", "", "e", "", "", "", "",
    "g", "", "", "g", "", "", "", "", "i", "i", "", "", "", "", "", "",
    "", "", "n", "", "", "", "", "", "", "", "", "", "", "", "", "",
    "", "", "", "", "", "", "", "", "", "u", "", "v", "", "", "", "",
    "", "", "z", "", "", "", "", "", "", "", "", "", "", "", "", "",
    "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "",
};

static const char folds_of_latin_additional[][3] = {
    "a", "a", "b", "b", "b", "b", "b", "b", "c", "c", "d", "d", "d", "d", "d", "d",
    "d", "d", "d", "d", "e", "e", "e", "e", "e", "e", "e", "e", "e", "e", "f", "f",
    "g", "g", "h", "h", "h", "h", "h", "h", "h", "h", "h", "h", "i", "i", "i", "i",
    "k", "k", "k", "k", "k", "k", "l", "l", "l", "l", "l", "l", "l", "l", "m", "m",
    "m", "m", "m", "m", "n", "n", "n", "n", "n", "n", "n", "n", "o", "o", "o", "o",
    "o", "o", "o", "o", "p", "p", "p", "p", "r", "r", "r", "r", "r", "r", "r", "r",
    "s", "s", "s", "s", "s", "s", "s", "s", "s", "s", "t", "t", "t", "t", "t", "t",
    "t", "t", "u", "u", "u", "u", "u", "u", "u", "u", "u", "u", "v", "v", "v", "v",
    "w", "w", "w", "w", "w", "w", "w", "w", "w", "w", "x", "x", "x", "x", "y", "y",
    "z", "z", "z", "z", "z", "z", "h", "t", "w", "y", "", "s", "", "", "ss", "",
    "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a",
    "a", "a", "a", "a", "a", "a", "a", "a", "e", "e", "e", "e", "e", "e", "e", "e",
    "e", "e", "e", "e", "e", "e", "e", "e", "i", "i", "i", "i", "o", "o", "o", "o",
    "o", "o", "o", "o", "o", "o", "o", "o", "o", "o", "o", "o", "o", "o", "o", "o",
    "o", "o", "o", "o", "u", "u", "u", "u", "u", "u", "u", "u", "u", "u", "u", "u",
    "u", "u", "y", "y", "y", "y", "y", "y", "y", "y", "", "", "", "", "", "",
};
/* clang-format on */

/* Capitals that differ from their small letter by one and the same distance, every `step` code points. */
struct case_run {
    uint32_t first;
    uint32_t last;
    uint32_t step;
    int32_t distance;
};

static const struct case_run case_runs[] = {
    {0x41,   0x5A,   1, 32  },
    {0xC0,   0xD6,   1, 32  },
    {0xD8,   0xDE,   1, 32  },
    {0x100,  0x12E,  2, 1   },
    {0x132,  0x136,  2, 1   },
    {0x139,  0x147,  2, 1   },
    {0x14A,  0x176,  2, 1   },
    {0x178,  0x178,  1, -121},
    {0x179,  0x17D,  2, 1   },
    {0x186,  0x186,  1, 206 },
    {0x189,  0x18A,  1, 205 },
    {0x18F,  0x18F,  1, 202 },
    {0x190,  0x190,  1, 203 },
    {0x194,  0x194,  1, 207 },
    {0x19D,  0x19D,  1, 213 },
    {0x1A0,  0x1A4,  2, 1   },
    {0x1AF,  0x1AF,  2, 1   },
    {0x1CD,  0x1DB,  2, 1   },
    {0x1DE,  0x1EE,  2, 1   },
    {0x1F8,  0x21E,  2, 1   },
    {0x222,  0x232,  2, 1   },
    {0x1E00, 0x1E94, 2, 1   },
    {0x1EA0, 0x1EFE, 2, 1   },
};

static const uint32_t REPLACEMENT = 0xFFFD;
static const uint32_t I_WITH_DOT = 0x130; /* Turkish: its small letter is the ASCII i */
static const uint32_t DOTLESS_I = 0x131;

/* How many bytes a first byte announces; 0 when it cannot begin a letter. */
static int sequence_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

/* Longer than needed, a surrogate, or beyond Unicode: RFC 3629 forbids all three. */
static bool is_forbidden(uint32_t letter, int length)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    return letter < smallest[length] || (letter >= 0xD800 && letter <= 0xDFFF) || letter > 0x10FFFF;
}

/* Reads a code point of `text`; its length in bytes, or 0 when it is not UTF-8. */
static int utf8_read(const char *text, uint32_t *out_letter)
{
    int length = sequence_length((unsigned char)text[0]);
    if (length <= 1) {
        *out_letter = (unsigned char)text[0];
        return length;
    }
    uint32_t letter = (unsigned char)text[0] & (0xFFu >> (length + 1));
    for (int i = 1; i < length; i++) {
        unsigned char next = (unsigned char)text[i];
        if ((next & 0xC0) != 0x80)
            return 0;
        letter = letter << 6 | (next & 0x3F);
    }
    *out_letter = letter;
    return is_forbidden(letter, length) ? 0 : length;
}

uint32_t utf8_next(const char **cursor)
{
    if (**cursor == '\0')
        return 0;
    uint32_t letter = 0;
    int length = utf8_read(*cursor, &letter);
    *cursor += length > 0 ? length : 1;
    return length > 0 ? letter : REPLACEMENT;
}

size_t utf8_write(uint32_t letter, char out_bytes[4])
{
    if (letter < 0x80) {
        out_bytes[0] = (char)letter;
        return 1;
    }
    size_t length = letter < 0x800 ? 2 : letter < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out_bytes[i] = (char)(0x80 | (letter & 0x3F));
        letter >>= 6;
    }
    out_bytes[0] = (char)((0xF00u >> length & 0xFF) | letter);
    return length;
}

bool utf8_is_valid(const char *text)
{
    while (*text != '\0') {
        uint32_t letter;
        int length = utf8_read(text, &letter);
        if (length == 0)
            return false;
        text += length;
    }
    return true;
}

static const char *fold_ascii(uint32_t letter)
{
    static const char alphabet[26][2] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p",
        "q", "r", "s", "t", "u", "v", "w", "x", "y", "z"};
    uint32_t small = latin_lower(letter);
    return small >= 'a' && small <= 'z' ? alphabet[small - 'a'] : NULL;
}

static const char *fold_or_null(const char *fold)
{
    return fold[0] != '\0' ? fold : NULL;
}

const char *latin_fold(uint32_t letter)
{
    if (letter < 0x80)
        return fold_ascii(letter);
    if (letter >= 0xC0 && letter <= 0x2AF)
        return fold_or_null(folds_of_latin[letter - 0xC0]);
    if (letter >= 0x300 && letter <= 0x36F)
        return "";
    if (letter >= 0x1E00 && letter <= 0x1EFF)
        return fold_or_null(folds_of_latin_additional[letter - 0x1E00]);
    return NULL;
}

uint32_t latin_lower(uint32_t letter)
{
    if (letter == I_WITH_DOT)
        return 'i';
    for (size_t i = 0; i < sizeof case_runs / sizeof case_runs[0]; i++) {
        const struct case_run *run = &case_runs[i];
        if (letter >= run->first && letter <= run->last && (letter - run->first) % run->step == 0)
            return (uint32_t)((int32_t)letter + run->distance);
    }
    return letter;
}

uint32_t latin_upper(uint32_t letter)
{
    if (letter == DOTLESS_I)
        return 'I';
    for (size_t i = 0; i < sizeof case_runs / sizeof case_runs[0]; i++) {
        const struct case_run *run = &case_runs[i];
        uint32_t capital = (uint32_t)((int32_t)letter - run->distance);
        if (capital >= run->first && capital <= run->last && (capital - run->first) % run->step == 0)
            return capital;
    }
    return letter;
}
