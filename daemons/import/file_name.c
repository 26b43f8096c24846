#include "import/file_name.h"

#include "domain/text.h"

#include <string.h>
#include <strings.h>

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name);
    size_t end_length = strlen(end);
    return length > end_length && strcasecmp(name + length - end_length, end) == 0;
}

static size_t digits_at(const char *text)
{
    size_t count = 0;
    while (text_is_digit(text[count])) {
        count++;
    }
    return count;
}

static int number_of(const char *digits, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++) {
        number = number * 10 + (digits[i] - '0');
    }
    return number;
}

struct date file_name_date(const char *name)
{
    for (const char *at = name; *at;) {
        size_t count = digits_at(at);
        struct date date = {(int16_t)number_of(at, count >= 8 ? 4 : 0), 0, 0};
        if (count == 8) {
            date.month = (int8_t)number_of(at + 4, 2);
            date.day = (int8_t)number_of(at + 6, 2);
            if (date_is_valid(date)) {
                return date;
            }
        }
        at += count > 0 ? count : 1;
    }
    return (struct date){0};
}

/* The words of the name, apart by `_`, from the last: the part, the category, then the rest. */
static void words_read(char *words, struct file_name *name)
{
    char *last = strrchr(words, '_');
    if (last) {
        size_t count = digits_at(last + 1);
        if (count > 0 && count <= 6 && last[1 + count] == '\0') {
            name->part = number_of(last + 1, count);
        }
        if (name->part >= 0 || last[1] == '\0') {
            *last = '\0'; /* `_Eleve_.xml` has no number */
        }
    }
    last = strrchr(words, '_');
    name->category = aaf_category_from_code(last ? last + 1 : words);
}

bool file_name_read(const char *name, struct file_name *out_name)
{
    char words[256];
    size_t length = strlen(name);
    if (!ends_with(name, ".xml") || name[0] == '.' || length >= sizeof words) {
        return false;
    }
    *out_name = (struct file_name){.category = AAF_CATEGORY_COUNT, .part = -1};
    out_name->is_delta = strcasestr(name, "_delta_") != NULL;
    out_name->date = file_name_date(name);
    memcpy(words, name, length - 4);
    words[length - 4] = '\0';
    words_read(words, out_name);
    return true;
}

bool file_name_is_archive(const char *name)
{
    return name[0] != '.' && (ends_with(name, ".tgz") || ends_with(name, ".tar.gz") || ends_with(name, ".zip"));
}
