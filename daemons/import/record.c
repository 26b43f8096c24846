#include "crypto/digest.h"
#include "domain/text.h"
#include "import/record_check.h"
#include "runtime/cleanup.h"

#include <stdio.h>
#include <string.h>

int record_degree(const struct aaf_record *record)
{
    if (aaf_record_text(record, AAF_NOM_1D) || aaf_record_text(record, AAF_PRENOM_1D)) {
        return 1;
    }
    return aaf_record_text(record, AAF_NOM_2D) || aaf_record_text(record, AAF_PRENOM_2D) ? 2 : 0;
}

/* An attribute that may be missing or odd: what can be kept is. */
static void text_optional(struct checking *checking, enum aaf_attribute attribute, char *out_text, size_t size)
{
    if (!check_is_left(checking, attribute, attribute)) {
        const char *text = aaf_record_text(checking->record, attribute);
        (void)check_tidy(text ? text : "", out_text, size);
    }
}

/* --- schools --- */

static bool uai_read(struct checking *checking, struct import_school *school)
{
    enum aaf_attribute which = AAF_UAI;
    const char *text = aaf_record_either(checking->record, AAF_UAI, AAF_OLD_UAI, &which);
    school->leaves.uai = check_is_left(checking, AAF_UAI, AAF_OLD_UAI);
    if (school->leaves.uai) {
        return true;
    }
    if (!text[0]) {
        return check_refuse(checking, AAF_UAI, REFUSAL_VALUE_MISSING, NULL);
    }
    return uai_parse(text, &school->uai) || check_refuse(checking, which, REFUSAL_UAI_INVALID, text);
}

static bool school_name_read(struct checking *checking, struct import_school *school)
{
    char named[SCHOOL_NAME_SIZE * 2] = "";
    school->leaves.name = check_is_left(checking, AAF_SCHOOL_NAME, AAF_SCHOOL_NAME);
    if (school->leaves.name) {
        return true;
    }
    text_optional(checking, AAF_SCHOOL_NAME, named, sizeof named);
    bool is_sound =
        !check_is_too_long(checking->record, AAF_SCHOOL_NAME) && aaf_school_name(named, school->name, school->city);
    return is_sound ||
           check_refuse(checking, AAF_SCHOOL_NAME, named[0] ? REFUSAL_NAME_INVALID : REFUSAL_VALUE_MISSING, named);
}

/* The name has it, or an attribute of its own. */
static void city_read(struct checking *checking, struct import_school *school)
{
    school->leaves.city = !school->city[0] && check_is_left(checking, AAF_SCHOOL_CITY_1D, AAF_SCHOOL_CITY_2D);
    if (!school->city[0] && !school->leaves.city) {
        (void)check_tidy(aaf_record_either(checking->record, AAF_SCHOOL_CITY_1D, AAF_SCHOOL_CITY_2D, NULL),
            school->city, sizeof school->city);
    }
}

bool record_school(
    const struct aaf_record *record, struct import_place place, struct report *report, struct import_school *out_school)
{
    struct checking checking = check_begin(record, place, report, record->operation == AAF_MODIFY);
    *out_school = (struct import_school){.place = place};
    if (!check_id(&checking, AAF_SCHOOL_ID, &out_school->structure) || !uai_read(&checking, out_school) ||
        !school_name_read(&checking, out_school)) {
        return false;
    }
    city_read(&checking, out_school);
    out_school->leaves.kind = check_is_left(&checking, AAF_SCHOOL_TYPE, AAF_SCHOOL_TYPE);
    const char *type = aaf_record_text(record, AAF_SCHOOL_TYPE);
    out_school->kind = school_kind_of_structure(type ? type : "");
    out_school->leaves.mail = check_is_left(&checking, AAF_SCHOOL_MAIL, AAF_SCHOOL_MAIL);
    check_mail(&checking, AAF_SCHOOL_MAIL, &out_school->mail);
    return true;
}

/* --- persons --- */

static bool names_read(struct checking *checking, struct import_person *person)
{
    if (!check_is_left(checking, AAF_NOM_2D, AAF_NOM_1D) &&
        !check_name(checking, AAF_NOM_2D, AAF_NOM_1D, AAF_NOM_PATRO, person->nom)) {
        return false;
    }
    if (!check_is_left(checking, AAF_PRENOM_2D, AAF_PRENOM_1D) &&
        !check_name(checking, AAF_PRENOM_2D, AAF_PRENOM_1D, AAF_ATTRIBUTE_COUNT, person->prenom)) {
        return false;
    }
    struct name_key nom;
    struct name_key prenom;
    if (name_key_make(person->nom, &nom) && name_key_make(person->prenom, &prenom)) {
        (void)snprintf(person->search_name, sizeof person->search_name, "%s %s", nom.text, prenom.text);
    }
    person->base = identifier_base(person->prenom, person->nom);
    return true;
}

