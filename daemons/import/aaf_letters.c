#include "import/aaf_letters.h"

#include "domain/latin.h"

#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <string.h>

enum { ENTITY_MAX = 10 /* `thetasym` has eight letters, `#x10FFFF` too */ };

uint32_t aaf_letter(const char *entity)
{
    const htmlEntityDesc *found = htmlEntityLookup((const xmlChar *)entity);
    return found ? found->value : 0;
}

/* Those that XML allows in a text. */
static bool is_letter(unsigned long letter)
{
    return letter == '\t' || letter == '\n' || letter == '\r' || (letter >= ' ' && letter < 0xD800) ||
           (letter >= 0xE000 && letter < 0xFFFE) || (letter >= 0x10000 && letter <= 0x10FFFF);
}

/* Of "#233" or "#xE9"; 0 for anything else. */
static uint32_t letter_of_number(const char *entity)
{
    bool is_hexadecimal = entity[1] == 'x' || entity[1] == 'X';
    const char *digits = entity + 1 + is_hexadecimal;
    const char *allowed = is_hexadecimal ? "0123456789abcdefABCDEF" : "0123456789";
    if (digits[0] == '\0' || digits[strspn(digits, allowed)] != '\0') {
        return 0;
    }
    unsigned long letter = strtoul(digits, NULL, is_hexadecimal ? 16 : 10);
    return is_letter(letter) ? (uint32_t)letter : 0;
}

/* `at`: behind the `&`. 0 when no entity begins there. */
static uint32_t letter_at(const char *at, size_t length, size_t *out_used)
{
    const char *end = memchr(at, ';', length < ENTITY_MAX ? length : ENTITY_MAX);
    if (!end) {
        return 0;
    }
    char entity[ENTITY_MAX + 1];
    size_t used = (size_t)(end - at);
    memcpy(entity, at, used);
    entity[used] = '\0';
    *out_used = used + 1;
    return entity[0] == '#' ? letter_of_number(entity) : aaf_letter(entity);
}

size_t aaf_letters_read(char *text, size_t length)
{
    size_t written = 0;
    for (size_t at = 0; at < length;) {
        size_t used;
        uint32_t letter = text[at] == '&' ? letter_at(text + at + 1, length - at - 1, &used) : 0;
        if (letter == 0) {
            text[written++] = text[at++];
        } else {
            char bytes[4];
            size_t count = utf8_write(letter, bytes); /* an entity is never shorter than its letter */
            memcpy(text + written, bytes, count);
            written += count;
            at += used + 1;
        }
    }
    return written;
}
