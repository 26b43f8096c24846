#include "import/report.h"

#include "domain/aaf.h"
#include "runtime/arena.h"
#include "runtime/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEXTS_BYTES_MAX = 64 << 20, ID_SHOWN_MAX = 40, VALUE_SHOWN_MAX = 100 };

struct refused_id {
    int64_t aaf_id;
    enum aaf_category category;
};

struct unknown_attribute {
    struct import_place place; /* of the first one */
    enum aaf_category category;
    const char *name;
    int64_t count;
};

struct report {
    struct arena *arena; /* texts of the problems and names of files */
    struct import_problem *problems;
    size_t problem_count, problem_size;
    struct refused_id *refused;
    size_t refused_count, refused_size;
    struct import_file *files; /* numbered from 1 */
    size_t file_count, file_size;
    struct unknown_attribute unknown[REPORT_UNKNOWN_MAX];
    size_t unknown_count;
    struct import_refused *list; /* made for report_refused */
    int64_t read[AAF_CATEGORY_COUNT + 1];
    int64_t refused_records[AAF_CATEGORY_COUNT + 1];
    int64_t told[AAF_CATEGORY_COUNT + 1];
    int64_t unchanged[AAF_CATEGORY_COUNT + 1];
    int64_t taken[AAF_CATEGORY_COUNT + 1]; /* staged, of those that are not all of them */
};

struct report *report_new(void)
{
    struct report *report = checked_calloc(1, sizeof *report);
    report->arena = arena_new(TEXTS_BYTES_MAX);
    return report;
}

void report_free(struct report **report)
{
    if (*report) {
        arena_free(&(*report)->arena);
        memory_free(&(*report)->problems);
        memory_free(&(*report)->refused);
        memory_free(&(*report)->files);
        memory_free(&(*report)->list);
        memory_free(report);
    }
}

int report_file(struct report *report, const char *name)
{
    if (report->file_count == report->file_size) {
        report->file_size = report->file_size * 2 + 16;
        report->files = checked_realloc(report->files, report->file_size, sizeof *report->files);
    }
    report->files[report->file_count] = (struct import_file){
        .number = (int)report->file_count + 1,
        .name = arena_copy(report->arena, name),
        .category = "",
    };
    return (int)++report->file_count;
}

void report_count_read(struct report *report, enum aaf_category category, int64_t aaf_id)
{
    struct import_file *file = &report->files[report->file_count - 1];
    report->read[category]++;
    file->category = aaf_category_code(category);
    if (aaf_id != 0) {
        file->first_id = file->first_id == 0 || aaf_id < file->first_id ? aaf_id : file->first_id;
        file->last_id = aaf_id > file->last_id ? aaf_id : file->last_id;
    }
}

void report_count_taken(struct report *report, enum aaf_category category)
{
    report->taken[category]++;
}

void report_count_unchanged(struct report *report, enum aaf_category category)
{
    report->unchanged[category]++;
}

static int64_t sum(const int64_t counts[AAF_CATEGORY_COUNT + 1])
{
    int64_t total = 0;
    for (int i = 0; i <= AAF_CATEGORY_COUNT; i++) {
        total += counts[i];
    }
    return total;
}

int64_t report_records(const struct report *report)
{
    return sum(report->read);
}

int64_t report_told(const struct report *report)
{
    return sum(report->told);
}

int64_t report_read(const struct report *report, enum aaf_category category)
{
    return report->read[category];
}

/* The beginning is enough to find the place. */
static const char *shown(struct report *report, const char *text, size_t max)
{
    return text ? arena_copy_bytes(report->arena, text, strnlen(text, max)) : NULL;
}

static void problem_add(struct report *report, const struct report_place *where, const char *category,
    enum refusal refusal, const char *value)
{
    if (report->problem_count == REPORT_PROBLEMS_MAX) {
        if (category[0]) {
            return;
        }
        report->problem_count--; /* what is wrong with a file as a whole always has room */
    }
    if (report->problem_count == report->problem_size) {
        report->problem_size = report->problem_size * 2 + 64;
        report->problems = checked_realloc(report->problems, report->problem_size, sizeof *report->problems);
    }
    report->problems[report->problem_count++] = (struct import_problem){
        .place = where->place,
        .category = category,
        .aaf_id = shown(report, where->aaf_id, ID_SHOWN_MAX),
        .attribute = where->attribute, /* static text */
        .code = refusal_code(refusal),
        .value = shown(report, value, VALUE_SHOWN_MAX),
    };
}

static void refused_add(struct report *report, enum aaf_category category, int64_t aaf_id)
{
    if (report->refused_count == report->refused_size) {
        report->refused_size = report->refused_size * 2 + 64;
        report->refused = checked_realloc(report->refused, report->refused_size, sizeof *report->refused);
    }
    report->refused[report->refused_count++] = (struct refused_id){aaf_id, category};
}

