/* How old the keys are that a daemon works with: a key that is never changed is a finding of every audit. */
#pragma once

#include "domain/types.h"

struct status;

/* When the newest key of `purpose` ("sealing": files sealing-NUMBER.key) of a folder was written; not set: there is none,
 * or the folder cannot be read. */
struct instant key_file_newest(const char *directory, const char *purpose);

/* What stands before the names of a folder of keys that systemd gives to a daemon (LoadCredential=keys:/etc/preau/keys; crypto/key.h). */
#define KEY_FILE_GIVEN "keys_"

/* When a key was made, as its file says, or else when the file was written; not set: it cannot be looked at, or systemd made that file when
 * it started this process. */
struct instant key_file_written(const char *path);

/* Tells it on /status (text `key_<key>_written`) and /metrics; an instant that is not set is not told.
 * key: a value of METRIC_KEY_WRITTEN. */
void key_file_tell(struct status *status, const char *key, struct instant written);
