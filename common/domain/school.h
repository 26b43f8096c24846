/*
 * Schools as values: UAI number, academy, degree, kind, class, level.
 */
#pragma once

#include "domain/types.h"

enum degree {
    DEGREE_1 = 1, /* écoles */
    DEGREE_2 = 2  /* collèges, lycées */
};

enum {
    UAI_SIZE = 9, /* bytes: seven digits, a letter, the end */
    DEPARTMENT_SIZE = 4,
    SCHOOL_NAME_SIZE = 129,
    CLASS_LABEL_SIZE = 129,
    LEVEL_CODE_SIZE = 17,
    LEVEL_LABEL_SIZE = 65
};

struct uai {
    char text[UAI_SIZE];
};

enum school_kind { SCHOOL_ECOLE, SCHOOL_COLLEGE, SCHOOL_LYCEE, SCHOOL_LYCEE_PRO, SCHOOL_OTHER, SCHOOL_KIND_COUNT };

struct school {
    school_id id;
    struct uai uai;
    char name[SCHOOL_NAME_SIZE];
    char city[SCHOOL_NAME_SIZE];
    enum school_kind kind;
    enum degree degree;
    academy_code academy;
};

/* The application where schools keep the records of the degree, and correct them (guide 1.2): "ONDE", "SIECLE". */
const char *degree_source(enum degree degree);

const char *school_kind_code(enum school_kind kind);
const char *school_kind_label(enum school_kind kind); /* French */
bool school_kind_from_code(const char *code, enum school_kind *out_kind);

/* Kind by AAF's ENTStructureTypeStruct ("COLLEGE", "ECOLE MATERNELLE", "LYCEE PROFESSIONNEL" …). */
enum school_kind school_kind_of_structure(const char *type_label);

/* Seven digits and the right check letter, blanks around and small letters tolerated. */
bool uai_parse(const char *text, struct uai *out_uai);
bool uai_is_valid(const char *text); /* in its exact form */
bool uai_is_same(const struct uai *a, const struct uai *b);

/* The check letter of seven digits: the number modulo 23 over the alphabet without I, O, Q. */
char uai_check_letter(const char digits[7]);

/* Département: "75", "2A", "2B", "974" … */
void uai_department(const struct uai *uai, char out_department[DEPARTMENT_SIZE]);

/* The academy that has this département; false when none has. */
bool academy_of_department(const char *department, academy_code *out_academy);
bool academy_of_uai(const struct uai *uai, academy_code *out_academy);

/*
 * `13`, `013`, or the label, accents, case and hyphens aside. Codes that became another (05 Caen and 21 Rouen: 70
 * Normandie) give the present one. False for an unknown one.
 */
bool academy_parse(const char *text, academy_code *out_academy);

/* "Besançon"; NULL for an unknown code. */
const char *academy_label(academy_code academy);

/* The academies and overseas services in order of code, `index` from 0; false past the last. */
bool academy_at(size_t index, academy_code *out_academy);

/* True for one of the 30 academies; false for the overseas services that AAF also numbers. */
bool academy_is_one_of_thirty(academy_code academy);
