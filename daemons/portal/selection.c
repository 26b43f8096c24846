#include "portal/selection.h"

#include "portal/path.h"

#include <stdio.h>
#include <string.h>

static bool is_before(const struct selection *selection, size_t place, academy_code academy, account_id account)
{
    return selection->academies[place] != academy.v ? selection->academies[place] < academy.v
                                                    : selection->ids[place] < account.v;
}

/* Where an account stands, or would stand. Most come in order: the end is looked at first. */
static size_t place_of(const struct selection *selection, academy_code academy, account_id account)
{
    size_t low = 0;
    size_t high = selection->count;
    if (high > 0 && is_before(selection, high - 1, academy, account)) {
        return high;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_before(selection, middle, academy, account)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_at(const struct selection *selection, size_t place, academy_code academy, account_id account)
{
    return place < selection->count && selection->academies[place] == academy.v && selection->ids[place] == account.v;
}

bool selection_has(const struct selection *selection, academy_code academy, account_id account)
{
    return is_at(selection, place_of(selection, academy, account), academy, account);
}

enum selection_read selection_add_account(struct selection *selection, academy_code academy, account_id account)
{
    size_t place = place_of(selection, academy, account);
    size_t after = selection->count - place;
    if (is_at(selection, place, academy, account)) {
        return SELECTION_READ;
    }
    if (selection->count == SELECTION_MAX) {
        return SELECTION_FULL;
    }
    memmove(&selection->academies[place + 1], &selection->academies[place], after * sizeof selection->academies[0]);
    memmove(&selection->ids[place + 1], &selection->ids[place], after * sizeof selection->ids[0]);
    selection->academies[place] = academy.v;
    selection->ids[place] = account.v;
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

void selection_remove(struct selection *selection, const struct selection *gone)
{
    size_t kept = 0;
    for (size_t i = 0; i < selection->count; i++) {
        if (!selection_has(gone, (academy_code){(int16_t)selection->academies[i]}, (account_id){selection->ids[i]})) {
            selection->academies[kept] = selection->academies[i];
            selection->ids[kept] = selection->ids[i];
            kept++;
        }
    }
    selection->count = kept;
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