static void mobile_read(struct checking *checking, enum aaf_attribute attribute, struct phone *out_mobile)
{
    for (size_t i = 0; i < checking->record->count && !out_mobile->e164[0]; i++) {
        const struct aaf_value *value = &checking->record->values[i];
        struct phone phone;
        if (value->attribute != attribute || !value->text[0]) {
            continue;
        }
        if (!phone_parse(value->text, &phone)) {
            check_tell(checking, attribute, REFUSAL_PHONE_INVALID, NULL);
        } else if (phone_may_receive_sms(&phone)) {
            *out_mobile = phone; /* else a fixed number among the mobiles: no use for us, no fault either */
        }
    }
}

/* Any of the three: a modification that lists one of them says what the mobile is. */
static void mobiles_read(struct checking *checking, struct phone *out_mobile)
{
    if (!check_lists(checking, AAF_MOBILE_SMS) && check_is_left(checking, AAF_MOBILE_2D, AAF_MOBILE_1D)) {
        return;
    }
    *out_mobile = (struct phone){0};
    mobile_read(checking, AAF_MOBILE_2D, out_mobile);
    mobile_read(checking, AAF_MOBILE_1D, out_mobile);
    mobile_read(checking, AAF_MOBILE_SMS, out_mobile);
}

static void contact_read(struct checking *checking, struct import_person *person)
{
    if (!check_is_left(checking, AAF_CIVILITE_2D, AAF_CIVILITE_1D)) {
        (void)check_tidy(aaf_record_either(checking->record, AAF_CIVILITE_2D, AAF_CIVILITE_1D, NULL), person->civilite,
            sizeof person->civilite);
    }
    if (!check_is_left(checking, AAF_MAIL_2D, AAF_MAIL_1D)) {
        check_mail(checking, check_lists(checking, AAF_MAIL_2D) ? AAF_MAIL_2D : AAF_MAIL_1D, &person->mail);
    }
    mobiles_read(checking, &person->mobile);
    text_optional(checking, AAF_ADRESSE, person->adresse, sizeof person->adresse);
    text_optional(checking, AAF_CODE_POSTAL, person->code_postal, sizeof person->code_postal);
    text_optional(checking, AAF_VILLE, person->ville, sizeof person->ville);
    text_optional(checking, AAF_PAYS, person->pays, sizeof person->pays);
    if (strspn(person->adresse, "$") == strlen(person->adresse)) {
        person->adresse[0] = '\0'; /* four empty lines */
    }
}

static bool birth_date_read(struct checking *checking, struct date today, struct date *out_date)
{
    const char *text = aaf_record_text(checking->record, AAF_BIRTH_DATE);
    if (check_is_left(checking, AAF_BIRTH_DATE, AAF_BIRTH_DATE)) {
        return true;
    }
    if (!text || !text[0]) {
        return check_refuse(checking, AAF_BIRTH_DATE, REFUSAL_VALUE_MISSING, NULL);
    }
    if (!date_parse_aaf(text, out_date) || date_compare(*out_date, today) > 0) {
        return check_refuse(checking, AAF_BIRTH_DATE, REFUSAL_DATE_INVALID, NULL);
    }
    return true;
}

static bool structure_read(struct checking *checking, const struct school_class *class, int64_t *out_structure)
{
    const char *text = aaf_record_text(checking->record, AAF_STRUCTURE);
    if (check_is_left(checking, AAF_STRUCTURE, AAF_STRUCTURE)) {
        return true;
    }
    if (text && text[0]) {
        return aaf_id_parse(text, out_structure) ||
               check_refuse(checking, AAF_STRUCTURE, REFUSAL_SCHOOL_UNKNOWN, check_shown_number(text));
    }
    *out_structure = class->school;
    return class->school != 0 || check_refuse(checking, AAF_STRUCTURE, REFUSAL_VALUE_MISSING, NULL);
}

