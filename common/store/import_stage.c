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
        QUERY_IMPORT_STAGE_SCHOOLS,
        QUERY_IMPORT_STAGE_PUPILS,
        QUERY_IMPORT_STAGE_GUARDIANS,
        QUERY_IMPORT_STAGE_PROBLEMS,
        QUERY_IMPORT_STAGE_REFUSED,
        QUERY_IMPORT_STAGE_COUNTERS,
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

static bool writing_end(struct import_stage *stage, struct fault *fault)
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
    if (!writing_end(stage, fault) || !session_copy_begin(stage->session, query, fault)) {
        return false;
    }
    stage->writing = query;
    return true;
}

static void put_place(struct import_stage *stage, const struct import_place *place)
{
    session_copy_int64(stage->session, ++stage->order);
    session_copy_int64(stage->session, place->file);
    session_copy_int64(stage->session, place->line);
}

/* "" is null: there is none. */
static void put_optional(struct session *session, const char *text)
{
    session_copy_text(session, text[0] ? text : NULL);
}

/* A digest of what the row says: an unchanged record is not written again. */
static void digest_number(struct digest *digest, int64_t number)
{
    digest_add(digest, &number, sizeof number);
}

static void put_digest(struct session *session, struct digest *digest)
{
    unsigned char bytes[RECORD_DIGEST_SIZE];
    digest_end(digest, bytes);
    session_copy_bytes(session, bytes, sizeof bytes);
}

bool import_stage_school(struct import_stage *stage, const struct import_school *school, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_SCHOOLS, fault)) {
        return false;
    }
    struct session *session = stage->session;
    put_place(stage, &school->place);
    session_copy_int64(session, school->structure);
    const char *const texts[] = {
        school->uai.text, school->name, school_kind_code(school->kind), school->city, school->mail.text};
    struct digest digest;
    digest_begin(&digest, RECORD_DIGEST_SIZE);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        digest_add_text(&digest, texts[i]);
        session_copy_text(session, i == ARRAY_LENGTH(texts) - 1 && !texts[i][0] ? NULL : texts[i]);
    }
    put_digest(session, &digest);
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

/* The columns from `civilite` to `digest`, which pupils and guardians share but for the birth date. */
static void put_person(struct session *session, const struct import_person *person, bool is_pupil)
{
    const char *const names[] = {person->civilite, person->nom, person->prenom, person->search_name, person->base.text};
    const char *const contacts[] = {person->mail.text, person->mobile.e164};
    const char *const address[] = {person->adresse, person->code_postal, person->ville, person->pays};
    struct digest digest;
    digest_begin(&digest, RECORD_DIGEST_SIZE);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        digest_add_text(&digest, names[i]);
        session_copy_text(session, names[i]);
    }
    if (is_pupil) {
        session_copy_date(session, &person->birth_date);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(contacts); i++) {
        digest_add_text(&digest, contacts[i]);
        put_optional(session, contacts[i]);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(address); i++) {
        digest_add_text(&digest, address[i]);
        session_copy_text(session, address[i]);
    }
    if (is_pupil) {
        char birth_date[DATE_TEXT_SIZE];
        date_write_iso(person->birth_date, birth_date);
        digest_add_text(&digest, birth_date);
        digest_add_text(&digest, person->ine.text);
        digest_number(&digest, person->structure);
        digest_add_text(&digest, person->class_label);
        digest_add_text(&digest, person->niveau);
        for (size_t i = 0; i < person->linked_count; i++) {
            digest_number(&digest, person->linked[i]);
            digest_number(&digest, person->liens[i]);
        }
    }
    put_digest(session, &digest);
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
    put_links(session, guardian->linked, guardian->linked_count);
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

bool import_stage_file(struct import_stage *stage, int number, const char *name, struct fault *fault)
{
    if (!writing_begin(stage, QUERY_IMPORT_COPY_FILES, fault)) {
        return false;
    }
    session_copy_int64(stage->session, number);
    session_copy_text(stage->session, name);
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
    session_copy_text(session, "complete");
    session_copy_date(session, date_is_valid(now->generated_on) ? &now->generated_on : NULL);
    return session_copy_row(session, fault) && writing_end(stage, fault);
}
