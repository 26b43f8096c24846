#include "store/import_merge_list.h"

#include "runtime/memory.h"
#include "store/query.h"

struct listing_merges {
    import_merges_loaded *loaded;
    void *arg;
};

static void merges_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct listing_merges *listing = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    struct listed_merge *merges = checked_calloc(count + 1, sizeof *merges);
    for (int row = 0; row < (int)count; row++) {
        merges[row] = (struct listed_merge){
            .id = row_int64(rows, row, "id"),
            .academy.v = (int16_t)row_int64(rows, row, "academy"),
            .degree = (int)row_int64(rows, row, "degree"),
            .aaf_id = row_int64(rows, row, "aaf_id"),
            .from_login = row_text(rows, row, "from_login"),
            .into_login = row_text(rows, row, "into_login"),
            .evidence = row_text(rows, row, "evidence"),
            .merged_at = row_instant(rows, row, "merged_at"),
            .undone_at = row_instant(rows, row, "undone_at"),
            .undone_by = row_text(rows, row, "undone_by"),
        };
    }
    listing->loaded(listing->arg, rows ? merges : NULL, count, fault);
    memory_free(&merges);
    memory_free(&listing);
}

void import_list_merges(
    struct store *store, academy_code academy, int64_t limit, import_merges_loaded *loaded, void *arg)
{
    struct listing_merges *listing = checked_malloc(sizeof *listing);
    *listing = (struct listing_merges){loaded, arg};
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, limit);
    store_run(store, QUERY_IMPORT_MERGE_LIST, &parameters, merges_rows, listing);
    parameters_clear(&parameters);
}
