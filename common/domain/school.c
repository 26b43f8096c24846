#include "domain/school.h"

#include "domain/name.h"
#include "domain/text.h"

#include <assert.h>
#include <string.h>

struct kind_word {
    const char *code;
    const char *label;
};

static const struct kind_word kinds[SCHOOL_KIND_COUNT] = {
    [SCHOOL_ECOLE] = {"ecole",     "École"              },
    [SCHOOL_COLLEGE] = {"college",   "Collège"            },
    [SCHOOL_LYCEE] = {"lycee",     "Lycée"              },
    [SCHOOL_LYCEE_PRO] = {"lycee_pro", "Lycée professionnel"},
    [SCHOOL_OTHER] = {"autre",     "Autre établissement"},
};

const char *school_kind_code(enum school_kind kind)
{
    assert((unsigned)kind < SCHOOL_KIND_COUNT);
    return kinds[kind].code;
}

const char *degree_source(enum degree degree)
{
    return degree == DEGREE_2 ? "SIECLE" : "ONDE";
}

const char *school_kind_label(enum school_kind kind)
{
    assert((unsigned)kind < SCHOOL_KIND_COUNT);
    return kinds[kind].label;
}

bool school_kind_from_code(const char *code, enum school_kind *out_kind)
{
    for (unsigned i = 0; i < SCHOOL_KIND_COUNT; i++) {
        if (strcmp(kinds[i].code, code) == 0) {
            *out_kind = (enum school_kind)i;
            return true;
        }
    }
    return false;
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

enum school_kind school_kind_of_structure(const char *type_label)
{
    struct name_key key;
    if (!name_key_make(type_label, &key))
        return SCHOOL_OTHER;
    if (begins_with(key.text, "ecole"))
        return SCHOOL_ECOLE;
    if (begins_with(key.text, "college"))
        return SCHOOL_COLLEGE;
    if (begins_with(key.text, "lycee"))
        return strstr(key.text, "professionnel") != NULL ? SCHOOL_LYCEE_PRO : SCHOOL_LYCEE;
    return SCHOOL_OTHER;
}

/* ---------------------------------------------------------------------------------------------------------- UAI */

char uai_check_letter(const char digits[7])
{
    static const char letters[] = "ABCDEFGHJKLMNPRSTUVWXYZ"; /* without I, O, Q, which look like 1 and 0 */
    unsigned number = 0;
    for (int i = 0; i < 7; i++) {
        assert(text_is_digit(digits[i]));
        number = number * 10 + (unsigned)(digits[i] - '0');
    }
    return letters[number % (sizeof letters - 1)];
}

bool uai_is_valid(const char *text)
{
    if (strlen(text) != UAI_SIZE - 1)
        return false;
    for (int i = 0; i < 7; i++) {
        if (!text_is_digit(text[i]))
            return false;
    }
    return text[7] == uai_check_letter(text);
}

bool uai_parse(const char *text, struct uai *out_uai)
{
    struct uai uai;
    struct text_builder builder = text_begin(uai.text, sizeof uai.text);
    for (; *text != '\0'; text++) {
        if (!text_is_blank(*text))
            text_add_char(&builder, text_upper(*text));
    }
    if (builder.overflowed || !uai_is_valid(uai.text))
        return false;
    *out_uai = uai;
    return true;
}

bool uai_is_same(const struct uai *a, const struct uai *b)
{
    return strcmp(a->text, b->text) == 0;
}

/* Corsica's départements are numbered 620 and 720; the others 0 and two digits, or three digits overseas. */
void uai_department(const struct uai *uai, char out_department[DEPARTMENT_SIZE])
{
    struct text_builder text = text_begin(out_department, DEPARTMENT_SIZE);
    if (begins_with(uai->text, "620"))
        text_add(&text, "2A");
    else if (begins_with(uai->text, "720"))
        text_add(&text, "2B");
    else if (uai->text[0] == '0')
        text_add_bytes(&text, uai->text + 1, 2);
    else
        text_add_bytes(&text, uai->text, 3);
}
