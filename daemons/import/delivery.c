#include "import/delivery.h"

#include "domain/aaf.h"
#include "import/compare.h"
#include "import/file_name.h"
#include "import/parts.h"
#include "import/record.h"
#include "import/school_tally.h"
#include "import/staff.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <string.h>

struct delivery {
    struct delivery_options options;
    struct aaf_reader *reader; /* of the file at hand */
    struct compare *compare;
    struct school_tally *tally;
    int file, files_aside;
    bool head_is_taken, names_category, is_aside; /* of the file at hand */
    struct parts *parts;
    enum refusal refusal; /* found on the way */
    bool is_fault;
    struct fault fault;
    int degree, named_degree; /* what the files say; what the names say, when nothing else does */
    bool says_complete, is_delta, contradiction_told, academy_said;
    int structures_here, structures_elsewhere;
    struct date date;
    /* of the record at hand: large, so not on the stack of every call */
    struct import_school school;
    struct import_person person, base;
};

enum {
    REFUSED_KEPT_MAX = 4096 /* records between two looks at what is refused, which is then staged */
};

static compare_told person_judged;

struct delivery *delivery_new(const struct delivery_options *options)
{
    struct delivery *delivery = checked_calloc(1, sizeof *delivery);
    delivery->options = *options;
    delivery->date = file_name_date(options->archive_name, options->today);
    delivery->is_delta = file_name_kind(options->archive_name) == FILE_KIND_DELTA;
    delivery->says_complete = file_name_kind(options->archive_name) == FILE_KIND_COMPLETE;
    delivery->named_degree = file_name_degree(options->archive_name);
    delivery->compare = compare_new(options->session, options->stage, options->academy, person_judged, delivery);
    delivery->tally = school_tally_new();
    delivery->parts = parts_new();
    return delivery;
}

void delivery_free(struct delivery **delivery)
{
    if (*delivery) {
        aaf_reader_free(&(*delivery)->reader);
        compare_free(&(*delivery)->compare);
        school_tally_free(&(*delivery)->tally);
        parts_free(&(*delivery)->parts);
        memory_free(delivery);
    }
}

/* The first reason is the one that is told. Gives false. */
static bool refuse_whole(struct delivery *delivery, enum refusal refusal, int64_t line)
{
    if (delivery->refusal == REFUSAL_NONE) {
        delivery->refusal = refusal;
        report_file_wrong(delivery->options.report, &(struct import_place){delivery->file, line}, refusal);
    }
    return false;
}

static bool failed(struct delivery *delivery)
{
    delivery->is_fault = true;
    return false;
}

/* --- records --- */

static bool degree_said(struct delivery *delivery, int degree, int64_t line)
{
    if (degree != 0 && delivery->degree != 0 && degree != delivery->degree) {
        return refuse_whole(delivery, REFUSAL_DEGREE_UNCLEAR, line);
    }
    if (degree != 0) {
        delivery->degree = degree;
    }
    return true;
}

/* By its code or label, else by the department in its UAI. */
static bool structure_academy(const struct aaf_record *record, academy_code *out_academy)
{
    const char *code = aaf_record_text(record, AAF_ACADEMY_CODE);
    const char *label = aaf_record_text(record, AAF_ACADEMY_LABEL);
    struct uai uai;
    return (code && academy_parse(code, out_academy)) || (label && academy_parse(label, out_academy)) ||
           (uai_parse(aaf_record_either(record, AAF_UAI, AAF_OLD_UAI, NULL), &uai) &&
               academy_of_uai(&uai, out_academy));
}

static bool school_take(struct delivery *delivery, const struct aaf_record *record, struct import_place place)
{
    academy_code academy;
    if (structure_academy(record, &academy)) {
        bool is_here = academy.v == delivery->options.academy.v;
        delivery->structures_here += is_here;
        delivery->structures_elsewhere += !is_here;
    }
    if (!record_school(record, place, delivery->options.report, &delivery->school)) {
        return true;
    }
    return import_stage_school(delivery->options.stage, &delivery->school, &delivery->fault) || failed(delivery);
}

static enum account_profile profile_of(const struct aaf_record *record)
{
    return record->category == AAF_PUPIL ? PROFILE_ELEVE : PROFILE_RESPONSABLE;
}

/* structure: as written; NULL: none is named. */
static void structure_tally(
    struct delivery *delivery, enum aaf_category category, const char *structure, enum tally_what what)
{
    int64_t number;
    if (category == AAF_PUPIL && structure && aaf_id_parse(structure, &number)) {
        school_tally_count(delivery->tally, number, what);
    }
}

