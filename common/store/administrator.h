/* Administrators and their scopes, as linkd keeps them. */
#pragma once

#include "domain/administrator.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

enum { ADMINISTRATOR_NAME_SIZE = 129, ADMINISTRATOR_HASH_SIZE = 128, ADMINISTRATOR_SCOPES_MAX = 64 };

struct stored_administrator {
    administrator_id id;
    enum administrator_role role;
    char login[ADMINISTRATOR_LOGIN_SIZE];
    char name[ADMINISTRATOR_NAME_SIZE];
    char hash[ADMINISTRATOR_HASH_SIZE];
    bool is_disabled;
    struct instant last_sign_in_at;
    struct administrator_scope scopes[ADMINISTRATOR_SCOPES_MAX];
    size_t scope_count;
};

/* administrators: lent for the call; NULL with the fault. */
typedef void administrators_loaded(
    void *arg, const struct stored_administrator *administrators, size_t count, const struct fault *fault);

/* One, with the hash and without scopes, or none. */
void administrator_load(struct store *store, const char *login, administrators_loaded *loaded, void *arg);
/* All, at most 1000, in order of login, without hashes. */
void administrator_list(struct store *store, administrators_loaded *loaded, void *arg);
/* One with the id, the role and the scopes only, or none: unknown, disabled, without any scope. */
void administrator_load_scopes(struct store *store, administrator_id id, administrators_loaded *loaded, void *arg);
void administrator_note_sign_in(struct store *store, administrator_id id);

struct administrator_new {
    const char *login, *name, *mail, *hash; /* mail may be NULL */
    enum administrator_role role;
    const struct administrator_scope *scopes;
    size_t scope_count; /* at most ADMINISTRATOR_SCOPES_MAX */
};

/* id: its v is 0 when the login is taken, or with the fault. */
typedef void administrator_added(void *arg, administrator_id id, const struct fault *fault);
void administrator_add(
    struct store *store, const struct administrator_new *administrator, administrator_added *added, void *arg);
