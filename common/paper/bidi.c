#include "paper/bidi.h"

#include "domain/latin.h"

#include <fribidi.h>
#include <string.h>

enum { LINE_MAX = 1024, BYTES_OF_A_LETTER = 4 };

static bool is_from_the_right(uint32_t letter)
{
    return (letter >= 0x590 && letter <= 0x8FF) || (letter >= 0xFB1D && letter <= 0xFDFF) ||
           (letter >= 0xFE70 && letter <= 0xFEFE);
}

bool bidi_has_right_letters(const char *text)
{
    static const char *const first_bytes =
        "\xD6\xD7\xD8\xD9\xDA\xDB\xDC\xDD\xDE\xDF\xE0\xEF"; /* of UTF-8, of all such letters */
    if (!strpbrk(text, first_bytes)) {
        return false; /* nearly every line */
    }
    for (uint32_t letter; (letter = utf8_next(&text)) != 0;) {
        if (is_from_the_right(letter)) {
            return true;
        }
    }
    return false;
}

bool bidi_write_visual(const char *line, char *out_line, size_t size)
{
    FriBidiChar letters[LINE_MAX], drawn[LINE_MAX];
    FriBidiParType direction = FRIBIDI_PAR_LTR;
    size_t length = strlen(line);
    if (!bidi_has_right_letters(line) || length >= LINE_MAX) {
        return false;
    }
    FriBidiStrIndex count = fribidi_charset_to_unicode(FRIBIDI_CHAR_SET_UTF8, line, (FriBidiStrIndex)length, letters);
    if (!fribidi_log2vis(letters, count, &direction, drawn, NULL, NULL, NULL)) {
        return false; /* out of memory */
    }
    count = fribidi_remove_bidi_marks(drawn, count, NULL, NULL, NULL);
    if ((size_t)count * BYTES_OF_A_LETTER >= size) {
        return false;
    }
    fribidi_unicode_to_charset(FRIBIDI_CHAR_SET_UTF8, drawn, count, out_line);
    return true;
}
