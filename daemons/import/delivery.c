#include "import/delivery.h"

#include "import/file_name.h"
#include "import/record.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <string.h>

/* The numbered parts of a category: all of 0 to the greatest must be there. */
struct parts {
    unsigned char *seen; /* by number */
    int size, count, greatest;
};

struct delivery {
    struct delivery_options options;
    struct aaf_reader *reader; /* of the file at hand */
    int file;
    struct parts parts[AAF_CATEGORY_COUNT];
    enum refusal refusal; /* found on the way */
    bool is_fault;
    struct fault fault;
    int degree;
    bool is_delta, academy_said;
    int structures_here, structures_elsewhere;
    struct date date;
    /* of the record at hand: large, so not on the stack of every call */
    struct import_school school;
    struct import_person person;
};

enum { PART_MAX = 100000 };

struct delivery *delivery_new(const struct delivery_options *options)
{
    struct delivery *delivery = checked_calloc(1, sizeof *delivery);
    delivery->options = *options;
    delivery->date = file_name_date(options->archive_name);
    delivery->is_delta = strcasestr(options->archive_name, "delta") != NULL;
    for (int i = 0; i < AAF_CATEGORY_COUNT; i++) {
        delivery->parts[i].greatest = -1;
    }
    return delivery;
}

void delivery_free(struct delivery **delivery)
{
    if (*delivery) {
        aaf_reader_free(&(*delivery)->reader);
        for (int i = 0; i < AAF_CATEGORY_COUNT; i++) {
            memory_free(&(*delivery)->parts[i].seen);
        }
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

static bool school_take(struct delivery *delivery, const struct aaf_record *record, struct import_place place)
{
    academy_code academy;
    const char *said = aaf_record_either(record, AAF_ACADEMY_CODE, AAF_ACADEMY_LABEL, NULL);
    if (academy_parse(said, &academy)) {
        bool is_here = academy.v == delivery->options.academy.v;
        delivery->structures_here += is_here;
        delivery->structures_elsewhere += !is_here;
    }
    if (!record_school(record, place, delivery->options.report, &delivery->school)) {
        return true;
    }
    return import_stage_school(delivery->options.stage, &delivery->school, &delivery->fault) || failed(delivery);
}

static bool person_take(struct delivery *delivery, const struct aaf_record *record, struct import_place place)
{
    const struct delivery_options *options = &delivery->options;
    if (!degree_said(delivery, record_degree(record), record->line)) {
        return false;
    }
    bool is_pupil = record->category == AAF_PUPIL;
    bool is_sound = is_pupil ? record_pupil(record, place, options->today, options->report, &delivery->person)
                             : record_guardian(record, place, options->report, &delivery->person);
    if (!is_sound) {
        return true;
    }
    bool done = is_pupil ? import_stage_pupil(options->stage, &delivery->person, &delivery->fault)
                         : import_stage_guardian(options->stage, &delivery->person, &delivery->fault);
    return done || failed(delivery);
}

static bool record_take(void *arg, const struct aaf_record *record)
{
    struct delivery *delivery = arg;
    struct import_place place = {delivery->file, record->line};
    if (atomic_load_explicit(delivery->options.is_stopping, memory_order_relaxed)) {
        (void)fault_set(&delivery->fault, FAULT_UNAVAILABLE, "stopping");
        return failed(delivery);
    }
    if (record->operation != AAF_ADD || delivery->is_delta) {
        delivery->is_delta = true;
        return refuse_whole(delivery, REFUSAL_DELTA_NOT_TAKEN, record->line);
    }
    report_count_read(delivery->options.report, record->category);
    switch (record->category) {
    case AAF_SCHOOL:
        return school_take(delivery, record, place);
    case AAF_PUPIL:
    case AAF_GUARDIAN:
        return person_take(delivery, record, place);
    case AAF_STAFF:
    case AAF_COURSE:
    case AAF_SUBJECT:
        return true;
    case AAF_CATEGORY_COUNT:
        break;
    }
    struct report_place where = {place, AAF_CATEGORY_COUNT, record->id[0] ? record->id : NULL, NULL};
    (void)report_refuse(delivery->options.report, &where, REFUSAL_CATEGORY_UNKNOWN, NULL);
    return true;
}

/* --- files --- */

static bool part_known(struct delivery *delivery, const struct file_name *name)
{
    struct parts *parts = &delivery->parts[name->category];
    if (name->part < 0) {
        return true;
    }
    if (name->part >= PART_MAX) {
        return refuse_whole(delivery, REFUSAL_ARCHIVE_UNSAFE, 0);
    }
    if (name->part >= parts->size) {
        int size = name->part * 2 + 16;
        parts->seen = checked_realloc(parts->seen, (size_t)size, 1);
        memset(parts->seen + parts->size, 0, (size_t)(size - parts->size));
        parts->size = size;
    }
    parts->count += !parts->seen[name->part];
    parts->seen[name->part] = 1;
    parts->greatest = name->part > parts->greatest ? name->part : parts->greatest;
    return true;
}

static bool file_begins(void *arg, const char *text)
{
    struct delivery *delivery = arg;
    struct file_name name;
    delivery->file = report_file(delivery->options.report, text);
    if (file_name_read(text, &name)) {
        if (name.category != AAF_CATEGORY_COUNT && !part_known(delivery, &name)) {
            return false;
        }
        if (name.is_delta) {
            delivery->is_delta = true;
            return refuse_whole(delivery, REFUSAL_DELTA_NOT_TAKEN, 0);
        }
        if (date_is_valid(name.date)) {
            delivery->date = name.date;
        }
    }
    delivery->reader = aaf_reader_new(record_take, delivery);
    return true;
}

/* The file is not sound, or the handler had enough, which then said why. Gives false. */
static bool reading_ended(struct delivery *delivery)
{
    if (!aaf_reader_is_stopped(delivery->reader)) {
        (void)refuse_whole(delivery, REFUSAL_XML_INVALID, aaf_reader_line(delivery->reader));
    }
    return false;
}

static bool file_bytes(void *arg, const char *bytes, size_t length)
{
    struct delivery *delivery = arg;
    return aaf_reader_feed(delivery->reader, bytes, length) || reading_ended(delivery);
}

static bool head_take(struct delivery *delivery)
{
    const struct aaf_head *head = aaf_reader_head(delivery->reader);
    academy_code academy;
    struct date date;
    if (head->academy[0]) {
        if (!academy_parse(head->academy, &academy) || academy.v != delivery->options.academy.v) {
            return refuse_whole(delivery, REFUSAL_ACADEMY_WRONG, 0);
        }
        delivery->academy_said = true;
    }
    if (date_parse_aaf(head->date, &date)) {
        delivery->date = date;
    }
    int degree = head->degree[0] == '1' || head->degree[0] == '2' ? head->degree[0] - '0' : 0;
    if (degree == 0 && head->annex[0]) {
        degree = strncmp(head->annex, "Annexe 1 ", 9) == 0 ? 1 : strncmp(head->annex, "Annexe 4", 8) == 0 ? 2 : 0;
    }
    return degree_said(delivery, degree, 0);
}

static bool file_ends(void *arg)
{
    struct delivery *delivery = arg;
    if (!aaf_reader_end(delivery->reader)) {
        return reading_ended(delivery);
    }
    bool is_sound = head_take(delivery);
    aaf_reader_free(&delivery->reader);
    return is_sound;
}

struct archive_visitor delivery_visitor(struct delivery *delivery)
{
    return (struct archive_visitor){file_begins, file_bytes, file_ends, delivery};
}

/* --- the whole --- */

/* A complete set without one of these would close everybody's account of that kind. */
static bool is_whole(const struct delivery *delivery)
{
    static const enum aaf_category needed[] = {AAF_SCHOOL, AAF_PUPIL, AAF_GUARDIAN};
    for (int i = 0; i < AAF_CATEGORY_COUNT; i++) {
        if (delivery->parts[i].count != delivery->parts[i].greatest + 1) {
            return false;
        }
    }
    for (size_t i = 0; i < ARRAY_LENGTH(needed); i++) {
        if (report_read(delivery->options.report, needed[i]) == 0) {
            return false;
        }
    }
    return true;
}

static enum refusal judge(const struct delivery *delivery)
{
    bool any_record = false;
    for (int i = 0; i < AAF_CATEGORY_COUNT; i++) {
        any_record = any_record || report_read(delivery->options.report, (enum aaf_category)i) > 0;
    }
    if (!any_record) {
        return REFUSAL_ARCHIVE_EMPTY;
    }
    if (!delivery->academy_said && delivery->structures_elsewhere > delivery->structures_here) {
        return REFUSAL_ACADEMY_WRONG;
    }
    if (!is_whole(delivery)) {
        return REFUSAL_ARCHIVE_INCOMPLETE;
    }
    return delivery->degree == 0 ? REFUSAL_DEGREE_UNCLEAR : REFUSAL_NONE;
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

int delivery_degree(const struct delivery *delivery)
{
    return delivery->degree;
}

bool delivery_is_delta(const struct delivery *delivery)
{
    return delivery->is_delta;
}

struct date delivery_date(const struct delivery *delivery)
{
    return delivery->date;
}
