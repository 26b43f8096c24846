#include "link/rehash.h"

#include "domain/password.h"
#include "link/hashing.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/opening.h"
#include "store/second_factor.h"

#include <stdio.h>
#include <string.h>

struct rehash {
    struct link *link;
    academy_code academy;
    account_id account;             /* 0: of an administrator */
    administrator_id administrator; /* 0: of a person */
    char hash[PASSWORD_HASH_SIZE];  /* replaced if it is still there */
    char password[PASSWORD_BYTES_MAX + 1];
};

static void rehash_free(struct rehash *rehash)
{
    secret_wipe(rehash, sizeof *rehash);
    memory_free(&rehash);
}

static void rehash_made(void *arg, const char *hash, const struct fault *fault)
{
    struct rehash *rehash = arg;
    if (!hash) {
        log_event(LOG_WARNING, "password_not_rehashed", F("fault", fault));
    } else if (rehash->account.v != 0) {
        opening_rehash(rehash->link->store, rehash->academy, rehash->account, rehash->hash, hash);
    } else {
        administrator_rehash(rehash->link->store, rehash->administrator, rehash->hash, hash);
    }
    rehash_free(rehash);
}

static void rehash_begin(struct hashing *hashing, struct rehash wanted, const char *hash, const char *password)
{
    if (!hashing_is_outdated(hashing, hash) || strlen(password) >= sizeof wanted.password) {
        return;
    }
    struct rehash *rehash = checked_calloc(1, sizeof *rehash);
    *rehash = wanted;
    snprintf(rehash->hash, sizeof rehash->hash, "%s", hash);
    snprintf(rehash->password, sizeof rehash->password, "%s", password);
    if (!hashing_make(hashing, rehash->password, rehash_made, rehash)) {
        rehash_free(rehash);
    }
}

void rehash_person(struct link *link, academy_code academy, account_id id, const char *hash, const char *password)
{
    rehash_begin(link->hashing, (struct rehash){.link = link, .academy = academy, .account = id}, hash, password);
}

void rehash_administrator(struct link *link, administrator_id id, const char *hash, const char *password)
{
    rehash_begin(link->hashing_administrators, (struct rehash){.link = link, .administrator = id}, hash, password);
}
