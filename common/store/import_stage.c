#include "store/import_stage.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/blocking_query.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct import_stage {
    struct session *session;
    enum query writing; /* the COPY that is open; QUERY_COUNT: none */
    int64_t order;
};

bool import_stage_open(struct session *session, struct import_stage **out_stage, struct fault *fault)
{
    static const enum query tables[] = {
        QUERY_IMPORT_STAGE_MEMORY,
        QUERY_IMPORT_STAGE_BUFFERS,
        QUERY_IMPORT_STAGE_SCHOOLS,
        QUERY_IMPORT_STAGE_PUPILS,
        QUERY_IMPORT_STAGE_GUARDIANS,
        QUERY_IMPORT_STAGE_HEADS,
        QUERY_IMPORT_STAGE_PROBLEMS,
        QUERY_IMPORT_STAGE_REFUSED,
        QUERY_IMPORT_STAGE_ABSENT,
        QUERY_IMPORT_STAGE_LATE,
        QUERY_IMPORT_STAGE_DELETED,
        QUERY_IMPORT_STAGE_COUNTERS,
        QUERY_IMPORT_STAGE_STRUCTURE_COUNTERS,
        QUERY_IMPORT_STAGE_SCHOOL_COUNTERS,
        QUERY_IMPORT_STAGE_FILES,
        QUERY_IMPORT_STAGE_NOW,
    };
    for (size_t i = 0; i < ARRAY_LENGTH(tables); i++) {
        if (!session_run_plain(session, tables[i], fault)) {
            return false;
        }
    }
    struct import_stage *stage = checked_malloc(sizeof *stage);
    *stage = (struct import_stage){.session = session, .writing = QUERY_COUNT};
    *out_stage = stage;
    return true;
}

void import_stage_free(struct import_stage **stage)
{
    memory_free(stage);
}

bool import_stage_pause(struct import_stage *stage, struct fault *fault)
{
    if (stage->writing == QUERY_COUNT) {
        return true;
    }
    stage->writing = QUERY_COUNT;
    return session_copy_end(stage->session, NULL, fault);
}

static bool writing_begin(struct import_stage *stage, enum query query, struct fault *fault)
{
    if (stage->writing == query) {
        return true;
    }
    if (!import_stage_pause(stage, fault) || !session_copy_begin(stage->session, query, fault)) {
        return false;
    }
    stage->writing = query;
    return true;
}

int64_t import_stage_order(struct import_stage *stage)
{
    return ++stage->order;
}

int64_t import_stage_last(const struct import_stage *stage)
{
    return stage->order;
}

static void put_position(struct import_stage *stage, const struct import_place *place)
{
    session_copy_int64(stage->session, place->file);
    session_copy_int64(stage->session, place->line);
}

static void put_place(struct import_stage *stage, const struct import_place *place)
{
    session_copy_int64(stage->session, ++stage->order);
    put_position(stage, place);
}

/* "" is null: there is none. */
static void put_optional(struct session *session, const char *text)
{
    session_copy_text(session, text[0] ? text : NULL);
}

static bool school_is_partial(const struct import_school *school)
{
    return school->leaves.uai || school->leaves.name || school->leaves.city || school->leaves.kind ||
           school->leaves.mail;
}

bool import_stage_school(struct import_stage *stage, const struct import_school *school, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_SCHOOLS, fault)) {
        return false;
    }
    struct session *session = stage->session;
    put_place(stage, &school->place);
    session_copy_int64(session, school->structure);
    session_copy_text(session, school->leaves.uai ? NULL : school->uai.text);
    session_copy_text(session, school->leaves.name ? NULL : school->name);
    session_copy_text(session, school->leaves.kind ? NULL : school_kind_code(school->kind));
    session_copy_text(session, school->leaves.city ? NULL : school->city);
    put_optional(session, school->mail.text);
    session_copy_bool(session, school->leaves.mail);
    session_copy_bool(session, school_is_partial(school));
    return session_copy_row(session, fault);
}

