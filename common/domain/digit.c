#include "domain/digit.h"

#include <stdbool.h>

/* In UTF-8 each is a byte that says which ten, and one for the digit. */
static int digit_at(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    int first = bytes[0] == 0xD9 ? 0xA0 : 0xB0;
    bool is_one = (bytes[0] == 0xD9 || bytes[0] == 0xDB) && bytes[1] >= first && bytes[1] <= first + 9;
    return is_one ? bytes[1] - first : -1;
}

void digits_to_latin(char *text)
{
    char *out = text;
    while (*text != '\0') {
        int digit = digit_at(text);
        if (digit >= 0) {
            *out++ = "0123456789"[digit];
            text += 2;
        } else {
            *out++ = *text++;
        }
    }
    *out = '\0';
}