static void tally(struct delivery *delivery, const struct aaf_record *record, enum tally_what what)
{
    structure_tally(delivery, record->category, aaf_record_text(record, AAF_STRUCTURE), what);
}

/* Whether it is sound: delivery->person then. base: what a modification leaves as it is, or NULL. */
static bool person_check(struct delivery *delivery, const struct aaf_record *record, const struct import_place *place,
    const struct import_person *base)
{
    const struct delivery_options *options = &delivery->options;
    struct import_person *person = &delivery->person;
    bool is_sound = record->category == AAF_PUPIL
                        ? record_pupil(record, *place, options->today, options->report, base, person)
                        : record_guardian(record, *place, options->report, base, person);
    if (!is_sound) {
        tally(delivery, record, TALLY_REFUSED);
    }
    return is_sound;
}

static bool person_stage(struct delivery *delivery, enum aaf_category category, struct fault *fault)
{
    struct import_stage *stage = delivery->options.stage;
    return category == AAF_PUPIL ? import_stage_pupil(stage, &delivery->person, fault)
                                 : import_stage_guardian(stage, &delivery->person, fault);
}

static bool person_look(struct delivery *delivery, const struct aaf_record *record, const struct import_place *place,
    const struct import_person *base, struct fault *fault)
{
    return !person_check(delivery, record, place, base) || person_stage(delivery, record->category, fault);
}

static void count_unchanged(struct delivery *delivery, const struct aaf_record *record)
{
    report_count_unchanged(delivery->options.report, record->category);
    tally(delivery, record, TALLY_UNCHANGED);
}

/* Staged only if nothing is wrong any more, which the store has to know: the same value was odd under other rules. */
static bool person_look_again(
    struct delivery *delivery, const struct aaf_record *record, const struct import_place *place, struct fault *fault)
{
    if (!person_check(delivery, record, place, NULL)) {
        return true;
    }
    if (!delivery->person.told) {
        return person_stage(delivery, record->category, fault);
    }
    count_unchanged(delivery, record);
    return true;
}

static bool person_judged(void *arg, const struct aaf_record *record, const struct import_place *place,
    enum compare_verdict verdict, struct fault *fault)
{
    struct delivery *delivery = arg;
    switch (verdict) {
    case COMPARE_SAME:
        count_unchanged(delivery, record);
        return true;
    case COMPARE_SAME_TOLD:
        return person_look_again(delivery, record, place, fault);
    case COMPARE_LOOK:
        return person_look(delivery, record, place, NULL, fault);
    }
    return true;
}

/* Whether a modification of somebody unknown says enough to know them by. */
static bool says_who(const struct aaf_record *record)
{
    return aaf_record_text(record, AAF_PERSON_ID) &&
           (aaf_record_text(record, AAF_NOM_2D) || aaf_record_text(record, AAF_NOM_1D)) &&
           (aaf_record_text(record, AAF_PRENOM_2D) || aaf_record_text(record, AAF_PRENOM_1D)) &&
           (record->category != AAF_PUPIL || aaf_record_text(record, AAF_BIRTH_DATE));
}

static bool person_modify(
    struct delivery *delivery, const struct aaf_record *record, const struct import_place *place, struct fault *fault)
{
    const struct delivery_options *options = &delivery->options;
    const struct import_whom whom = {options->academy, (enum degree)delivery_degree(delivery), profile_of(record)};
    struct report_place where = {*place, record->category, record->id[0] ? record->id : NULL, NULL};
    int64_t aaf_id;
    bool is_known = false;
    if (aaf_id_parse(record->id, &aaf_id) && whom.degree != 0 &&
        (!import_stage_pause(options->stage, fault) ||
            !import_known_person(options->session, &whom, aaf_id, &delivery->base, &is_known, fault))) {
        return false;
    }
    if (!is_known && !says_who(record)) {
        (void)report_refuse(options->report, &where, REFUSAL_MODIFY_UNKNOWN, NULL);
        return true;
    }
    return person_look(delivery, record, place, is_known ? &delivery->base : NULL, fault);
}

static bool person_take(struct delivery *delivery, const struct aaf_record *record, const struct import_place *place)
{
    if (!degree_said(delivery, record_degree(record), record->line)) {
        return false;
    }
    tally(delivery, record, TALLY_READ);
    bool done = record->operation == AAF_MODIFY ? person_modify(delivery, record, place, &delivery->fault)
                : delivery->is_delta || delivery->degree == 0
                    ? person_look(delivery, record, place, NULL, &delivery->fault)
                    : compare_add(delivery->compare, (enum degree)delivery->degree, record, place, &delivery->fault);
    return done || failed(delivery);
}

