#include "store/value_text.h"

#include "domain/date.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void instant_write(struct instant instant, char out_text[static INSTANT_TEXT_SIZE])
{
    char day[DATE_TEXT_SIZE];
    struct date date = date_of_instant(instant);
    date_write_iso(date, day);
    int64_t us = instant.us - date_start(date).us;
    (void)snprintf(out_text, INSTANT_TEXT_SIZE, "%s %02d:%02d:%02d.%06d+00", day, (int)(us / 3600000000),
        (int)(us / 60000000 % 60), (int)(us / 1000000 % 60), (int)(us % 1000000));
}

/* `count` digits at `text`. */
static int64_t digits(const char *text, int count)
{
    int64_t value = 0;
    for (int i = 0; i < count; i++) {
        assert(text[i] >= '0' && text[i] <= '9');
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

struct instant instant_read(const char *text)
{
    if (*text == '\0') {
        return INSTANT_NEVER;
    }
    struct date date;
    char day[DATE_TEXT_SIZE];
    (void)snprintf(day, sizeof day, "%.10s", text);
    bool read = date_parse_iso(day, &date);
    assert(read && strlen(text) >= 22);
    int64_t us = ((digits(text + 11, 2) * 60 + digits(text + 14, 2)) * 60 + digits(text + 17, 2)) * 1000000;
    const char *at = text + 19;
    if (*at == '.') {
        int64_t unit = 100000;
        for (at++; *at >= '0' && *at <= '9'; at++, unit /= 10) {
            us += (*at - '0') * unit;
        }
    }
    assert(strcmp(at, "+00") == 0);
    return (struct instant){date_start(date).us + us};
}

void bytes_write(const void *bytes, size_t length, char *out_text)
{
    static const char hexadecimal[] = "0123456789abcdef";
    const unsigned char *from = bytes;
    memcpy(out_text, "\\x", 2);
    for (size_t i = 0; i < length; i++) {
        out_text[2 + 2 * i] = hexadecimal[from[i] >> 4];
        out_text[3 + 2 * i] = hexadecimal[from[i] & 15];
    }
    out_text[2 + 2 * length] = '\0';
}

static int digit_value(char digit)
{
    assert((digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'));
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

size_t bytes_read(const char *text, void *out_bytes, size_t size)
{
    if (*text == '\0') {
        return 0;
    }
    assert(text[0] == '\\' && text[1] == 'x');
    unsigned char *out = out_bytes;
    size_t length = (strlen(text) - 2) / 2;
    for (size_t i = 0; i < length && i < size; i++) {
        out[i] = (unsigned char)(digit_value(text[2 + 2 * i]) << 4 | digit_value(text[3 + 2 * i]));
    }
    return length;
}