bool report_refuse(struct report *report, const struct report_place *where, enum refusal refusal, const char *value)
{
    int64_t aaf_id;
    report->refused_records[where->category]++;
    if (where->aaf_id && aaf_id_parse(where->aaf_id, &aaf_id)) {
        refused_add(report, where->category, aaf_id);
    }
    problem_add(report, where, aaf_category_code(where->category), refusal, value);
    return false;
}

void report_tell(struct report *report, const struct report_place *where, enum refusal refusal, const char *value)
{
    report->told[where->category]++;
    problem_add(report, where, aaf_category_code(where->category), refusal, value);
}

void report_file_wrong(struct report *report, const struct import_place *place, enum refusal refusal)
{
    problem_add(report, &(struct report_place){.place = *place}, "", refusal, NULL);
}

void report_unknown(struct report *report, const struct import_place *place, enum aaf_category category,
    const char *name, int64_t count)
{
    for (size_t i = 0; i < report->unknown_count; i++) {
        struct unknown_attribute *one = &report->unknown[i];
        if (one->category == category && strcmp(one->name, name) == 0) {
            one->count += count;
            return;
        }
    }
    if (report->unknown_count < REPORT_UNKNOWN_MAX) {
        report->unknown[report->unknown_count++] =
            (struct unknown_attribute){*place, category, arena_copy(report->arena, name), count};
    }
}

/* --- at the end --- */

static bool unknown_stage(const struct report *report, struct import_stage *stage, struct fault *fault)
{
    for (size_t i = 0; i < report->unknown_count; i++) {
        const struct unknown_attribute *one = &report->unknown[i];
        char count[24];
        (void)snprintf(count, sizeof count, "%" PRId64, one->count);
        const struct import_problem problem = {
            .place = one->place,
            .category = aaf_category_code(one->category),
            .attribute = one->name,
            .code = refusal_code(REFUSAL_ATTRIBUTE_UNKNOWN),
            .value = count,
        };
        if (!import_stage_problem(stage, &problem, fault)) {
            return false;
        }
    }
    return true;
}

static bool counters_stage(const struct report *report, struct import_stage *stage, struct fault *fault)
{
    for (int i = 0; i <= AAF_CATEGORY_COUNT; i++) {
        const char *code = aaf_category_code((enum aaf_category)i);
        bool is_taken = i == AAF_SCHOOL || i == AAF_PUPIL || i == AAF_GUARDIAN;
        int64_t ignored = is_taken ? 0 : report->read[i] - report->refused_records[i] - report->taken[i];
        if (!import_stage_counter(stage, code, "read", report->read[i], fault) ||
            !import_stage_counter(stage, code, "refused", report->refused_records[i], fault) ||
            !import_stage_counter(stage, code, "reported", report->told[i], fault) ||
            !import_stage_counter(stage, code, "unchanged", report->unchanged[i], fault) ||
            !import_stage_counter(stage, code, "ignored", ignored, fault)) {
            return false;
        }
    }
    return true;
}

bool report_stage_refused(struct report *report, struct import_stage *stage, struct fault *fault)
{
    for (size_t i = 0; i < report->refused_count; i++) {
        const struct refused_id *one = &report->refused[i];
        if (!import_stage_refused(stage, aaf_category_code(one->category), one->aaf_id, fault)) {
            return false;
        }
    }
    report->refused_count = 0;
    return true;
}

bool report_stage(struct report *report, struct import_stage *stage, struct fault *fault)
{
    for (size_t i = 0; i < report->file_count; i++) {
        if (!import_stage_file(stage, &report->files[i], fault)) {
            return false;
        }
    }
    for (size_t i = 0; i < report->problem_count; i++) {
        if (!import_stage_problem(stage, &report->problems[i], fault)) {
            return false;
        }
    }
    return unknown_stage(report, stage, fault) && report_stage_refused(report, stage, fault) &&
           counters_stage(report, stage, fault);
}

const struct import_refused *report_refused(struct report *report, size_t *out_count)
{
    memory_free(&report->list);
    report->list = checked_calloc(report->problem_count + 1, sizeof *report->list);
    for (size_t i = 0; i < report->problem_count; i++) {
        const struct import_problem *problem = &report->problems[i];
        size_t file = (size_t)problem->place.file;
        report->list[i] = (struct import_refused){
            .file = file > 0 ? report->files[file - 1].name : "",
            .line = problem->place.line,
            .category = problem->category,
            .aaf_id = problem->aaf_id,
            .attribute = problem->attribute,
            .code = problem->code,
            .value = problem->value,
        };
    }
    *out_count = report->problem_count;
    return report->list;
}
