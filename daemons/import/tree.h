/* Folders and what is in them, seen by descriptors: no link is ever followed, so that nobody who may write there leads
 * us elsewhere. */
#pragma once

#include "runtime/attributes.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum { TREE_DEPTH_MAX = 32 };

struct tree_entry {
    int folder;       /* that it is in */
    const char *name; /* there */
    const char *path; /* from the top */
    int depth;        /* 0: at the top */
    struct stat status;
};

enum tree_step { TREE_ON, TREE_ENTER /* a folder's entries come next */, TREE_STOP };
typedef enum tree_step tree_visit(void *arg, const struct tree_entry *entry);

/* Each entry, a folder before what is in it. false: something could not be looked at; errno says why (ELOOP: deeper than
 * TREE_DEPTH_MAX). True also when the visitor stopped it. */
MUST_USE bool tree_walk(int top, tree_visit *visit, void *arg);

/* A file, or a folder with all that is in it. What is not there is gone already. false: errno. */
MUST_USE bool tree_remove(int folder, const char *name);

/* What a copy may take, which is what another account chose. */
struct tree_bound {
    int64_t bytes;                  /* left; an entry takes TREE_ENTRY_BYTES at least */
    const atomic_bool *is_stopping; /* NULL: nobody stops it */
};
enum { TREE_ENTRY_BYTES = 4096 };

/* A regular file, or a folder with its regular files, under a name that nobody else has, as old as they are; safe on
 * disk afterwards. What is neither becomes a link to nowhere: who refuses a folder for what is in it refuses the copy too.
 * bound: NULL, without any. false: errno (EFBIG: more than the bound; ECANCELED: stopped), and what was copied is there. */
MUST_USE bool tree_copy(int from_folder, const char *from, int to_folder, const char *to, struct tree_bound *bound);

/* A path below a folder; no link in it, and no way out. -1: errno. */
int tree_open(int folder, const char *path, int flags);

/* For _cleanup_. */
void descriptor_close(const int *descriptor);
void directory_close(DIR **directory);