/* The class, when it is of the school where the pupil is registered; the school, when only the class tells it. */
static bool school_read(struct checking *checking, struct import_person *pupil)
{
    enum aaf_attribute which = AAF_CLASSES_2D;
    const char *text = aaf_record_either(checking->record, AAF_CLASSES_2D, AAF_CLASSES_1D, &which);
    int64_t structure_before = pupil->structure;
    struct school_class one = {0};
    bool has_class = which == AAF_CLASSES_2D ? aaf_class_2d(text, &one) : aaf_class_1d(text, &one);
    if (text[0] && !has_class) {
        check_tell(checking, which, REFUSAL_CLASS_INVALID, check_shown_number(text));
    }
    if (!structure_read(checking, &one, &pupil->structure)) {
        return false;
    }
    if (check_is_left(checking, AAF_CLASSES_2D, AAF_CLASSES_1D) && pupil->structure == structure_before) {
        return true;
    }
    pupil->class_label[0] = '\0';
    if (has_class && one.school == pupil->structure) {
        (void)check_tidy(one.label, pupil->class_label, sizeof pupil->class_label);
    }
    return true;
}

static void level_read(struct checking *checking, struct import_person *pupil)
{
    const struct aaf_record *record = checking->record;
    if (check_is_left(checking, AAF_LEVEL_1D, AAF_LEVEL_2D)) {
        return;
    }
    pupil->niveau[0] = '\0';
    const char *first = aaf_record_text(record, AAF_LEVEL_1D);
    const char *second = aaf_record_text(record, AAF_LEVEL_2D);
    struct school_level level = {0};
    if ((first && aaf_level_1d(first, &level)) || (second && aaf_level_2d(second, &level))) {
        (void)check_tidy(level.label, pupil->niveau, sizeof pupil->niveau);
    }
}

static const char *first_filled(const struct aaf_record *record, enum aaf_attribute attribute)
{
    for (size_t i = 0; i < record->count; i++) {
        if (record->values[i].attribute == attribute && record->values[i].text[0]) {
            return record->values[i].text;
        }
    }
    return NULL;
}

/* Sets up to 2017 name the parents too. A parent may be without parental authority, and these attributes do not say who
 * has it: alone they give nobody a right. */
static void parents_tell(struct checking *checking)
{
    static const enum aaf_attribute parents[] = {AAF_FATHER, AAF_MOTHER, AAF_PARENTS};
    for (size_t i = 0; i < ARRAY_LENGTH(parents); i++) {
        const char *named = first_filled(checking->record, parents[i]);
        if (named) {
            check_tell(checking, parents[i], REFUSAL_LINK_UNQUALIFIED, check_shown_number(named));
        }
    }
}

/* Only legal guardians: contacts and persons in charge have no right here. */
static void link_read(struct checking *checking, const struct aaf_value *value, struct import_person *pupil)
{
    struct guardian_link link;
    bool is_sound = value->attribute == AAF_LINKS_2D ? aaf_guardian_link_2d(value->text, &link)
                                                     : aaf_guardian_link_1d(value->text, &link);
    if (!is_sound || (link.legal && pupil->linked_count == IMPORT_LINKS_MAX)) {
        check_tell(checking, value->attribute, REFUSAL_LINK_INVALID, check_shown_number(value->text));
    } else if (link.legal) {
        pupil->linked[pupil->linked_count] = link.guardian;
        pupil->liens[pupil->linked_count++] = link.lien;
    }
}

static void links_read(struct checking *checking, struct import_person *pupil)
{
    const struct aaf_record *record = checking->record;
    /* sets of 2013 to 2017 list both, either of which may be empty: the six fields say more */
    bool is_2d = first_filled(record, AAF_LINKS_2D) != NULL;
    enum aaf_attribute attribute = is_2d ? AAF_LINKS_2D : AAF_LINKS_1D;
    if (!is_2d && !first_filled(record, AAF_LINKS_1D)) {
        parents_tell(checking);
    }
    if (check_is_left(checking, AAF_LINKS_2D, AAF_LINKS_1D)) {
        return;
    }
    pupil->linked_count = 0;
    for (size_t i = 0; i < record->count; i++) {
        if (record->values[i].attribute == attribute && record->values[i].text[0]) {
            link_read(checking, &record->values[i], pupil);
        }
    }
}

