#include "domain/aaf.h"
#include "import/record_check.h"

typedef enum aaf_headship headship_read(const char *value, int64_t *out_structure);

static bool is_among(const struct import_headed *headed, int64_t structure)
{
    for (size_t i = 0; i < headed->count; i++) {
        if (headed->structures[i] == structure) {
            return true;
        }
    }
    return false;
}

/* A person has several functions at one school, each with its post. */
static void structure_add(
    struct checking *checking, const struct aaf_value *value, int64_t structure, struct import_headed *headed)
{
    if (is_among(headed, structure)) {
        return;
    }
    if (headed->count == IMPORT_LINKS_MAX) {
        check_tell(checking, value->attribute, REFUSAL_HEADSHIP_INVALID, check_shown_number(value->text));
        return;
    }
    headed->structures[headed->count++] = structure;
}

static void headed_read(
    struct checking *checking, enum aaf_attribute attribute, headship_read *read, struct import_headed *out_headed)
{
    const struct aaf_record *record = checking->record;
    out_headed->is_left = check_is_left(checking, attribute, attribute);
    for (size_t i = 0; i < record->count; i++) {
        int64_t structure;
        const struct aaf_value *value = &record->values[i];
        enum aaf_headship headship = value->attribute == attribute ? read(value->text, &structure) : HEADSHIP_NONE;
        if (headship == HEADSHIP_UNREADABLE) {
            check_tell(checking, attribute, REFUSAL_HEADSHIP_INVALID, check_shown_number(value->text));
        } else if (headship == HEADSHIP_OF) {
            structure_add(checking, value, structure, out_headed);
        }
    }
}

static bool names_read(struct checking *checking, struct import_head *head)
{
    head->leaves.nom = check_is_left(checking, AAF_NOM_2D, AAF_NOM_1D);
    head->leaves.prenom = check_is_left(checking, AAF_PRENOM_2D, AAF_PRENOM_1D);
    return (head->leaves.nom || check_name(checking, AAF_NOM_2D, AAF_NOM_1D, AAF_NOM_PATRO, head->nom)) &&
           (head->leaves.prenom ||
               check_name(checking, AAF_PRENOM_2D, AAF_PRENOM_1D, AAF_ATTRIBUTE_COUNT, head->prenom));
}

static bool heads_none(const struct import_headed *headed)
{
    return headed->count == 0 && !headed->is_left;
}

bool record_head(
    const struct aaf_record *record, struct import_place place, struct report *report, struct import_head *out_head)
{
    struct checking checking = check_begin(record, place, report, record->operation == AAF_MODIFY);
    *out_head = (struct import_head){.place = place};
    if (!record_other(record, place, report) || !aaf_id_parse(record->id, &out_head->aaf_id)) {
        return false;
    }
    headed_read(&checking, AAF_FUNCTIONS, aaf_headship_of_function, &out_head->functions);
    headed_read(&checking, AAF_DIRECTED, aaf_headship_directed, &out_head->directs);
    if (heads_none(&out_head->functions) && heads_none(&out_head->directs)) {
        return true; /* of a teacher, no more is asked */
    }
    if (!check_id(&checking, AAF_PERSON_ID, &out_head->aaf_id) || !names_read(&checking, out_head)) {
        return false;
    }
    out_head->leaves.mail = check_is_left(&checking, AAF_MAIL_2D, AAF_MAIL_1D);
    if (!out_head->leaves.mail) {
        check_mail(&checking, check_lists(&checking, AAF_MAIL_2D) ? AAF_MAIL_2D : AAF_MAIL_1D, &out_head->mail);
    }
    out_head->is_partial = checking.has_left;
    return true;
}
