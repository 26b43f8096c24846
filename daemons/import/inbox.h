/* The inboxes on disk: one folder an academy, named by its number. What lies there, since when, and whether it is its
 * turn; an archive's way out of there. Blocks: for a thread.
 *
 *   <inbox>/<academy>/NAME              dropped: a file, or a folder of XML files
 *   <inbox>/.taken/<academy>/CLAIM      ours, by one move: whatever comes under NAME from now on is another archive
 *   <inbox>/.taken/<academy>/.CLAIM.dropped  the upload that CLAIM is our copy of, until its run has judged it
 *   <archive>/<academy>/<run>-NAME      dealt with
 *
 * An archive is taken once it has rested for import.settle and an hour of import.times came after its arrival, or
 * somebody asked since (inbox_asked.h). What was claimed comes first: a process died over it, or its run failed. */
#pragma once

#include "domain/date.h"
#include "domain/school.h"
#include "import/upload.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "runtime/schedule.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inbox_options {
    const char *inbox_directory, *archive_directory, *work_directory;
    struct duration retention; /* import.archive_retention */
    const struct day_time *times;
    size_t time_count;
    struct duration settle;
    size_t size_max; /* of what is in a delivery, unpacked, and of what is copied of it: import.archive_size_max */
};

struct inbox_archive {
    academy_code academy;
    char *path;
    char *name;        /* as it was dropped, and as it may be shown (file_name_show) */
    const char *claim; /* in `path`; NULL: it lies in the inbox */
    struct upload upload;
    struct instant arrived_at; /* it changed last, or was claimed */
    struct date date;          /* of the export by its name, otherwise of its arrival */
    bool is_wanted;            /* its turn has come, though it may still have to rest */
    bool is_asked;             /* because somebody asked */
    bool has_rested;
};

enum { INBOX_ACADEMIES_MAX = 64 };

struct inbox_list {
    struct inbox_archive *archives; /* of an academy, in the order in which they are to be taken */
    size_t count, size;
    academy_code academies[INBOX_ACADEMIES_MAX]; /* that have a folder, or something claimed */
    size_t academy_count;
    struct fault trouble; /* the first folder of an academy that could not be looked at; code NONE without any */
    bool is_resting;      /* something is wanted and has to rest */
};

/* What one look remembers for the next: what lay where, what was told to the log. All zero at first. */
struct inbox_memory {
    struct inbox_list last;
    struct inbox_told {
        char *what;
        bool is_so; /* at the present look */
    } * told;
    size_t told_count;
    struct inbox_spared {
        struct inbox_old {
            char *path;
            uint64_t inode;
            struct instant changed_at;
        } * entries;
        size_t count;
    } spared; /* what was old at the last inbox_retain_dropped; the next of the same name is another */
};
void inbox_memory_clear(struct inbox_memory *memory);

/* A thing that cannot be looked at stops nobody else: it is told once to the log. false: not even the inbox itself. */
MUST_USE bool inbox_scan(const struct inbox_options *options, struct instant now, struct inbox_memory *memory,
    struct inbox_list *out_list, struct fault *fault);
void inbox_list_clear(struct inbox_list *list);

/* --- an archive's way --- */

/* Takes it out of the inbox. *out_path: where it is now; NULL: it went, changes, or is open for writing: later. What could not be copied
 * (unreadable, larger than size_max) or removed afterwards stays: false. */
MUST_USE bool inbox_claim(
    const struct inbox_options *options, const struct inbox_archive *archive, char **out_path, struct fault *fault);
/* In `path`, which inbox_claim gave: its name among the claimed ones, unique for ever. */
const char *inbox_claim_of(const char *path);
/* As it was dropped, and as it may be shown. The caller owns it. */
NEVER_NULL MUST_USE char *inbox_name_of_claim(const char *claim);

/* What was claimed becomes our own, if another account owns it or it has a name elsewhere: it is copied, since whoever had
 * it open, or keeps a link to it, could still write to it. Before it is read, each time: a second one does nothing. Of one that is
 * larger than size_max, or when it is stopped, nothing stays. */
MUST_USE bool inbox_own(const struct inbox_options *options, academy_code academy, const char *claim,
    const atomic_bool *is_stopping, struct fault *fault);
/* What inbox_own copied goes: nothing is left of the upload itself, which otherwise waits for inbox_give_back. */
MUST_USE bool inbox_upload_remove(
    const struct inbox_options *options, academy_code academy, const char *claim, struct fault *fault);

/* Back to the inbox, the upload itself and not its copy, where it is wanted from now on; under its claim's name if another came under its own. */
MUST_USE bool inbox_give_back(
    const struct inbox_options *options, academy_code academy, const char *claim, struct fault *fault);

/* To the archive folder, over file systems if need be; whole under its name, or not there. Done before: true. */
MUST_USE bool inbox_put_away(
    const struct inbox_options *options, academy_code academy, const char *claim, import_id run, struct fault *fault);

/* Removes what was put away longer ago than options->retention; *out_count: how many. false: at least one could not be removed. */
MUST_USE bool inbox_retain(
    const struct inbox_options *options, struct instant now, size_t *out_count, struct fault *fault);
/* For how long what was dropped, or waits for somebody's word, is kept: as long as an archive, and a week at least. */
struct duration inbox_patience(const struct inbox_options *options);
/* The same of whatever lies in an inbox and did not change for that patience: what is not whole, not readable, not ours by its name, or was
 * never taken; each is told to the log, and goes at the second time only, for its hour may come: it may wait since we were away. Claims stay,
 * for their run (run.c). */
MUST_USE bool inbox_retain_dropped(const struct inbox_options *options, struct instant now, struct inbox_memory *memory,
    size_t *out_count, struct fault *fault);
void inbox_spared_clear(struct inbox_spared *spared);
/* A claim that nobody decided in time: nothing is left of it. */
MUST_USE bool inbox_claim_remove(
    const struct inbox_options *options, academy_code academy, const char *claim, struct fault *fault);
/* When it was claimed, which its name says. */
struct instant inbox_claimed_at(const char *claim);

/* "10", "010": the folder of an academy. */
bool inbox_is_academy(const char *folder, academy_code *out_academy);
