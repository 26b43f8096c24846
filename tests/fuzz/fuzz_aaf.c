/* A file of AAF, given any bytes: the XML reader, then the checks of each record that it gives. */
#include "fuzz.h"

#include "domain/latin.h"
#include "import/record.h"

#include <string.h>

enum { RECORDS_MAX = 1000 };

struct reading {
    struct report *report;
    int records;
};

static void texts_are_sound(const struct import_person *person)
{
    FUZZ_CLAIM(person->nom[0] && person->prenom[0] && person->search_name[0]);
    FUZZ_CLAIM(utf8_is_valid(person->nom) && utf8_is_valid(person->prenom) && utf8_is_valid(person->adresse));
    FUZZ_CLAIM(identifier_is_valid(person->base.text));
    FUZZ_CLAIM(person->aaf_id > 0 && person->linked_count <= IMPORT_LINKS_MAX);
}

static bool check(void *arg, const struct aaf_record *record)
{
    struct reading *reading = arg;
    const struct import_place place = {1, record->line};
    const struct date today = {2025, 9, 15};
    struct import_person person;
    struct import_school school;
    FUZZ_CLAIM(record->count <= AAF_VALUES_MAX && record->line > 0);
    /* every record as each kind: the kind is the file's word */
    if (record_pupil(record, place, today, reading->report, &person)) {
        texts_are_sound(&person);
        FUZZ_CLAIM(date_is_valid(person.birth_date) && person.structure > 0);
    }
    if (record_guardian(record, place, reading->report, &person)) {
        texts_are_sound(&person);
    }
    if (record_school(record, place, reading->report, &school)) {
        FUZZ_CLAIM(uai_is_valid(school.uai.text) && school.structure > 0);
    }
    return ++reading->records < RECORDS_MAX;
}

/* The first byte: how many bytes the reader is given at once. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0) {
        return 0;
    }
    struct reading reading = {.report = report_new()};
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
    aaf_reader_free(&reader);
    report_free(&reading.report);
    return 0;
}
