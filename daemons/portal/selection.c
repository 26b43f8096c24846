#include "portal/selection.h"

#include "portal/path.h"

#include <stdio.h>
#include <string.h>

enum selection_read selection_add_account(struct selection *selection, academy_code academy, account_id account)
{
    for (size_t i = 0; i < selection->count; i++) {
        if (selection->ids[i] == account.v && selection->academies[i] == academy.v) {
            return SELECTION_READ;
        }
    }
    if (selection->count == SELECTION_MAX) {
        return SELECTION_FULL;
    }
    selection->academies[selection->count] = academy.v;
    selection->ids[selection->count] = account.v;
    selection->count++;
    return SELECTION_READ;
}

enum selection_read selection_add(struct selection *selection, const char *text)
{
    while (*text != '\0') {
        academy_code academy;
        account_id account;
        size_t length = strcspn(text, ",");
        if (!path_read_account(text, length, &academy, &account)) {
            return SELECTION_WRONG;
        }
        enum selection_read read = selection_add_account(selection, academy, account);
        if (read != SELECTION_READ) {
            return read;
        }
        text += length;
        if (*text == ',' && *++text == '\0') {
            return SELECTION_WRONG;
        }
    }
    return SELECTION_READ;
}

void selection_write(const struct selection *selection, char *out_text)
{
    char *at = out_text;
    *at = '\0';
    for (size_t i = 0; i < selection->count; i++) {
        at += snprintf(at, SELECTION_TEXT_SIZE, "%s%lld-%lld", i > 0 ? "," : "", (long long)selection->academies[i],
            (long long)selection->ids[i]);
    }
}
