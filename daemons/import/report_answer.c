#include "import/report_answer.h"

#include "domain/import_csv.h"

#include <string.h>

enum { TEXT_BYTES_MAX = 4000 };

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Bytes of a control character that no message may carry: those of ASCII but the line feed, U+0080 to U+009F. */
static size_t control_length(const char *at)
{
    unsigned char byte = (unsigned char)at[0];
    if ((byte < 0x20 && byte != '\n') || byte == 0x7F) {
        return 1;
    }
    return byte == 0xC2 && (unsigned char)at[1] < 0xA0 ? 2 : 0;
}

/* What others wrote, as a message carries it: a control character is shown as one that cannot be shown, a text without end
 * is cut. Of UTF-8, as the database holds it. protobuf-c knows no null text: what is not known is empty. */
static char *text_pack(struct arena *arena, const char *text)
{
    static const char replacement[] = "\uFFFD";
    char sound[TEXT_BYTES_MAX + 8];
    size_t used = 0;
    const char *at = text ? text : "";
    while (*at != '\0' && used < TEXT_BYTES_MAX) {
        size_t control = control_length(at);
        if (control > 0) {
            memcpy(sound + used, replacement, sizeof replacement - 1);
            used += sizeof replacement - 1;
            at += control;
        } else {
            do {
                sound[used++] = *at++;
            } while (is_continuation(*at));
        }
    }
    return arena_copy_bytes(arena, sound, used);
}

static void counters_pack(struct arena *arena, const struct import_run *run, Preau__Import__Run *packed)
{
    Preau__Import__Counter *counters = arena_alloc(arena, run->counter_count + 1, sizeof *counters);
    packed->counters = arena_alloc(arena, run->counter_count + 1, sizeof(void *));
    for (size_t i = 0; packed->counters && counters && i < run->counter_count; i++) {
        preau__import__counter__init(&counters[i]);
        counters[i].category = arena_copy(arena, run->counters[i].category);
        counters[i].what = arena_copy(arena, run->counters[i].what);
        counters[i].count = (uint64_t)run->counters[i].count;
        packed->counters[packed->n_counters++] = &counters[i];
    }
}

static void progress_pack(const struct queue_progress *progress, Preau__Import__Run *packed)
{
    packed->phase = (Preau__Import__RunPhase)progress->phase;
    packed->bytes_done = (uint64_t)progress->bytes_done;
    packed->bytes_total = (uint64_t)progress->bytes_total;
    packed->steps_done = (uint32_t)progress->steps_done;
    packed->steps_total = (uint32_t)progress->steps_total;
    packed->records = (uint64_t)progress->records;
    if (packed->phase == PREAU__IMPORT__RUN_PHASE__RUN_PHASE_READING) {
        packed->bytes_rate = (uint64_t)progress->pace.rate;
        packed->records_rate = (uint64_t)progress->pace.records_rate;
    }
    packed->seconds_left = (uint32_t)queue_seconds_left(progress);
}

static void decision_pack(struct arena *arena, const struct import_run *run, Preau__Import__Run *packed)
{
    packed->decision = arena_copy(arena, run->decision);
    packed->decided_by = arena_copy(arena, run->decided_by);
    packed->decided_at = run->decided_at.us;
}

Preau__Import__Run *answer_run(struct arena *arena, const struct import_run *run, const struct queue_progress *progress)
{
    Preau__Import__Run *packed = arena_alloc(arena, 1, sizeof *packed);
    if (!packed) {
        return NULL;
    }
    preau__import__run__init(packed);
    packed->id = run->id.v;
    packed->academy = (uint32_t)run->academy.v;
    packed->degree = (uint32_t)run->degree;
    packed->kind = arena_copy(arena, run->kind);
    packed->generated_on = arena_copy(arena, run->generated_on);
    packed->archive = text_pack(arena, run->archive);
    packed->check = run->checks;
    packed->state = (Preau__Import__RunState)(run->state + 1); /* the .proto counts from 1: its 0 is "not said" */
    packed->started_at = run->started_at.us;
    packed->finished_at = run->finished_at.us;
    packed->refusal = arena_copy(arena, run->refusal);
    packed->explanation = text_pack(arena, run->explanation);
    packed->records = (uint64_t)run->records;
    packed->previous = run->previous.v;
    decision_pack(arena, run, packed);
    counters_pack(arena, run, packed);
    if (progress) {
        progress_pack(progress, packed);
    }
    return packed;
}

