/* A file of AAF, given any bytes: the XML reader, then the checks of each record that it gives. */
#include "fuzz.h"

#include "domain/latin.h"
#include "import/record.h"
#include "runtime/arena.h"

#include <string.h>

enum { RECORDS_MAX = 1000 };

struct reading {
    struct report *report;
    struct arena *arena;
    int records;
};

static void texts_are_sound(const struct import_person *person)
{
    FUZZ_CLAIM(person->nom[0] && person->prenom[0] && person->search_name[0]);
    FUZZ_CLAIM(utf8_is_valid(person->nom) && utf8_is_valid(person->prenom) && utf8_is_valid(person->adresse));
    FUZZ_CLAIM(identifier_is_valid(person->base.text));
    FUZZ_CLAIM(person->aaf_id > 0 && person->linked_count <= IMPORT_LINKS_MAX);
}

/* Whatever the file's bytes are, what is read is letters; and a copy says the same. */
static void record_is_sound(struct reading *reading, const struct aaf_record *record)
{
    unsigned char digests[2][RECORD_DIGEST_SIZE];
    struct aaf_record copy;
    FUZZ_CLAIM(record->count <= AAF_VALUES_MAX && record->line > 0);
    arena_reset(reading->arena);
    aaf_record_copy(record, reading->arena, &copy);
    FUZZ_CLAIM(!arena_is_overflowed(reading->arena) && strcmp(copy.id, record->id) == 0);
    for (size_t i = 0; i < record->count; i++) {
        const struct aaf_value *value = &record->values[i];
        FUZZ_CLAIM(value->attribute < AAF_ATTRIBUTE_COUNT && strlen(value->text) <= AAF_VALUE_MAX);
        FUZZ_CLAIM(utf8_is_valid(value->text) && strcmp(copy.values[i].text, value->text) == 0);
    }
    aaf_record_digest(record, digests[0]);
    aaf_record_digest(&copy, digests[1]);
    FUZZ_CLAIM(memcmp(digests[0], digests[1], sizeof digests[0]) == 0);
}

static bool check(void *arg, const struct aaf_record *record)
{
    struct reading *reading = arg;
    const struct import_place place = {1, record->line};
    const struct date today = {2025, 9, 15};
    struct import_person person;
    struct import_school school;
    record_is_sound(reading, record);
    /* every record as each kind: the kind is the file's word */
    if (record_pupil(record, place, today, reading->report, NULL, &person)) {
        texts_are_sound(&person);
        FUZZ_CLAIM(date_is_valid(person.birth_date) && person.structure > 0);
    }
    if (record_guardian(record, place, reading->report, NULL, &person)) {
        texts_are_sound(&person);
    }
    if (record_school(record, place, reading->report, &school)) {
        FUZZ_CLAIM((school.leaves.uai || uai_is_valid(school.uai.text)) && school.structure > 0);
        FUZZ_CLAIM(school.leaves.name || school.name[0]);
    }
    return ++reading->records < RECORDS_MAX;
}

static void notes_are_sound(const struct aaf_notes *notes)
{
    FUZZ_CLAIM((notes->encoding != REFUSAL_NONE) == (notes->encoding_line > 0));
    FUZZ_CLAIM(notes->unknown_count <= AAF_UNKNOWN_MAX + 1);
    for (size_t i = 0; i < notes->unknown_count; i++) {
        const struct aaf_unknown *unknown = &notes->unknown[i];
        FUZZ_CLAIM(unknown->name[0] && utf8_is_valid(unknown->name) && unknown->count > 0 && unknown->line > 0);
    }
}

/* The first byte: how many bytes the reader is given at once. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0) {
        return 0;
    }
    struct reading reading = {.report = report_new(), .arena = arena_new(1 << 20)};
    (void)report_file(reading.report, "fuzz");
    struct aaf_reader *reader = aaf_reader_new(check, &reading);
    size_t step = (size_t)bytes[0] + 1;
    bool goes_on = true;
    for (size_t at = 1; at < length && goes_on; at += step) {
        goes_on = aaf_reader_feed(reader, (const char *)bytes + at, at + step < length ? step : length - at);
    }
    bool is_sound = goes_on && aaf_reader_end(reader);
    FUZZ_CLAIM(!is_sound || !aaf_reader_is_stopped(reader));
    FUZZ_CLAIM(aaf_reader_line(reader) > 0);
    notes_are_sound(aaf_reader_notes(reader));
    aaf_reader_free(&reader);
    arena_free(&reading.arena);
    report_free(&reading.report);
    return 0;
}