static bool is_of_ours(const struct aaf_record *record)
{
    return record->category == AAF_SCHOOL || record->category == AAF_PUPIL || record->category == AAF_GUARDIAN ||
           record->category == AAF_STAFF;
}

static bool delete_take(struct delivery *delivery, const struct aaf_record *record, const struct import_place *place)
{
    struct report_place where = {*place, record->category, record->id[0] ? record->id : NULL, NULL};
    int64_t aaf_id;
    if (!is_of_ours(record)) {
        return true;
    }
    if (!aaf_id_parse(record->id, &aaf_id)) {
        (void)report_refuse(delivery->options.report, &where, REFUSAL_AAF_ID_INVALID, record->id);
        return true;
    }
    if (record->category == AAF_STAFF) {
        return staff_delete(aaf_id, place, delivery->options.report, delivery->options.stage, &delivery->fault) ||
               failed(delivery);
    }
    return import_stage_deleted(
               delivery->options.stage, aaf_category_code(record->category), aaf_id, place, &delivery->fault) ||
           failed(delivery);
}

/* From here on it is read as a delta, whatever its names say: then nobody leaves by absence. */
static bool delta_found(struct delivery *delivery, int64_t line)
{
    if (delivery->says_complete && !delivery->contradiction_told) {
        delivery->contradiction_told = true;
        report_file_wrong(
            delivery->options.report, &(struct import_place){delivery->file, line}, REFUSAL_KIND_CONTRADICTED);
    }
    if (delivery->is_delta) {
        return true;
    }
    delivery->is_delta = true;
    return compare_give_up(delivery->compare, &delivery->fault) || failed(delivery);
}

static bool goes_on(struct delivery *delivery)
{
    if (atomic_load_explicit(delivery->options.is_stopping, memory_order_relaxed)) {
        (void)fault_set(&delivery->fault, FAULT_UNAVAILABLE, "stopping");
        return failed(delivery);
    }
    int64_t records = atomic_fetch_add_explicit(delivery->options.records, 1, memory_order_relaxed);
    return records % REFUSED_KEPT_MAX != 0 ||
           report_stage_refused(delivery->options.report, delivery->options.stage, &delivery->fault) ||
           failed(delivery);
}

static bool category_take(struct delivery *delivery, const struct aaf_record *record, const struct import_place *place)
{
    struct report_place where = {*place, AAF_CATEGORY_COUNT, record->id[0] ? record->id : NULL, NULL};
    switch (record->category) {
    case AAF_SCHOOL:
        return school_take(delivery, record, *place);
    case AAF_PUPIL:
    case AAF_GUARDIAN:
        return person_take(delivery, record, place);
    case AAF_STAFF:
        return staff_take(record, place, delivery->is_delta || !delivery->says_complete, delivery->options.report,
                   delivery->options.stage, &delivery->fault) ||
               failed(delivery);
    case AAF_COURSE:
    case AAF_SUBJECT:
        (void)record_other(record, *place, delivery->options.report);
        return true;
    case AAF_CATEGORY_COUNT:
        (void)report_refuse(delivery->options.report, &where, REFUSAL_CATEGORY_UNKNOWN, NULL);
        return true;
    }
    return true;
}

static void operation_refuse(
    struct delivery *delivery, const struct aaf_record *record, const struct import_place *place)
{
    struct report_place where = {*place, record->category, record->id[0] ? record->id : NULL, NULL};
    (void)report_refuse(delivery->options.report, &where, REFUSAL_OPERATION_UNKNOWN, NULL);
}

static bool head_take(struct delivery *delivery);

static bool record_take(void *arg, const struct aaf_record *record)
{
    struct delivery *delivery = arg;
    struct import_place place = {delivery->file, record->line};
    int64_t aaf_id = 0;
    bool is_of_delta = record->operation == AAF_MODIFY || record->operation == AAF_DELETE;
    if (!goes_on(delivery) || !head_take(delivery) || (is_of_delta && !delta_found(delivery, record->line))) {
        return false;
    }
    (void)aaf_id_parse(record->id, &aaf_id);
    report_count_read(delivery->options.report, record->category, aaf_id);
    if (record->operation == AAF_OPERATION_UNKNOWN) {
        operation_refuse(delivery, record, &place);
        return true;
    }
    return record->operation == AAF_DELETE ? delete_take(delivery, record, &place)
                                           : category_take(delivery, record, &place);
}

/* --- requests that need not be read --- */