static void record_pack(struct arena *arena, const struct import_refused *refused, Preau__Import__RefusedRecord *record)
{
    enum refusal refusal = REFUSAL_NONE; /* a code that this version does not know any more has no sentence */
    (void)refusal_from_code(refused->code, &refusal);
    preau__import__refused_record__init(record);
    record->file = text_pack(arena, refused->file);
    record->line = refused->line;
    record->category = text_pack(arena, refused->category);
    record->aaf_id = text_pack(arena, refused->aaf_id);
    record->attribute = text_pack(arena, refused->attribute);
    record->code = text_pack(arena, refused->code);
    record->value = text_pack(arena, refused->value);
    record->what = arena_copy(arena, refusal_sentence(refusal));
    record->todo = arena_copy(arena, refusal_next(refusal));
}

void answer_refused(
    struct arena *arena, const struct import_refused *refused, size_t count, Preau__Import__GetReportReply *reply)
{
    Preau__Import__RefusedRecord *records = arena_alloc(arena, count + 1, sizeof *records);
    reply->refused = arena_alloc(arena, count + 1, sizeof(void *));
    for (size_t i = 0; records && reply->refused && i < count; i++) {
        record_pack(arena, &refused[i], &records[i]);
        reply->refused[reply->n_refused++] = &records[i];
    }
}

void answer_codes(struct arena *arena, const struct import_code_count *codes, size_t count, const char *code,
    Preau__Import__GetReportReply *reply)
{
    Preau__Import__CodeCount *packed = arena_alloc(arena, count + 1, sizeof *packed);
    reply->codes = arena_alloc(arena, count + 1, sizeof(void *));
    uint64_t listed = 0;
    for (size_t i = 0; packed && reply->codes && i < count; i++) {
        enum refusal refusal = REFUSAL_NONE;
        (void)refusal_from_code(codes[i].code, &refusal);
        preau__import__code_count__init(&packed[i]);
        packed[i].code = arena_copy(arena, codes[i].code);
        packed[i].count = (uint64_t)codes[i].count;
        listed += packed[i].count;
        packed[i].what = arena_copy(arena, refusal_sentence(refusal));
        packed[i].todo = arena_copy(arena, refusal_next(refusal));
        reply->codes[reply->n_codes++] = &packed[i];
        if (code[0] == '\0' || strcmp(code, codes[i].code) == 0) {
            reply->refused_total += packed[i].count;
        }
    }
    reply->is_cut = listed >= IMPORT_LISTED_MAX;
}

/* An academy has thousands of rows of the same few words. */
struct words {
    char *texts[64];
    size_t count;
};

static char *word_pack(struct arena *arena, struct words *words, const char *text)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->texts[i], text) == 0) {
            return words->texts[i];
        }
    }
    char *copy = arena_copy(arena, text);
    if (words->count < sizeof words->texts / sizeof words->texts[0]) {
        words->texts[words->count++] = copy;
    }
    return copy;
}

void answer_schools(struct arena *arena, const struct import_school_counter *counters, size_t count,
    Preau__Import__GetReportReply *reply)
{
    struct words words = {.count = 0};
    Preau__Import__SchoolCounter *packed = arena_alloc(arena, count + 1, sizeof *packed);
    reply->schools = arena_alloc(arena, count + 1, sizeof(void *));
    for (size_t i = 0; packed && reply->schools && i < count; i++) {
        bool is_same = i > 0 && strcmp(counters[i].uai, counters[i - 1].uai) == 0;
        preau__import__school_counter__init(&packed[i]);
        packed[i].uai = is_same ? packed[i - 1].uai : text_pack(arena, counters[i].uai);
        if (!is_same) {
            packed[i].name = text_pack(arena, counters[i].name);
        }
        packed[i].category = word_pack(arena, &words, counters[i].category);
        packed[i].what = word_pack(arena, &words, counters[i].what);
        packed[i].count = (uint64_t)counters[i].count;
        reply->schools[reply->n_schools++] = &packed[i];
    }
}
