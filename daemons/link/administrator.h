/* Local accounts of administrators: adding and listing, and what other files say of them in the same words. */
#pragma once

#include "bus/service.h"
#include "domain/password.h"
#include "link.pb-c.h"
#include "link/link.h"
#include "store/aaf_head.h"

void administrator_create(struct link *link, struct call *call, const Preau__Link__AddAdministratorRequest *request);
void administrator_show_all(struct link *link, struct call *call);

/* MALFORMED when it is none. */
enum refusal head_read(const Preau__Link__HeadRef *given, struct administrator_head *out_head);
/* Whether AAF names such a person and the account may follow: HEAD_UNKNOWN, HEAD_TAKEN. id 0: of a new account. */
enum refusal head_judge(const struct aaf_head *head, administrator_id id);

/* MALFORMED when the role may not have one of them, or there is none; TOO_LARGE. */
enum refusal scopes_read(enum administrator_role role, Preau__Scope *const *given, size_t count,
    struct administrator_scope out_scopes[ADMINISTRATOR_SCOPES_MAX], size_t *out_count);

/* The password that was given, checked; or a new one, when "" was. */
enum refusal password_read(const struct link *link, const char *given, const char *login,
    struct provisional_password *out_generated, const char **out_password);

/* One as messages have it, with what its pointers point to. */
struct packed_administrator {
    Preau__Link__Administrator administrator;
    struct stored_administrator stored;
    Preau__Scope scopes[ADMINISTRATOR_SCOPES_MAX];
    Preau__Scope *scope_list[ADMINISTRATOR_SCOPES_MAX];
    Preau__Link__HeadRef head;
};
void administrator_pack(const struct stored_administrator *stored, struct packed_administrator *out_packed);
