#include "store/import_compare.h"

#include "runtime/cleanup.h"
#include "store/blocking_query.h"
#include "store/rows.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How import_known_all gives a person. */
#define NUMBER_BITS ((UINT64_C(1) << 60) - 1)
#define TOLD_BIT (UINT64_C(1) << 60)
#define UNSETTLED_BIT (UINT64_C(1) << 61)
#define DEPARTED_BIT (UINT64_C(1) << 62)
enum {
    PERSON_BYTES = sizeof(int64_t) + RECORD_DIGEST_SIZE,
    BLOCK_PERSONS = 1024,
    BLOCKS_AT_ONCE = IMPORT_KNOWN_AT_ONCE / BLOCK_PERSONS
};

static void parameters_whom(struct parameters *parameters, const struct import_whom *whom)
{
    parameters_init(parameters);
    parameters_int64(parameters, whom->academy.v);
    parameters_int64(parameters, whom->degree);
}

bool import_known_any(
    struct session *session, academy_code academy, enum degree degree, bool *out_any, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_whom(&parameters, &(struct import_whom){.academy = academy, .degree = degree});
    if (!session_ask(session, QUERY_IMPORT_KNOWN_ANY, &parameters, &rows, fault)) {
        return false;
    }
    *out_any = row_bool(rows, 0, "any");
    return true;
}

bool import_known_open(struct session *session, const struct import_whom *whom, struct fault *fault)
{
    struct parameters parameters;
    parameters_whom(&parameters, whom);
    parameters_text(&parameters, profile_code(whom->profile));
    parameters_int64(&parameters, BLOCK_PERSONS);
    bool done = session_run_plain(session, QUERY_IMPORT_KNOWN_PLAN, fault) &&
                session_cursor_open(session, QUERY_IMPORT_KNOWN_ALL, profile_code(whom->profile), &parameters, fault) &&
                session_run_plain(session, QUERY_IMPORT_KNOWN_PLANNED, fault);
    parameters_clear(&parameters);
    return done;
}

/* One of import_known_all's. */
static void known_read(const unsigned char *bytes, struct import_known *known)
{
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    number = be64toh(number);
    known->aaf_id = (int64_t)(number & NUMBER_BITS);
    known->told = (number & TOLD_BIT) != 0;
    known->unsettled = (number & UNSETTLED_BIT) != 0;
    known->departed = (number & DEPARTED_BIT) != 0;
    memcpy(known->digest, bytes + sizeof number, sizeof known->digest);
}

bool import_known_next(struct session *session, enum account_profile profile, struct import_known *out_known,
    size_t *out_count, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    if (!session_cursor_fetch(session, profile_code(profile), BLOCKS_AT_ONCE, &rows, fault)) {
        return false;
    }
    size_t count = 0;
    for (int row = 0; row < rows_count(rows); row++) {
        size_t size;
        const unsigned char *bytes = row_binary_bytes(rows, row, 0, &size);
        for (size_t at = 0; at < size && count < IMPORT_KNOWN_AT_ONCE; at += PERSON_BYTES) {
            known_read(bytes + at, &out_known[count++]);
        }
    }
    *out_count = count;
    return count == IMPORT_KNOWN_AT_ONCE || session_cursor_close(session, profile_code(profile), fault);
}

bool import_known_these(struct session *session, const struct import_whom *whom, const int64_t *numbers, size_t count,
    struct import_known *out_known, size_t *out_count, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_whom(&parameters, whom);
    parameters_text(&parameters, profile_code(whom->profile));
    parameters_int64_array(&parameters, numbers, count);
    if (!session_ask(session, QUERY_IMPORT_KNOWN_THESE, &parameters, &rows, fault)) {
        return false;
    }
    *out_count = (size_t)rows_count(rows);
    for (int row = 0; row < rows_count(rows); row++) {
        struct import_known *known = &out_known[row];
        known->aaf_id = row_int64(rows, row, "aaf_id");
        (void)row_bytes(rows, row, "digest", known->digest, sizeof known->digest);
        known->told = row_bool(rows, row, "told");
        known->unsettled = row_bool(rows, row, "unsettled");
        known->departed = row_bool(rows, row, "departed");
    }
    return true;
}

/* --- one person, whole --- */

static void text_take(const struct rows *rows, const char *column, char *out_text, size_t size)
{
    (void)snprintf(out_text, size, "%s", row_text(rows, 0, column));
}

/* Lines "guardian lien". */
static void links_take(const char *text, struct import_person *person)
{
    for (const char *line = text; line[0] && person->linked_count < IMPORT_LINKS_MAX;) {
        char *end;
        person->linked[person->linked_count] = strtoll(line, &end, 10);
        person->liens[person->linked_count++] = (int16_t)strtol(end, &end, 10);
        line = end[0] ? end + 1 : end;
    }
}

bool import_known_person(struct session *session, const struct import_whom *whom, int64_t aaf_id,
    struct import_person *out_person, bool *out_found, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_whom(&parameters, whom);
    parameters_int64(&parameters, aaf_id);
    enum query query = whom->profile == PROFILE_ELEVE ? QUERY_IMPORT_KNOWN_PUPIL : QUERY_IMPORT_KNOWN_GUARDIAN;
    if (!session_ask(session, query, &parameters, &rows, fault)) {
        return false;
    }
    *out_found = rows_count(rows) > 0;
    if (*out_found) {
        *out_person = (struct import_person){.aaf_id = aaf_id, .structure = row_int64(rows, 0, "structure")};
        text_take(rows, "ine", out_person->ine.text, sizeof out_person->ine.text);
        text_take(rows, "civilite", out_person->civilite, sizeof out_person->civilite);
        text_take(rows, "nom", out_person->nom, sizeof out_person->nom);
        text_take(rows, "prenom", out_person->prenom, sizeof out_person->prenom);
        text_take(rows, "mail", out_person->mail.text, sizeof out_person->mail.text);
        text_take(rows, "mobile", out_person->mobile.e164, sizeof out_person->mobile.e164);
        text_take(rows, "adresse", out_person->adresse, sizeof out_person->adresse);
        text_take(rows, "code_postal", out_person->code_postal, sizeof out_person->code_postal);
        text_take(rows, "ville", out_person->ville, sizeof out_person->ville);
        text_take(rows, "pays", out_person->pays, sizeof out_person->pays);
        text_take(rows, "class", out_person->class_label, sizeof out_person->class_label);
        text_take(rows, "niveau", out_person->niveau, sizeof out_person->niveau);
        out_person->birth_date = row_date(rows, 0, "birth_date");
        links_take(row_text(rows, 0, "links"), out_person);
    }
    return true;
}