static bool request_is_same(
    struct delivery *delivery, const struct aaf_request *request, int64_t aaf_id, bool *out_same)
{
    const struct compare_whom whom = {
        .degree = (enum degree)delivery->degree,
        .profile = request->category == AAF_PUPIL ? PROFILE_ELEVE : PROFILE_RESPONSABLE,
        .aaf_id = aaf_id,
    };
    return compare_same(delivery->compare, &whom, request->digest, out_same, &delivery->fault) || failed(delivery);
}

/* As a record that is the same is counted when it is read. */
static void request_count(struct delivery *delivery, const struct aaf_request *request, int64_t aaf_id)
{
    report_count_read(delivery->options.report, request->category, aaf_id);
    report_count_unchanged(delivery->options.report, request->category);
    structure_tally(delivery, request->category, request->structure, TALLY_READ);
    structure_tally(delivery, request->category, request->structure, TALLY_UNCHANGED);
}

static enum aaf_seen request_seen(void *arg, const struct aaf_request *request)
{
    struct delivery *delivery = arg;
    int64_t aaf_id;
    bool is_same;
    if (!delivery->head_is_taken || delivery->is_delta || delivery->degree == 0 ||
        !aaf_id_parse(request->id, &aaf_id)) {
        return AAF_SEEN_NOT;
    }
    if (!request_is_same(delivery, request, aaf_id, &is_same)) {
        return AAF_SEEN_STOP;
    }
    if (!is_same) {
        return AAF_SEEN_NOT;
    }
    request_count(delivery, request, aaf_id);
    return goes_on(delivery) ? AAF_SEEN : AAF_SEEN_STOP;
}

/* --- files --- */

static bool file_begins(void *arg, const char *text)
{
    struct delivery *delivery = arg;
    struct file_name name;
    delivery->file = report_file(delivery->options.report, text);
    delivery->names_category = delivery->is_aside = false;
    if (file_name_read(text, delivery->options.today, &name)) {
        delivery->names_category = name.category != AAF_CATEGORY_COUNT;
        if (delivery->names_category && name.part >= 0) {
            parts_add(delivery->parts, text, name.series_length, name.part, delivery->file);
        }
        delivery->says_complete = delivery->says_complete || name.kind == FILE_KIND_COMPLETE;
        if (name.kind == FILE_KIND_DELTA && !delta_found(delivery, 0)) {
            return false;
        }
        if (delivery->named_degree == 0) {
            delivery->named_degree = file_name_degree(text);
        }
        if (date_is_valid(name.date)) {
            delivery->date = name.date;
        }
    }
    delivery->reader = aaf_reader_new(record_take, delivery);
    aaf_reader_ask(delivery->reader, request_seen);
    delivery->head_is_taken = false;
    return true;
}

/* Some put a description of the set beside it (aaf.md 1.4): XML of another root, whose name says nothing of AAF. */
static bool file_put_aside(struct delivery *delivery)
{
    if (delivery->names_category || !aaf_reader_is_other(delivery->reader)) {
        return false;
    }
    report_file_wrong(delivery->options.report, &(struct import_place){delivery->file, 0}, REFUSAL_FILE_NOT_AAF);
    delivery->is_aside = true;
    delivery->files_aside++;
    return true;
}

/* Gives whether to go on: unless the file is put aside, it is not sound, or the handler had enough, which then said why. */
static bool reading_ended(struct delivery *delivery)
{
    if (aaf_reader_is_stopped(delivery->reader)) {
        return false;
    }
    return file_put_aside(delivery) || refuse_whole(delivery, REFUSAL_XML_INVALID, aaf_reader_line(delivery->reader));
}

static bool file_bytes(void *arg, const char *bytes, size_t length)
{
    struct delivery *delivery = arg;
    return delivery->is_aside || aaf_reader_feed(delivery->reader, bytes, length) || reading_ended(delivery);
}

/* Its comments stand before the first record. */
static bool head_take(struct delivery *delivery)
{
    if (delivery->head_is_taken) {
        return true;
    }
    delivery->head_is_taken = true;
    const struct aaf_head *head = aaf_reader_head(delivery->reader);
    academy_code academy;
    struct date date;
    if (head->academy[0]) {
        if (!academy_parse(head->academy, &academy) || academy.v != delivery->options.academy.v) {
            return refuse_whole(delivery, REFUSAL_ACADEMY_WRONG, 0);
        }
        delivery->academy_said = true;
    }
    /* one that is to come tells nothing: a mistyped date would shut out every delivery until then */
    if (date_parse_aaf(head->date, &date) && date_compare(date, delivery->options.today) <= 0) {
        delivery->date = date;
    }
    int degree = head->degree[0] == '1' || head->degree[0] == '2' ? head->degree[0] - '0' : 0;
    if (degree == 0 && head->annex[0]) {
        degree = strncmp(head->annex, "Annexe 1 ", 9) == 0 ? 1 : strncmp(head->annex, "Annexe 4", 8) == 0 ? 2 : 0;
    }
    return degree_said(delivery, degree, 0);
}

