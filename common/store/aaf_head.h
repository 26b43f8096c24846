/* Whom AAF names head of a school, and whose account follows that: its schools then are those that AAF says. */
#pragma once

#include "store/administrator.h"
#include "store/audit.h"

struct session;
struct store;

struct aaf_head {
    const char *name, *mail;   /* lent; mail "" when none */
    administrator_id follower; /* whose account follows this person; its v is 0: nobody's */
};

/* head: NULL when AAF names nobody so, or with the fault. */
typedef void aaf_head_found(void *arg, const struct aaf_head *head, const struct fault *fault);
void aaf_head_find(struct store *store, const struct administrator_head *who, aaf_head_found *found, void *arg);

/* In the place of any other; count: whether it is another one. */
void aaf_head_follow(struct store *store, const struct audit_author *author, administrator_id id,
    const struct administrator_head *who, administrator_changed *changed, void *arg);
/* -1: nothing would be left. Ends what was given of what is gone. */
void aaf_head_unfollow(struct store *store, const struct audit_author *author, administrator_id id,
    administrator_changed *changed, void *arg);

/* Of nobody's account. */
struct aaf_head_listed {
    struct administrator_head who;
    const char *name, *mail; /* lent */
    const char *uais;        /* apart by blanks */
};
typedef void aaf_head_told(void *arg, const struct aaf_head_listed *head);
MUST_USE bool aaf_heads_unaccounted(
    struct session *session, academy_code academy, aaf_head_told *told, void *arg, struct fault *fault);
