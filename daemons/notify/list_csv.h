/* The list of accounts for a spreadsheet (guide 5.4): a row an account, by name. Pure. */
#pragma once

#include "domain/account.h"
#include "notify/list_order.h"

/* order: by name. The caller frees the text, whose length is given; *out_accounts: its rows. */
char *list_csv_render(
    const struct list_order *order, enum account_profile profile, size_t *out_length, size_t *out_accounts);
