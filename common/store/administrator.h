/* Administrators and their scopes, as linkd keeps them. */
#pragma once

#include "domain/administrator.h"
#include "runtime/fault.h"
#include "store/audit.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

enum {
    ADMINISTRATOR_NAME_SIZE = 129,
    ADMINISTRATOR_MAIL_SIZE = 255,
    ADMINISTRATOR_HASH_SIZE = 128,
    ADMINISTRATOR_SCOPES_MAX = 64,
    ADMINISTRATOR_TOTP_MAX = 80 /* bytes of a sealed secret */
};

/* A person of AAF whose record an account follows; academy 0: none. */
struct administrator_head {
    academy_code academy;
    int64_t aaf_id;
};

struct stored_administrator {
    administrator_id id;
    enum administrator_role role;
    char login[ADMINISTRATOR_LOGIN_SIZE];
    char name[ADMINISTRATOR_NAME_SIZE];
    char mail[ADMINISTRATOR_MAIL_SIZE]; /* "" none */
    bool is_disabled;
    struct instant last_sign_in_at;
    struct instant credential_at; /* password or second factor last replaced */
    bool password_is_provisional;
    struct instant totp_since; /* never: no second factor */
    struct administrator_scope scopes[ADMINISTRATOR_SCOPES_MAX];
    size_t scope_count;
    struct administrator_head head;
    /* what lists leave out */
    char hash[ADMINISTRATOR_HASH_SIZE];
    unsigned char totp_sealed[ADMINISTRATOR_TOTP_MAX];
    size_t totp_length;
    int64_t recovery_left;
};

/* administrators: lent for the call; NULL with the fault. */
typedef void administrators_loaded(
    void *arg, const struct stored_administrator *administrators, size_t count, const struct fault *fault);

/* One, or none. */
void administrator_load(struct store *store, const char *login, administrators_loaded *loaded, void *arg);
void administrator_load_by_id(struct store *store, administrator_id id, administrators_loaded *loaded, void *arg);
/* All, at most 1000, in order of login. */
void administrator_list(struct store *store, administrators_loaded *loaded, void *arg);
/* One with the id, the role and its own scopes only, or none: unknown, disabled, without any scope. */
void administrator_load_scopes(struct store *store, administrator_id id, administrators_loaded *loaded, void *arg);
/* Remembers when, with the entry of the audit trail. portal: by which one of an academy; NULL: by the password. */
typedef void administrator_noted(void *arg, const struct fault *fault);
void administrator_note_sign_in(
    struct store *store, const struct audit_author *author, const char *portal, administrator_noted *noted, void *arg);

struct administrator_new {
    const char *login, *name, *mail, *hash; /* mail may be NULL */
    enum administrator_role role;
    const struct administrator_scope *scopes;
    size_t scope_count; /* at most ADMINISTRATOR_SCOPES_MAX */
    struct administrator_head head;
    bool password_is_provisional;
    struct audit_author author;
};

/* id: its v is 0 when the login is taken, or with the fault. */
typedef void administrator_added(void *arg, administrator_id id, const struct fault *fault);
void administrator_add(
    struct store *store, const struct administrator_new *administrator, administrator_added *added, void *arg);

/* What the operator changes, each with its entry of the audit trail. count: what was changed; below 0 when it may not be;
 * also with the fault. */
typedef void administrator_changed(void *arg, int64_t count, const struct fault *fault);
/* Also ends its sessions and what it gave to others. 1, or 0 when nobody has this login. */
void administrator_disable(struct store *store, const struct audit_author *author, const char *login,
    administrator_changed *changed, void *arg);
void administrator_enable(struct store *store, const struct audit_author *author, const char *login,
    administrator_changed *changed, void *arg);

struct administrator_scopes {
    administrator_id of;
    const struct administrator_scope *list;
    size_t count; /* at most ADMINISTRATOR_SCOPES_MAX */
};
void administrator_add_scopes(struct store *store, const struct audit_author *author,
    const struct administrator_scopes *scopes, administrator_changed *changed, void *arg);
/* -1: nothing would be left. Ends what was given of what is gone. */
void administrator_remove_scopes(struct store *store, const struct audit_author *author,
    const struct administrator_scopes *scopes, administrator_changed *changed, void *arg);
