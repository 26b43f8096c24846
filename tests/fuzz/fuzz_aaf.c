/* A file of AAF, given any bytes: the XML reader, then the checks of each record that it gives. Then the same file again, all
 * whose requests are known by their bytes: the same must come of it. */
#include "fuzz.h"

#include "domain/latin.h"
#include "import/record.h"
#include "runtime/arena.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <string.h>

enum { RECORDS_MAX = 1000, ID_SHOWN = 40 };

struct reading {
    struct report *report;
    struct arena *arena;
    int records;
    char ids[RECORDS_MAX][ID_SHOWN];
    unsigned char digests[RECORDS_MAX][RECORD_DIGEST_SIZE];
    bool has_digest[RECORDS_MAX];
    int64_t lines[RECORDS_MAX];  /* 0: passed over */
    const struct reading *known; /* the first one, of the second, */
    unsigned char known_most;    /* as far as its digests begin with no more */
    bool is_sound;
    int64_t line;
    struct aaf_notes notes;
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

static bool id_add(struct reading *reading, const char *id)
{
    (void)snprintf(reading->ids[reading->records], ID_SHOWN, "%s", id);
    return ++reading->records < RECORDS_MAX;
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
    reading->lines[reading->records] = record->line;
    reading->has_digest[reading->records] = record->has_request_digest;
    memcpy(reading->digests[reading->records], record->request_digest, RECORD_DIGEST_SIZE);
    return id_add(reading, record->id);
}

static enum aaf_seen seen(void *arg, const struct aaf_request *request)
{
    struct reading *reading = arg;
    const struct reading *known = reading->known;
    for (int i = 0; known && i < known->records; i++) {
        if (known->has_digest[i] && known->digests[i][0] <= reading->known_most &&
            memcmp(known->digests[i], request->digest, RECORD_DIGEST_SIZE) == 0) {
            return id_add(reading, request->id) ? AAF_SEEN : AAF_SEEN_STOP;
        }
    }
    return AAF_SEEN_NOT;
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
static void read_all(struct reading *reading, const uint8_t *bytes, size_t length)
{
    struct aaf_reader *reader = aaf_reader_new(check, reading);
    aaf_reader_ask(reader, seen);
    size_t step = (size_t)bytes[0] + 1;
    bool goes_on = true;
    for (size_t at = 1; at < length && goes_on; at += step) {
        goes_on = aaf_reader_feed(reader, (const char *)bytes + at, at + step < length ? step : length - at);
    }
    reading->is_sound = goes_on && aaf_reader_end(reader);
    FUZZ_CLAIM(!reading->is_sound || !aaf_reader_is_stopped(reader));
    reading->line = aaf_reader_line(reader);
    FUZZ_CLAIM(reading->line > 0);
    reading->notes = *aaf_reader_notes(reader);
    notes_are_sound(&reading->notes);
    aaf_reader_free(&reader);
}

static void both_are_the_same(const struct reading *first, const struct reading *again)
{
    FUZZ_CLAIM(again->is_sound == first->is_sound && again->records == first->records && again->line == first->line);
    FUZZ_CLAIM(again->notes.encoding_line == first->notes.encoding_line);
    FUZZ_CLAIM(again->notes.html_entity_line == first->notes.html_entity_line);
    FUZZ_CLAIM(again->notes.unknown_count == first->notes.unknown_count);
    for (int i = 0; i < first->records; i++) {
        FUZZ_CLAIM(strcmp(again->ids[i], first->ids[i]) == 0);
        FUZZ_CLAIM(again->lines[i] == 0 || again->lines[i] == first->lines[i]);
    }
}

static struct reading *reading_new(const struct reading *known)
{
    struct reading *reading = checked_calloc(1, sizeof *reading);
    reading->report = report_new();
    reading->arena = arena_new(1 << 20);
    reading->known = known;
    (void)report_file(reading->report, "fuzz");
    return reading;
}

static void reading_free(struct reading **reading)
{
    arena_free(&(*reading)->arena);
    report_free(&(*reading)->report);
    memory_free(reading);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0) {
        return 0;
    }
    struct reading *first = reading_new(NULL);
    read_all(first, bytes, length);
    for (int most = 0x7F; most <= 0xFF; most += 0x80) {
        struct reading *again = reading_new(first);
        again->known_most = (unsigned char)most; /* half of them, then all */
        read_all(again, bytes, length);
        both_are_the_same(first, again);
        reading_free(&again);
    }
    reading_free(&first);
    return 0;
}