/* PostgreSQL's form of an array: {1,2}. */
static void put_links(struct session *session, const int64_t *numbers, size_t count)
{
    char text[IMPORT_LINKS_MAX * 21 + 3] = "{";
    size_t used = 1;
    for (size_t i = 0; i < count; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%" PRId64, i > 0 ? "," : "", numbers[i]);
    }
    (void)snprintf(text + used, sizeof text - used, "}");
    session_copy_text(session, text);
}

static void put_liens(struct session *session, const struct import_person *pupil)
{
    int64_t liens[IMPORT_LINKS_MAX];
    for (size_t i = 0; i < pupil->linked_count; i++) {
        liens[i] = pupil->liens[i];
    }
    put_links(session, liens, pupil->linked_count);
}

/* The columns from `civilite` to `is_partial`, which pupils and guardians share but for the birth date. */
static void put_person(struct session *session, const struct import_person *person, bool is_pupil)
{
    const char *const names[] = {person->civilite, person->nom, person->prenom, person->search_name, person->base.text};
    const char *const address[] = {person->adresse, person->code_postal, person->ville, person->pays};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        session_copy_text(session, names[i]);
    }
    if (is_pupil) {
        session_copy_date(session, &person->birth_date);
    }
    put_optional(session, person->mail.text);
    put_optional(session, person->mobile.e164);
    for (size_t i = 0; i < ARRAY_LENGTH(address); i++) {
        session_copy_text(session, address[i]);
    }
    session_copy_bytes(session, person->digest, sizeof person->digest);
    session_copy_bool(session, person->told);
    session_copy_bool(session, person->is_partial);
}

bool import_stage_pupil(struct import_stage *stage, const struct import_person *pupil, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_PUPILS, fault)) {
        return false;
    }
    struct session *session = stage->session;
    put_place(stage, &pupil->place);
    session_copy_int64(session, pupil->aaf_id);
    put_optional(session, pupil->ine.text);
    put_person(session, pupil, true);
    session_copy_int64(session, pupil->structure);
    session_copy_text(session, pupil->class_label);
    session_copy_text(session, pupil->niveau);
    put_links(session, pupil->linked, pupil->linked_count);
    put_liens(session, pupil);
    return session_copy_row(session, fault);
}

bool import_stage_guardian(struct import_stage *stage, const struct import_person *guardian, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_GUARDIANS, fault)) {
        return false;
    }
    struct session *session = stage->session;
    put_place(stage, &guardian->place);
    session_copy_int64(session, guardian->aaf_id);
    put_person(session, guardian, false);
    if (guardian->has_match_key) {
        session_copy_bytes(session, guardian->match_key, sizeof guardian->match_key);
    } else {
        session_copy_null(session);
    }
    put_links(session, guardian->linked, guardian->linked_count);
    return session_copy_row(session, fault);
}

/* Null is what a modification leaves as it is. */
static void put_headed(struct session *session, const struct import_headed *headed)
{
    if (headed->is_left) {
        session_copy_null(session);
    } else {
        put_links(session, headed->structures, headed->count);
    }
}

bool import_stage_head(struct import_stage *stage, const struct import_head *head, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_HEADS, fault)) {
        return false;
    }
    struct session *session = stage->session;
    put_place(stage, &head->place);
    session_copy_int64(session, head->aaf_id);
    session_copy_text(session, head->leaves.nom ? NULL : head->nom);
    session_copy_text(session, head->leaves.prenom ? NULL : head->prenom);
    put_optional(session, head->mail.text);
    session_copy_bool(session, head->leaves.mail);
    put_headed(session, &head->functions);
    put_headed(session, &head->directs);
    session_copy_bool(session, head->is_partial);
    return session_copy_row(session, fault);
}

