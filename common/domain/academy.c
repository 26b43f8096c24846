/*
 * The academies by their national number (BCN), and the départements of each.
 */
#include "domain/name.h"
#include "domain/school.h"
#include "domain/text.h"

#include <string.h>

struct academy {
    int16_t code;
    bool is_academy; /* false: an overseas service that AAF numbers likewise */
    const char *label;
    const char *departments; /* parted by spaces */
};

static const struct academy academies[] = {
    {1,  true,  "Paris",                    "75"                     },
    {2,  true,  "Aix-Marseille",            "04 05 13 84"            },
    {3,  true,  "Besançon",                "25 39 70 90"            },
    {4,  true,  "Bordeaux",                 "24 33 40 47 64"         },
    {6,  true,  "Clermont-Ferrand",         "03 15 43 63"            },
    {7,  true,  "Dijon",                    "21 58 71 89"            },
    {8,  true,  "Grenoble",                 "07 26 38 73 74"         },
    {9,  true,  "Lille",                    "59 62"                  },
    {10, true,  "Lyon",                     "01 42 69"               },
    {11, true,  "Montpellier",              "11 30 34 48 66"         },
    {12, true,  "Nancy-Metz",               "54 55 57 88"            },
    {13, true,  "Poitiers",                 "16 17 79 86"            },
    {14, true,  "Rennes",                   "22 29 35 56"            },
    {15, true,  "Strasbourg",               "67 68"                  },
    {16, true,  "Toulouse",                 "09 12 31 32 46 65 81 82"},
    {17, true,  "Nantes",                   "44 49 53 72 85"         },
    {18, true,  "Orléans-Tours",           "18 28 36 37 41 45"      },
    {19, true,  "Reims",                    "08 10 51 52"            },
    {20, true,  "Amiens",                   "02 60 80"               },
    {22, true,  "Limoges",                  "19 23 87"               },
    {23, true,  "Nice",                     "06 83"                  },
    {24, true,  "Créteil",                 "77 93 94"               },
    {25, true,  "Versailles",               "78 91 92 95"            },
    {27, true,  "Corse",                    "2A 2B 20"               },
    {28, true,  "La Réunion",              "974"                    },
    {31, true,  "Martinique",               "972"                    },
    {32, true,  "Guadeloupe",               "971"                    },
    {33, true,  "Guyane",                   "973"                    },
    {40, false, "Nouvelle-Calédonie",      "988"                    },
    {41, false, "Polynésie française",    "987"                    },
    {42, false, "Wallis-et-Futuna",         "986"                    },
    {43, true,  "Mayotte",                  "976"                    },
    {44, false, "Saint-Pierre-et-Miquelon", "975"                    },
    {70, true,  "Normandie",                "14 27 50 61 76"         },
    {77, false, "Saint-Barthélemy",        "977"                    },
    {78, false, "Saint-Martin",             "978"                    },
};

enum { ACADEMY_COUNT = sizeof academies / sizeof academies[0] };

/* Names and numbers that files still bear, and what became of them. */
struct former_academy {
    const char *label;
    int16_t code; /* 0: another name only */
    int16_t present_code;
};

static const struct former_academy former_academies[] = {
    {"Caen",       5,  70},
    {"Rouen",      21, 70},
    {"Réunion",   0,  28},
    {"Polynésie", 0,  41},
};

static const struct academy *academy_find(academy_code code)
{
    for (size_t i = 0; i < ACADEMY_COUNT; i++) {
        if (academies[i].code == code.v)
            return &academies[i];
    }
    return NULL;
}

const char *academy_label(academy_code academy)
{
    const struct academy *found = academy_find(academy);
    return found != NULL ? found->label : NULL;
}

bool academy_at(size_t index, academy_code *out_academy)
{
    if (index >= ACADEMY_COUNT)
        return false;
    out_academy->v = academies[index].code;
    return true;
}

bool academy_is_one_of_thirty(academy_code academy)
{
    const struct academy *found = academy_find(academy);
    return found != NULL && found->is_academy;
}

static bool list_has(const char *departments, const char *department)
{
    size_t length = strlen(department);
    for (const char *at = strstr(departments, department); at != NULL; at = strstr(at + 1, department)) {
        bool starts = at == departments || at[-1] == ' ';
        bool ends = at[length] == ' ' || at[length] == '\0';
        if (starts && ends)
            return true;
    }
    return false;
}

bool academy_of_department(const char *department, academy_code *out_academy)
{
    size_t length = strlen(department);
    if (length < 2 || length >= DEPARTMENT_SIZE || strchr(department, ' ') != NULL)
        return false;
    for (size_t i = 0; i < ACADEMY_COUNT; i++) {
        if (list_has(academies[i].departments, department)) {
            out_academy->v = academies[i].code;
            return true;
        }
    }
    return false;
}

bool academy_of_uai(const struct uai *uai, academy_code *out_academy)
{
    char department[DEPARTMENT_SIZE];
    uai_department(uai, department);
    return academy_of_department(department, out_academy);
}

/* One to three digits. */
static bool read_code(const char *text, int16_t *out_code)
{
    int16_t code = 0;
    size_t length = strlen(text);
    if (length == 0 || length > 3)
        return false;
    for (; *text != '\0'; text++) {
        if (!text_is_digit(*text))
            return false;
        code = (int16_t)(code * 10 + (*text - '0'));
    }
    *out_code = code;
    return true;
}

static bool parse_code(int16_t code, academy_code *out_academy)
{
    for (size_t i = 0; i < sizeof former_academies / sizeof former_academies[0]; i++) {
        if (code != 0 && former_academies[i].code == code)
            code = former_academies[i].present_code;
    }
    if (academy_find((academy_code){code}) == NULL)
        return false;
    out_academy->v = code;
    return true;
}

static bool parse_label(const char *label, academy_code *out_academy)
{
    for (size_t i = 0; i < ACADEMY_COUNT; i++) {
        if (name_is_same(label, academies[i].label)) {
            out_academy->v = academies[i].code;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof former_academies / sizeof former_academies[0]; i++) {
        if (name_is_same(label, former_academies[i].label)) {
            out_academy->v = former_academies[i].present_code;
            return true;
        }
    }
    return false;
}

bool academy_parse(const char *text, academy_code *out_academy)
{
    int16_t code;
    struct name_key key;
    if (!name_key_make(text, &key))
        return false;
    return read_code(key.text, &code) ? parse_code(code, out_academy) : parse_label(text, out_academy);
}
