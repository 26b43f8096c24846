#include "import/file_name.h"

#include "domain/latin.h"
#include "domain/text.h"

#include <string.h>
#include <strings.h>

enum { YEAR_MIN = 2000, DATE_DIGITS = 8, PART_DIGITS_MAX = 6 };

/* A run of letters or of digits in a name; any byte that is not ASCII counts as a letter. */
struct word {
    const char *start;
    size_t length; /* 0: there is none */
    bool is_number;
};

static bool is_letter(char one)
{
    return text_is_ascii_letter(one) || (unsigned char)one >= 0x80;
}

/* The last word that ends at or before `end`; *end moves to its start. */
static struct word word_before(const char *name, const char **end)
{
    const char *last = *end;
    while (last > name && !is_letter(last[-1]) && !text_is_digit(last[-1])) {
        last--;
    }
    const char *start = last;
    bool is_number = start > name && text_is_digit(start[-1]);
    while (start > name && (is_number ? text_is_digit(start[-1]) : is_letter(start[-1]))) {
        start--;
    }
    *end = start;
    return (struct word){start, (size_t)(last - start), is_number};
}

static bool word_is(const struct word *word, const char *text)
{
    return !word->is_number && strlen(text) == word->length && strncasecmp(word->start, text, word->length) == 0;
}

static int number_of(const char *digits, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++) {
        number = number * 10 + (digits[i] - '0');
    }
    return number;
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name);
    size_t end_length = strlen(end);
    return length > end_length && strcasecmp(name + length - end_length, end) == 0;
}

struct date file_name_date(const char *name, struct date today)
{
    const char *end = name + strlen(name);
    for (struct word word; (word = word_before(name, &end)).length > 0;) {
        if (!word.is_number || word.length != DATE_DIGITS) {
            continue;
        }
        struct date date = {
            (int16_t)number_of(word.start, 4),
            (int8_t)number_of(word.start + 4, 2),
            (int8_t)number_of(word.start + 6, 2),
        };
        if (date_is_valid(date) && date.year >= YEAR_MIN && date_compare(date, today) <= 0) {
            return date;
        }
    }
    return (struct date){0};
}

enum file_kind file_name_kind(const char *name)
{
    const char *end = name + strlen(name);
    for (struct word word; (word = word_before(name, &end)).length > 0;) {
        if (word_is(&word, "delta")) {
            return FILE_KIND_DELTA;
        }
        if (word_is(&word, "complet") || word_is(&word, "complete")) {
            return FILE_KIND_COMPLETE;
        }
    }
    return FILE_KIND_UNSAID;
}

static enum aaf_category category_of(const struct word *word)
{
    for (int i = 0; i < AAF_CATEGORY_COUNT; i++) {
        if (word_is(word, aaf_category_code((enum aaf_category)i))) {
            return (enum aaf_category)i;
        }
    }
    return word_is(word, "MatEducNat") ? AAF_SUBJECT : AAF_CATEGORY_COUNT;
}

/* Where the name ends, without its `.xml` and without ` (1)`, which browsers add to a second download. */
static const char *end_of_words(const char *name)
{
    const char *end = name + strlen(name) - strlen(".xml");
    const char *open = end;
    if (end - name < 4 || end[-1] != ')') {
        return end;
    }
    for (open--; open > name && text_is_digit(open[-1]); open--) {
    }
    return open - name >= 2 && open < end - 1 && open[-1] == '(' && open[-2] == ' ' ? open - 2 : end;
}

bool file_name_read(const char *name, struct date today, struct file_name *out_name)
{
    if (!file_name_is_xml(name)) {
        return false;
    }
    const char *end = end_of_words(name);
    *out_name = (struct file_name){.part = -1, .kind = file_name_kind(name), .date = file_name_date(name, today)};
    struct word word = word_before(name, &end);
    if (word.is_number && word.length <= PART_DIGITS_MAX) {
        out_name->part = number_of(word.start, word.length);
        out_name->series_length = (size_t)(word.start - name);
    }
    while (word.is_number && word.length > 0) { /* the part; a date that was put at the end */
        word = word_before(name, &end);
    }
    out_name->category = category_of(&word);
    return true;
}

bool file_name_is_xml(const char *name)
{
    return name[0] != '.' && ends_with(name, ".xml");
}

bool file_name_is_archive(const char *name)
{
    return name[0] != '.' && (ends_with(name, ".tgz") || ends_with(name, ".tar.gz") || ends_with(name, ".zip"));
}

bool file_name_is_partial(const char *name)
{
    return name[0] == '.' || ends_with(name, ".part") || ends_with(name, ".filepart") || ends_with(name, ".partial") ||
           ends_with(name, ".tmp");
}

/* Neither a control character nor one that turns the direction of the text around it. */
static bool is_printable(uint32_t letter)
{
    bool is_control = letter < 0x20 || (letter >= 0x7F && letter < 0xA0);
    bool is_format = (letter >= 0x200B && letter <= 0x200F) || (letter >= 0x2028 && letter <= 0x202E) ||
                     (letter >= 0x2060 && letter <= 0x206F) || letter == 0xFEFF || letter == 0xFFFD;
    return !is_control && !is_format;
}

void file_name_show(const char *name, char out_shown[FILE_NAME_SHOWN_SIZE])
{
    static const char cut[] = "…";
    struct text_builder shown = text_begin(out_shown, FILE_NAME_SHOWN_SIZE);
    size_t length = strlen(name);
    if (length >= FILE_NAME_SHOWN_SIZE) {
        text_add(&shown, cut);
        name += length - (FILE_NAME_SHOWN_SIZE - sizeof cut);
        while (((unsigned char)*name & 0xC0) == 0x80) { /* not in the middle of a letter */
            name++;
        }
    }
    while (*name) {
        const char *letter = name;
        if (is_printable(utf8_next(&name))) {
            text_add_bytes(&shown, letter, (size_t)(name - letter));
        } else {
            text_add_char(&shown, '?');
        }
    }
}

int file_name_degree(const char *name)
{
    for (const char *at = name; *at != '\0'; at++) {
        bool is_degree = (at[0] == '1' || at[0] == '2') && text_upper(at[1]) == 'D';
        bool begins = at == name || !text_is_digit(at[-1]);
        if (is_degree && begins) {
            return at[0] - '0';
        }
    }
    return 0;
}
