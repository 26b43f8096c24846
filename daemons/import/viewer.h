/* Whose deliveries the caller of a request may see. */
#pragma once

#include "bus/service.h"
#include "store/administrator.h"
#include "store/store.h"

struct viewer {
    bool sees_all;
    int64_t academies[ADMINISTRATOR_SCOPES_MAX];
    size_t count;
};

bool viewer_sees(const struct viewer *viewer, academy_code academy);
bool viewer_sees_none(const struct viewer *viewer);

/* viewer: lent for the call; NULL with the fault. */
typedef void viewer_known(void *arg, const struct viewer *viewer, const struct fault *fault);

/* The operator sees all, families and who says nothing of themselves nothing, administrators what their role and scopes show. May tell inside
 * this call. */
void viewer_load(struct store *store, const struct call *call, viewer_known *known, void *arg);
