/* Links that were mailed to who forgot the password. */
#pragma once

#include "domain/identifier.h"
#include "domain/types.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stdint.h>

struct store;

struct password_link {
    account_id account;
    int64_t number;
    bool is_dead;                 /* used, replaced, out of date, or its password was replaced since */
    struct instant credential_at; /* of the password that it is to replace */
    char login[IDENTIFIER_SIZE];
};

/* link: lent for the call; NULL without a fault: there is none. */
typedef void password_link_loaded(void *arg, const struct password_link *link, const struct fault *fault);
void password_link_load(
    struct store *store, academy_code academy, int64_t number, password_link_loaded *loaded, void *arg);
