/* preauctl key list and key reseal: the keys of the ring and how much each sealed; what old ones sealed, sealed anew by the newest. The store
 * is asked as the owner of the schema: no daemon may read all that is sealed. */
#include "crypto/random.h"
#include "crypto/seal.h"
#include "ctl/output.h"
#include "runtime/cleanup.h"
#include "runtime/key_file.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/sealed_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PROBLEM_SIZE = 4400, COUNTS_MAX = 256 };

/* What both stand on. */
struct work {
    const struct ctl *ctl;
    struct key_ring *keys;
    struct session *session;
    enum ctl_exit code; /* when it could not begin */
};

static void work_end(struct work *work)
{
    session_close(&work->session);
    key_ring_free(&work->keys);
}

static bool open_store(struct work *work)
{
    struct fault fault = {0};
    const struct session_options options = {
        .conninfo = ctl_owner_conninfo(work->ctl),
        .program = "preauctl",
        .connect_timeout = config_duration(work->ctl->config, CONFIG_DATABASE_CONNECT_TIMEOUT),
    };
    if (session_open(&options, &work->session, &fault) && session_check_schema(work->session, &fault))
        return true;
    work->code = ctl_fail_fault(work->ctl, "base de données", &fault);
    return false;
}

static bool work_begin(const struct ctl *ctl, struct work *out_work)
{
    char problem[PROBLEM_SIZE] = "libsodium";
    *out_work = (struct work){.ctl = ctl};
    out_work->keys =
        crypto_begin() ? key_ring_load(config_text(ctl->config, CONFIG_KEYS_DIRECTORY), problem, sizeof problem) : NULL;
    if (out_work->keys == NULL) {
        out_work->code = ctl_fail(ctl, CTL_UNREACHABLE, "crypto", "trousseau : %.400s", problem);
        return false;
    }
    return open_store(out_work);
}

static enum ctl_exit failed(const struct work *work, const struct fault *fault)
{
    return ctl_fail_fault(work->ctl, "base de données", fault);
}

/* --- list --- */

static const struct sealed_count *count_of(const struct sealed_count *counts, size_t count, uint32_t key)
{
    static const struct sealed_count none;
    for (size_t i = 0; i < count; i++)
        if (counts[i].key == key)
            return &counts[i];
    return &none;
}

static json_t *rows_json(const struct sealed_count *count)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "passwords", (json_int_t)count->lasting[SEALED_PASSWORD], "second_factors",
        (json_int_t)count->lasting[SEALED_SECOND_FACTOR], "documents", (json_int_t)count->documents, "passing",
        (json_int_t)count->passing);
}

static void rows_print(const struct sealed_count *count)
{
    (void)printf("    a scellé %" PRId64 " mots de passe provisoires, %" PRId64 " doubles authentifications ; %" PRId64
                 " documents et %" PRId64 " secrets de passage, qui expirent\n",
        count->lasting[SEALED_PASSWORD], count->lasting[SEALED_SECOND_FACTOR], count->documents, count->passing);
}

static void key_tell(
    const struct work *work, const struct key_shown *key, const struct sealed_count *count, json_t *all)
{
    const char *use = key->use == KEY_NEXT ? "next" : key->is_newest ? "writes" : "reads";
    const char *word = key->use == KEY_NEXT ? "prochaine" : key->is_newest ? "écrit" : "lit";
    char name[KEY_NAME_SIZE];
    char at[CTL_INSTANT_SIZE];
    key_name(key->purpose, key->number, key->use, name);
    _cleanup_(memory_free) char *path =
        checked_printf("%s/%s", config_text(work->ctl->config, CONFIG_KEYS_DIRECTORY), name);
    struct instant written = key_file_written(path);
    bool is_sealing = key->purpose == KEY_SEALING;
    if (work->ctl->is_json) {
        (void)json_array_append_new(
            all, json_pack("{s:s, s:s, s:I, s:s, s:o, s:o}", "file", name, "purpose", key_purpose_name(key->purpose),
                     "number", (json_int_t)key->number, "use", use, "written_at", ctl_json_instant(written.us), "rows",
                     is_sealing ? rows_json(count) : json_null()));
        return;
    }
    ctl_write_instant(written.us, at);
    (void)printf("%-24s %s, écrite le %s\n", name, word, at);
    if (is_sealing)
        rows_print(count);
}

static bool is_held(const struct key_shown *keys, size_t count, uint32_t number)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i].purpose == KEY_SEALING && keys[i].number == number)
            return true;
    return false;
}

/* false: some rows are of a key that is not there. */
static bool lost_tell(const struct work *work, const struct key_shown *keys, size_t key_count,
    const struct sealed_count *counts, size_t count, json_t *lost)
{
    bool is_whole = true;
    for (size_t i = 0; i < count; i++) {
        if (is_held(keys, key_count, counts[i].key))
            continue;
        is_whole = false;
        if (work->ctl->is_json) {
            (void)json_array_append_new(
                lost, json_pack("{s:I, s:o}", "number", (json_int_t)counts[i].key, "rows", rows_json(&counts[i])));
            continue;
        }
        (void)printf("sealing-%" PRIu32 ".key          ABSENTE du trousseau\n", counts[i].key);
        rows_print(&counts[i]);
    }
    return is_whole;
}

