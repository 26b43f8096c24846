/* What the files of preauctl admin share. */
#pragma once

#include "ctl/call.h"
#include "domain/school.h"
#include "link.pb-c.h"

const char *role_word(Preau__AdministratorRole role);
bool role_read(const char *word, Preau__AdministratorRole *out_role);

/* "10:123456" or "Lyon:123456": an académie and ENTPersonJointure. */
bool ctl_head_read(const char *text, Preau__Link__HeadRef *out_head);

/* NULL, and told, when it cannot be opened. */
struct ctl_service *ctl_open_link(const struct ctl *ctl);

struct ctl_scopes {
    Preau__Scope values[CTL_VALUES_MAX];
    Preau__Scope *list[CTL_VALUES_MAX];
    char uais[CTL_VALUES_MAX][UAI_SIZE];
    size_t count;
};
/* The schools, académies and nation of the command line; NULL, or the value that is none. */
const char *ctl_scopes_read(const struct ctl *ctl, struct ctl_scopes *out_scopes);