bool import_stage_refused(struct import_stage *stage, const char *category, int64_t aaf_id, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_REFUSED, fault)) {
        return false;
    }
    session_copy_text(stage->session, category);
    session_copy_int64(stage->session, aaf_id);
    return session_copy_row(stage->session, fault);
}

bool import_stage_problem(struct import_stage *stage, const struct import_problem *problem, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_PROBLEMS, fault)) {
        return false;
    }
    struct session *session = stage->session;
    session_copy_int64(session, problem->place.file);
    session_copy_int64(session, problem->place.line);
    session_copy_text(session, problem->category);
    session_copy_text(session, problem->aaf_id);
    session_copy_text(session, problem->attribute);
    session_copy_text(session, problem->code);
    session_copy_text(session, problem->value);
    return session_copy_row(session, fault);
}

bool import_stage_absent(struct import_stage *stage, enum account_profile profile, int64_t aaf_id, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_ABSENT, fault)) {
        return false;
    }
    session_copy_text(stage->session, profile_code(profile));
    session_copy_int64(stage->session, aaf_id);
    return session_copy_row(stage->session, fault);
}

bool import_stage_late(struct import_stage *stage, enum account_profile profile, int64_t aaf_id, int64_t order,
    const struct import_place *place, bool was_same, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_LATE, fault)) {
        return false;
    }
    session_copy_text(stage->session, profile_code(profile));
    session_copy_int64(stage->session, aaf_id);
    session_copy_int64(stage->session, order);
    put_position(stage, place);
    session_copy_bool(stage->session, was_same);
    return session_copy_row(stage->session, fault);
}

bool import_stage_deleted(struct import_stage *stage, const char *category, int64_t aaf_id,
    const struct import_place *place, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_DELETED, fault)) {
        return false;
    }
    session_copy_text(stage->session, category);
    session_copy_int64(stage->session, aaf_id);
    session_copy_int64(stage->session, ++stage->order);
    put_position(stage, place);
    return session_copy_row(stage->session, fault);
}

static void put_number_or_null(struct session *session, int64_t number)
{
    if (number != 0) {
        session_copy_int64(session, number);
    } else {
        session_copy_null(session);
    }
}

bool import_stage_file(struct import_stage *stage, const struct import_file *file, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_FILES, fault)) {
        return false;
    }
    session_copy_int64(stage->session, file->number);
    session_copy_text(stage->session, file->name);
    session_copy_text(stage->session, file->category);
    put_number_or_null(stage->session, file->first_id);
    put_number_or_null(stage->session, file->last_id);
    return session_copy_row(stage->session, fault);
}

bool import_stage_structure_counter(
    struct import_stage *stage, int64_t structure, const char *what, int64_t count, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_STRUCTURE_COUNTERS, fault)) {
        return false;
    }
    session_copy_int64(stage->session, structure);
    session_copy_text(stage->session, what);
    session_copy_int64(stage->session, count);
    return session_copy_row(stage->session, fault);
}

bool import_stage_counter(
    struct import_stage *stage, const char *category, const char *what, int64_t count, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_COUNTERS, fault)) {
        return false;
    }
    session_copy_text(stage->session, category);
    session_copy_text(stage->session, what);
    session_copy_int64(stage->session, count);
    return session_copy_row(stage->session, fault);
}

bool import_stage_end(struct import_stage *stage, const struct import_now *now, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_NOW, fault)) {
        return false;
    }
    struct session *session = stage->session;
    session_copy_int64(session, now->run.v);
    session_copy_int64(session, now->academy.v);
    session_copy_int64(session, now->degree);
    session_copy_text(session, now->is_delta ? "delta" : "complete");
    session_copy_date(session, date_is_valid(now->generated_on) ? &now->generated_on : NULL);
    session_copy_int64(session, now->records);
    session_copy_int64(session, now->departed_min);
    return session_copy_row(session, fault) && import_stage_pause(stage, fault);
}