enum ctl_exit ctl_key_list(const struct ctl *ctl)
{
    struct fault fault = {0};
    struct key_shown keys[KEYS_MAX];
    struct sealed_count counts[COUNTS_MAX];
    size_t count = 0;
    _cleanup_(work_end) struct work work;
    if (!work_begin(ctl, &work))
        return work.code;
    if (!sealed_count_load(work.session, counts, COUNTS_MAX, &count, &fault))
        return failed(&work, &fault);
    json_t *all = json_array();
    json_t *lost = json_array();
    size_t key_count = key_ring_show(work.keys, keys);
    for (size_t i = 0; i < key_count; i++)
        key_tell(&work, &keys[i], count_of(counts, count, keys[i].number), all);
    bool is_whole = lost_tell(&work, keys, key_count, counts, count, lost);
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:O, s:O}", "keys", all, "lost", lost));
    json_decref(all);
    json_decref(lost);
    return is_whole ? CTL_OK : CTL_NO;
}

/* --- reseal --- */

/* By the newest key, in the same place. What does not open stays: its key is lost, or it was put there by no daemon. */
static void seal_anew(const struct key_ring *keys, enum sealed_kind kind, struct sealed_row *row)
{
    static const char *const places[] = {[SEALED_PASSWORD] = "credential", [SEALED_SECOND_FACTOR] = "totp"};
    char place[SEAL_PLACE_SIZE];
    unsigned char plain[SEALED_BYTES_MAX];
    seal_place(place, places[kind], row->academy, row->id);
    row->has_no_new_seal = row->length > sizeof row->old || !seal_open(keys, place, row->old, row->length, plain);
    if (!row->has_no_new_seal)
        seal_make(keys, place, plain, row->length - SEAL_OVERHEAD, row->new);
    secret_wipe(plain, sizeof plain);
}

struct tally {
    int64_t done, closed; /* sealed anew; that do not open */
};

/* One walk along the rows, in transactions of SEALED_ROWS_AT_ONCE: daemons go on between any two, and it may be killed and begun again. */
static bool reseal_kind(
    const struct work *work, enum sealed_kind kind, uint32_t key, struct tally *tally, struct fault *fault)
{
    struct sealed_row *rows = checked_calloc(SEALED_ROWS_AT_ONCE, sizeof *rows);
    struct sealed_row last = {.academy = -1};
    size_t count = SEALED_ROWS_AT_ONCE;
    bool goes_on = true;
    while (goes_on && count == SEALED_ROWS_AT_ONCE) {
        int64_t changed = 0;
        goes_on = sealed_rows_load(work->session, kind, &last, key, rows, &count, fault);
        for (size_t i = 0; goes_on && i < count; i++) {
            seal_anew(work->keys, kind, &rows[i]);
            tally->closed += rows[i].has_no_new_seal;
        }
        goes_on = goes_on && (count == 0 || sealed_rows_replace(work->session, kind, rows, count, &changed, fault));
        tally->done += changed;
        if (goes_on && count > 0)
            last = rows[count - 1];
    }
    memory_free(&rows);
    return goes_on;
}

static uint32_t newest_of(const struct key_ring *ring)
{
    struct key_shown keys[KEYS_MAX];
    size_t count = key_ring_show(ring, keys);
    for (size_t i = 0; i < count; i++)
        if (keys[i].purpose == KEY_SEALING && keys[i].is_newest)
            return keys[i].number;
    return 0; /* no ring is loaded without one */
}

enum ctl_exit ctl_key_reseal(const struct ctl *ctl)
{
    struct fault fault = {0};
    struct tally tallies[SEALED_KIND_COUNT] = {0};
    _cleanup_(work_end) struct work work;
    if (!work_begin(ctl, &work))
        return work.code;
    uint32_t key = newest_of(work.keys);
    for (int kind = 0; kind < SEALED_KIND_COUNT; kind++)
        if (!reseal_kind(&work, (enum sealed_kind)kind, key, &tallies[kind], &fault))
            return failed(&work, &fault);
    int64_t closed = tallies[SEALED_PASSWORD].closed + tallies[SEALED_SECOND_FACTOR].closed;
    if (ctl->is_json) {
        ctl_print_json(json_pack("{s:I, s:I, s:I, s:I}", "number", (json_int_t)key, "passwords",
            (json_int_t)tallies[SEALED_PASSWORD].done, "second_factors", (json_int_t)tallies[SEALED_SECOND_FACTOR].done,
            "unreadable", (json_int_t)closed));
        return closed == 0 ? CTL_OK : CTL_NO;
    }
    (void)printf("scellés de nouveau par sealing-%" PRIu32 ".key : %" PRId64 " mots de passe provisoires, %" PRId64
                 " doubles authentifications\n",
        key, tallies[SEALED_PASSWORD].done, tallies[SEALED_SECOND_FACTOR].done);
    if (closed > 0)
        (void)printf("laissés tels quels, qu’aucune clef du trousseau n’ouvre : %" PRId64 "\n", closed);
    return closed == 0 ? CTL_OK : CTL_NO;
}
