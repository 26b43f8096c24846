/* An archive, given any bytes: libarchive as it is bounded here, then the XML reader over what is in it. */
#include "fuzz.h"

#include "domain/latin.h"
#include "import/aaf_archive.h"
#include "import/aaf_reader.h"
#include "import/file_name.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { UNPACKED_MAX = 1 << 20, RECORDS_MAX = 1000 };

struct reading {
    struct aaf_reader *reader; /* NULL: no file is at hand */
    size_t bytes;
    int files, records;
    bool is_ended;
};

static bool record_take(void *arg, const struct aaf_record *record)
{
    struct reading *reading = arg;
    FUZZ_CLAIM(record->line > 0);
    return ++reading->records < RECORDS_MAX;
}

static bool file_begins(void *arg, const char *name)
{
    struct reading *reading = arg;
    struct file_name read;
    FUZZ_CLAIM(!reading->reader && !reading->is_ended && ++reading->files <= ARCHIVE_FILES_MAX);
    FUZZ_CLAIM(utf8_is_valid(name) && strlen(name) < FILE_NAME_SHOWN_SIZE && !strchr(name, '/'));
    FUZZ_CLAIM(file_name_read(name, (struct date){2026, 9, 16}, &read));
    reading->reader = aaf_reader_new(record_take, reading);
    return true;
}

static bool file_bytes(void *arg, const char *bytes, size_t length)
{
    struct reading *reading = arg;
    reading->bytes += length;
    FUZZ_CLAIM(reading->reader && length > 0 && reading->bytes <= UNPACKED_MAX);
    reading->is_ended = !aaf_reader_feed(reading->reader, bytes, length);
    return !reading->is_ended;
}

static bool file_ends(void *arg)
{
    struct reading *reading = arg;
    FUZZ_CLAIM(reading->reader && !reading->is_ended);
    bool is_sound = aaf_reader_end(reading->reader);
    FUZZ_CLAIM(!is_sound || !aaf_reader_is_stopped(reading->reader));
    aaf_reader_free(&reading->reader);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct reading reading = {0};
    const struct archive_visitor visitor = {file_begins, file_bytes, file_ends, &reading};
    _Atomic int64_t bytes_done = 0;
    bool is_cut_off;
    int file = memfd_create("archive", MFD_CLOEXEC);
    FUZZ_CLAIM(file >= 0 && write(file, bytes, length) == (ssize_t)length);
    enum refusal refusal = archive_visit(file, UNPACKED_MAX, &visitor, &bytes_done, &is_cut_off);
    FUZZ_CLAIM(refusal == REFUSAL_NONE || refusal == REFUSAL_ARCHIVE_UNREADABLE || refusal == REFUSAL_ARCHIVE_UNSAFE);
    FUZZ_CLAIM(!is_cut_off || refusal == REFUSAL_ARCHIVE_UNREADABLE);
    FUZZ_CLAIM(bytes_done >= 0);
    aaf_reader_free(&reading.reader);
    (void)close(file);
    return 0;
}