static void ine_read(struct checking *checking, struct ine *out_ine)
{
    const char *text = aaf_record_text(checking->record, AAF_INE);
    if (check_is_left(checking, AAF_INE, AAF_INE)) {
        return;
    }
    *out_ine = (struct ine){0};
    if (text && text[0] && !ine_parse(text, out_ine)) {
        check_tell(checking, AAF_INE, REFUSAL_INE_INVALID, NULL);
    }
}

static struct import_person person_begin(
    const struct aaf_record *record, struct import_place place, const struct import_person *base)
{
    struct import_person person = base ? *base : (struct import_person){0};
    person.place = place;
    aaf_record_digest(record, person.digest);
    return person;
}

bool record_pupil(const struct aaf_record *record, struct import_place place, struct date today, struct report *report,
    const struct import_person *base, struct import_person *out_pupil)
{
    struct checking checking = check_begin(record, place, report, base != NULL);
    int64_t told = report_told(report);
    *out_pupil = person_begin(record, place, base);
    if (!check_id(&checking, AAF_PERSON_ID, &out_pupil->aaf_id) || !names_read(&checking, out_pupil) ||
        !birth_date_read(&checking, today, &out_pupil->birth_date) || !school_read(&checking, out_pupil)) {
        return false;
    }
    contact_read(&checking, out_pupil);
    level_read(&checking, out_pupil);
    links_read(&checking, out_pupil);
    ine_read(&checking, &out_pupil->ine);
    out_pupil->told = report_told(report) != told;
    out_pupil->is_partial = checking.has_left;
    return true;
}

/* Guardians are one person at once where name, first name, mail and mobile given to the schools are all the same
 * (product.md: the rule that families know); no key, no match, when one is missing. */
static void match_key_make(struct import_person *guardian)
{
    struct name_key nom;
    struct name_key prenom;
    guardian->has_match_key = guardian->mail.text[0] && guardian->mobile.e164[0] &&
                              name_match_key_make(guardian->nom, &nom) &&
                              name_match_key_make(guardian->prenom, &prenom);
    if (!guardian->has_match_key) {
        return;
    }
    char mail[EMAIL_SIZE];
    size_t length = 0;
    for (; guardian->mail.text[length]; length++) {
        mail[length] = text_lower(guardian->mail.text[length]);
    }
    mail[length] = '\0';
    struct digest digest;
    digest_begin(&digest, RECORD_DIGEST_SIZE);
    digest_add_text(&digest, nom.text);
    digest_add_text(&digest, prenom.text);
    digest_add_text(&digest, mail);
    digest_add_text(&digest, guardian->mobile.e164);
    digest_end(&digest, guardian->match_key);
}

static void pupils_read(const struct checking *checking, struct import_person *guardian)
{
    guardian->linked_count = 0;
    for (size_t i = 0; i < checking->record->count && guardian->linked_count < IMPORT_LINKS_MAX; i++) {
        const struct aaf_value *value = &checking->record->values[i];
        bool is_pupil = value->attribute == AAF_PUPILS_1D || value->attribute == AAF_PUPILS_2D;
        if (is_pupil && aaf_id_parse(value->text, &guardian->linked[guardian->linked_count])) {
            guardian->linked_count++;
        }
    }
}

bool record_guardian(const struct aaf_record *record, struct import_place place, struct report *report,
    const struct import_person *base, struct import_person *out_guardian)
{
    struct checking checking = check_begin(record, place, report, base != NULL);
    int64_t told = report_told(report);
    *out_guardian = person_begin(record, place, base);
    if (!check_id(&checking, AAF_PERSON_ID, &out_guardian->aaf_id) || !names_read(&checking, out_guardian)) {
        return false;
    }
    contact_read(&checking, out_guardian);
    pupils_read(&checking, out_guardian);
    match_key_make(out_guardian);
    out_guardian->told = report_told(report) != told;
    out_guardian->is_partial = checking.has_left;
    return true;
}

bool record_other(const struct aaf_record *record, struct import_place place, struct report *report)
{
    struct report_place where = {place, record->category, record->id[0] ? record->id : NULL, NULL};
    if (record->has_too_many) {
        return report_refuse(report, &where, REFUSAL_TOO_LARGE, NULL);
    }
    if (!record->id[0]) {
        return report_refuse(report, &where, REFUSAL_VALUE_MISSING, NULL);
    }
    int64_t id;
    return record->category != AAF_STAFF || aaf_id_parse(record->id, &id) ||
           report_refuse(report, &where, REFUSAL_AAF_ID_INVALID, check_shown_number(record->id));
}
