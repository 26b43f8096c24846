/*
 * The values of AAF's attributes (aaf.md 1.3 to 3): fields parted by `$`, guardian links in their three generations,
 * classes, levels, identifiers. The XML around them is the parser's.
 *
 * Texts come decoded, in UTF-8. A value that does not parse is false, and leaves the result untouched.
 */
#pragma once

#include "domain/school.h"

struct aaf_field {
    const char *text; /* not terminated */
    size_t length;
};

/*
 * The fields of `value`; the first `capacity` are written. Returns how many there are: an empty value has one, empty.
 */
size_t aaf_split(const char *value, struct aaf_field *out_fields, size_t capacity);

/* ENTPersonJointure and identifier/id: decimal, positive, up to 18 digits. Unique inside one academy only. */
bool aaf_id_parse(const char *text, int64_t *out_id);

/* Kinship, of both code tables (N_LIEN_ELEVE_RESPONSABLE). */
enum kinship {
    KINSHIP_UNKNOWN,
    KINSHIP_FATHER,
    KINSHIP_MOTHER,
    KINSHIP_GUARDIAN,         /* tuteur */
    KINSHIP_SIBLING,          /* fratrie */
    KINSHIP_ASCENDANT,        /* ascendant */
    KINSHIP_FAMILY,           /* autre membre de la famille */
    KINSHIP_EDUCATOR,         /* éducateur */
    KINSHIP_FAMILY_ASSISTANT, /* assistant familial */
    KINSHIP_CHILDMINDER,      /* garde d'enfant */
    KINSHIP_CHILD_WELFARE,    /* aide sociale à l'enfance */
    KINSHIP_SELF,             /* élève lui-même, majeur */
    KINSHIP_OTHER,            /* autre lien */
    KINSHIP_COUNT
};

const char *kinship_code(enum kinship kinship);
const char *kinship_label(enum kinship kinship); /* French */
bool kinship_from_code(const char *code, enum kinship *out_kinship);

enum link_grammar {
    LINK_2D_OLD, /* six fields, lien of one digit: responsabilité légale 1 and 2 are both legal guardians */
    LINK_2D_NEW, /* six fields, lien of two digits: 1 is legal, 2 is "personne en charge", which is not */
    LINK_1D,     /* two fields, every link legal */
    LINK_BARE    /* a bare id, old ENTEleveAutoriteParentale: legal */
};

struct guardian_link {
    int64_t guardian; /* ENTPersonJointure of the guardian, in the pupil's academy */
    enum link_grammar grammar;
    enum kinship kinship;
    int16_t lien;      /* code as written, 0 when absent */
    int8_t legal_flag; /* as written: 0, 1, 2; -1 when the grammar has none */
    bool legal;        /* a legal guardian: gets an account */
    bool in_charge;    /* "personne en charge de l'élève" */
    bool financial;    /* responsabilité financière */
    bool contact;      /* to be called */
    bool paid;         /* receives payments */
};

/* ENTElevePersRelEleve: `P$lien$respFin$respLegale$contact$paiement`. Any other count of fields is refused. */
bool aaf_guardian_link_2d(const char *value, struct guardian_link *out_link);

/* ENTEleveAutoriteParentale: `P$lien` of the first degree, or the bare `P` of old second-degree sets. */
bool aaf_guardian_link_1d(const char *value, struct guardian_link *out_link);

struct school_class {
    int64_t school;   /* ENTStructureJointure */
    int64_t class_id; /* stable number of the first degree; 0 in the second, where the label is the key */
    char label[CLASS_LABEL_SIZE];
};

/* ENTEleveClasses: `S$nom`. A class name may hold a `$`. */
bool aaf_class_2d(const char *value, struct school_class *out_class);

/* ENTPersonClasses: `S$codeType$type$idClasse$nom`. */
bool aaf_class_1d(const char *value, struct school_class *out_class);

struct school_level {
    char code[LEVEL_CODE_SIZE];   /* "1121"; empty in the second degree */
    char label[LEVEL_LABEL_SIZE]; /* "CP" */
};

bool aaf_level_1d(const char *value, struct school_level *out_level); /* ENTEleveNiveau: `code$sigle` */
bool aaf_level_2d(const char *value, struct school_level *out_level); /* ENTEleveNivFormation: a label */

/* Whether a value names somebody head of a structure. Of all codes of functions DIR alone does: who else may hand accounts
 * out, heads say by delegating. */
enum aaf_headship {
    HEADSHIP_NONE,
    HEADSHIP_OF,        /* of *out_structure */
    HEADSHIP_UNREADABLE /* it names a head, and not of what: it gives no right */
};

/* ENTPersonFonctions: `S$code$libellé$codePoste$libelléPoste`; only the first two count, the others may be missing. */
enum aaf_headship aaf_headship_of_function(const char *value, int64_t *out_structure);
/* ENTEnsFonctionDir: `S`, or nothing. */
enum aaf_headship aaf_headship_directed(const char *value, int64_t *out_structure);

/*
 * ENTStructureNomCourant: `type$nom$ville`, or the older `CLG-VAL D'ARGENT-ac-LYON`. City empty when not given.
 */
bool aaf_school_name(const char *value, char out_name[SCHOOL_NAME_SIZE], char out_city[SCHOOL_NAME_SIZE]);

enum {
    INE_SIZE = 12 /* bytes: 11 characters, the end */
};

/* National number of a pupil. */
struct ine {
    char text[INE_SIZE];
};

/* 10 or 11 letters and digits, at least one digit, small letters tolerated; no check key is known for all shapes. */
bool ine_parse(const char *text, struct ine *out_ine);
bool ine_is_same(const struct ine *a, const struct ine *b);
