#include "portal/assets.h"

#include "crypto/random.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES_MAX = 1000, FILE_SIZE_MAX = 4 * 1024 * 1024 };

struct assets {
    char *directory;
    char version[ASSETS_VERSION_SIZE];
    char prefix[ASSETS_VERSION_SIZE + 16];
};

static void tree_close(FTS **tree)
{
    if (*tree) {
        (void)fts_close(*tree);
    }
}

static void file_close(FILE **file)
{
    if (*file) {
        (void)fclose(*file);
    }
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* digest := digest of (digest, name, content): the order of the tree is fixed. */
static bool digest_file(const FTSENT *entry, unsigned char digest[DIGEST_SIZE], struct fault *fault)
{
    size_t size = (size_t)entry->fts_statp->st_size;
    size_t name_size = strlen(entry->fts_path) + 1;
    _cleanup_(file_close) FILE *file = fopen(entry->fts_accpath, "rbe");
    if (!file) {
        return fault_from_errno(fault, FAULT_IO, "%s", entry->fts_path);
    }
    if (size > FILE_SIZE_MAX) {
        return fault_set(fault, FAULT_LIMIT, "%s: more than 4 MiB", entry->fts_path);
    }
    _cleanup_(memory_free) unsigned char *bytes = checked_malloc(DIGEST_SIZE + name_size + size);
    memcpy(bytes, digest, DIGEST_SIZE);
    memcpy(bytes + DIGEST_SIZE, entry->fts_path, name_size);
    if (fread(bytes + DIGEST_SIZE + name_size, 1, size, file) != size) {
        return fault_set(fault, FAULT_IO, "%s: cut short", entry->fts_path);
    }
    digest_make(bytes, DIGEST_SIZE + name_size + size, digest);
    return true;
}

static bool digest_tree(const char *directory, unsigned char digest[DIGEST_SIZE], struct fault *fault)
{
    _cleanup_(memory_free) char *root = checked_strdup(directory);
    char *const roots[] = {root, NULL};
    _cleanup_(tree_close) FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    if (!tree) {
        return fault_from_errno(fault, FAULT_IO, "%s", directory);
    }
    size_t files = 0;
    for (FTSENT *entry; (entry = fts_read(tree));) {
        if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR || entry->fts_info == FTS_NS) {
            errno = entry->fts_errno;
            return fault_from_errno(fault, FAULT_IO, "%s", entry->fts_path);
        }
        if (entry->fts_info == FTS_F && ++files > FILES_MAX) {
            return fault_set(fault, FAULT_LIMIT, "%s: more than %d files", directory, FILES_MAX);
        }
        if (entry->fts_info == FTS_F && !digest_file(entry, digest, fault)) {
            return false;
        }
    }
    return true;
}

static bool has_design_system(const char *directory)
{
    _cleanup_(memory_free) char *name = checked_printf("%s/dsfr.css", directory);
    _cleanup_(file_close) FILE *file = fopen(name, "re");
    return file != NULL;
}

bool assets_open(const char *directory, struct assets **out_assets, struct fault *fault)
{
    unsigned char digest[DIGEST_SIZE] = {0};
    if (!has_design_system(directory)) {
        fault_set(fault, FAULT_MISSING, "%s/dsfr.css is not there", directory);
        return fault_hint(fault, "portal.asset_directory is made by daemons/portal/collect-assets.");
    }
    if (!digest_tree(directory, digest, fault)) {
        return false;
    }
    struct assets *assets = checked_calloc(1, sizeof *assets);
    assets->directory = checked_strdup(directory);
    for (size_t i = 0; i < (ASSETS_VERSION_SIZE - 1) / 2; i++) {
        snprintf(assets->version + 2 * i, 3, "%02x", digest[i]);
    }
    snprintf(assets->prefix, sizeof assets->prefix, "/assets/%s", assets->version);
    *out_assets = assets;
    return true;
}

void assets_close(struct assets **assets)
{
    if (*assets) {
        memory_free(&(*assets)->directory);
        memory_free(assets);
    }
}

const char *assets_prefix(const struct assets *assets)
{
    return assets->prefix;
}

void assets_reply(const struct assets *assets, struct http_request *request, const char *name)
{
    const char *slash = strchr(name, '/');
    if (!slash) {
        http_set_security_headers(request);
        http_reply_text(request, 404, "Introuvable.\n");
        return;
    }
    bool is_present = (size_t)(slash - name) == strlen(assets->version) &&
                      strncmp(name, assets->version, strlen(assets->version)) == 0;
    http_reply_file(request, assets->directory, slash + 1, is_present ? DAYS(365) : SECONDS(0));
}