/* What was odd in the file and was read all the same. */
static void notes_tell(struct delivery *delivery)
{
    const struct aaf_notes *notes = aaf_reader_notes(delivery->reader);
    struct report *report = delivery->options.report;
    if (notes->encoding != REFUSAL_NONE) {
        report_file_wrong(report, &(struct import_place){delivery->file, notes->encoding_line}, notes->encoding);
    }
    if (notes->html_entity_line > 0) {
        report_file_wrong(report, &(struct import_place){delivery->file, notes->html_entity_line}, REFUSAL_HTML_ENTITY);
    }
    for (size_t i = 0; i < notes->unknown_count; i++) {
        const struct aaf_unknown *one = &notes->unknown[i];
        const struct import_place place = {delivery->file, one->line};
        report_unknown(report, &place, one->category, one->name, one->count);
    }
}

static bool file_ends(void *arg)
{
    struct delivery *delivery = arg;
    bool is_sound = delivery->is_aside;
    if (!is_sound && aaf_reader_end(delivery->reader)) {
        notes_tell(delivery);
        is_sound = head_take(delivery);
    } else if (!is_sound) {
        is_sound = reading_ended(delivery);
    }
    aaf_reader_free(&delivery->reader);
    return is_sound;
}

struct archive_visitor delivery_visitor(struct delivery *delivery)
{
    return (struct archive_visitor){file_begins, file_bytes, file_ends, delivery};
}

/* --- the whole --- */

/* A complete set without one of these would close everybody's account of that kind. */
static bool has_needed(const struct delivery *delivery)
{
    static const enum aaf_category needed[] = {AAF_SCHOOL, AAF_PUPIL, AAF_GUARDIAN};
    for (size_t i = 0; i < ARRAY_LENGTH(needed) && !delivery->is_delta; i++) {
        if (report_read(delivery->options.report, needed[i]) == 0) {
            return false;
        }
    }
    return true;
}

/* Told at the file that follows what is missing. */
static bool has_all_parts(struct delivery *delivery)
{
    int file = parts_after_gap(delivery->parts);
    if (file != PARTS_WHOLE) {
        report_file_wrong(delivery->options.report, &(struct import_place){file, 0}, REFUSAL_ARCHIVE_INCOMPLETE);
    }
    return file == PARTS_WHOLE;
}

static enum refusal judge(struct delivery *delivery)
{
    bool has_files = delivery->file > delivery->files_aside;
    if (report_records(delivery->options.report) == 0 && !(delivery->is_delta && has_files)) {
        return REFUSAL_ARCHIVE_EMPTY;
    }
    if (!delivery->academy_said && delivery->structures_elsewhere > delivery->structures_here) {
        return REFUSAL_ACADEMY_WRONG;
    }
    if (!has_all_parts(delivery) || !has_needed(delivery)) {
        return REFUSAL_ARCHIVE_INCOMPLETE;
    }
    return delivery_degree(delivery) == 0 ? REFUSAL_DEGREE_UNCLEAR : REFUSAL_NONE;
}

bool delivery_judge(struct delivery *delivery, enum refusal *out_refusal, struct fault *fault)
{
    if (delivery->is_fault) {
        *fault = delivery->fault;
        return false;
    }
    if (delivery->refusal == REFUSAL_NONE) {
        delivery->refusal = judge(delivery);
    }
    *out_refusal = delivery->refusal;
    return true;
}

bool delivery_stage(struct delivery *delivery, struct fault *fault)
{
    return (delivery->is_delta || compare_end(delivery->compare, fault)) &&
           report_stage(delivery->options.report, delivery->options.stage, fault) &&
           school_tally_stage(delivery->tally, delivery->options.stage, fault);
}

int delivery_degree(const struct delivery *delivery)
{
    return delivery->degree != 0 ? delivery->degree : delivery->named_degree;
}

bool delivery_is_delta(const struct delivery *delivery)
{
    return delivery->is_delta;
}

struct date delivery_date(const struct delivery *delivery)
{
    return delivery->date;
}

int64_t delivery_live(const struct delivery *delivery, enum account_profile profile)
{
    return compare_live(delivery->compare, profile);
}
