/* Argon2id on threads: slow on purpose, so bounded in number and never on the loop. */
#pragma once

#include "crypto/password_hash.h"
#include "runtime/daemon.h"

#include <stdbool.h>

struct hashing;

/* fault: NULL when known; else the daemon is stopping, or memory is short. */
typedef void hashing_verified(void *arg, bool is_right, const struct fault *fault);
/* hash: lent for the call; NULL with the fault. */
typedef void hashing_made(void *arg, const char *hash, const struct fault *fault);

/* name: of the threads, static. */
NEVER_NULL MUST_USE struct hashing *hashing_new(const struct daemon_run *run, const char *name, unsigned threads);
void hashing_free(struct hashing **hashing);

/* Made with another cost than today's; "" is not. */
bool hashing_is_outdated(const struct hashing *hashing, const char *hash);

/* hash "": of nobody, the answer is false after the same time. False: too many wait; nothing was taken. The password
 * must stay until the answer. */
MUST_USE bool hashing_verify(
    struct hashing *hashing, const char *password, const char *hash, hashing_verified *verified, void *arg);
MUST_USE bool hashing_make(struct hashing *hashing, const char *password, hashing_made *made, void *arg);
