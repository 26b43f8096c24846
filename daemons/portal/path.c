#include "portal/path.h"

#include "domain/text.h"

#include <string.h>

/* The path's piece at hand. */
struct piece {
    const char *text;
    size_t length;
};

static struct piece piece_at(const char *text)
{
    return (struct piece){text, strcspn(text, "/")};
}

static bool piece_is(struct piece piece, const char *word)
{
    return strlen(word) == piece.length && memcmp(word, piece.text, piece.length) == 0;
}

/* A natural number from 1, at most `max`, written in the one way that there is. */
static bool read_number(const char *text, size_t length, int64_t max, int64_t *out_number)
{
    int64_t number = 0;
    if (length == 0 || length > 18 || text[0] == '0') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!text_is_digit(text[i])) {
            return false;
        }
        number = number * 10 + (text[i] - '0');
    }
    *out_number = number;
    return number <= max;
}

bool path_read_account(const char *text, size_t length, academy_code *out_academy, account_id *out_account)
{
    const char *hyphen = memchr(text, '-', length);
    int64_t academy;
    int64_t account;
    if (!hyphen) {
        return false;
    }
    size_t before = (size_t)(hyphen - text);
    if (!read_number(text, before, 999, &academy) ||
        !read_number(hyphen + 1, length - before - 1, INT64_MAX, &account)) {
        return false;
    }
    out_academy->v = (int16_t)academy;
    out_account->v = account;
    return true;
}

static bool read_uai(struct piece piece, struct uai *out_uai)
{
    if (piece.length != UAI_SIZE - 1) {
        return false;
    }
    memcpy(out_uai->text, piece.text, piece.length);
    out_uai->text[piece.length] = '\0';
    return uai_is_valid(out_uai->text);
}

/* A number and what follows it: "3.pdf". */
static bool read_file(struct piece piece, const char *ending, int64_t max, int64_t *out_number)
{
    size_t tail = strlen(ending);
    return piece.length > tail && memcmp(piece.text + piece.length - tail, ending, tail) == 0 &&
           read_number(piece.text, piece.length - tail, max, out_number);
}

static bool read_part(struct piece piece, uint32_t *out_part)
{
    int64_t number;
    if (!read_file(piece, ".pdf", 99999, &number)) {
        return false;
    }
    *out_part = (uint32_t)number;
    return true;
}

static bool read_token(struct piece piece, char out_token[TOKEN_LINK_SIZE])
{
    if (piece.length == 0 || piece.length >= TOKEN_LINK_SIZE) {
        return false;
    }
    for (size_t i = 0; i < piece.length; i++) {
        char one = piece.text[i];
        if (!text_is_ascii_letter(one) && !text_is_digit(one) && one != '-' && one != '_') {
            return false;
        }
        out_token[i] = one;
    }
    out_token[piece.length] = '\0';
    return true;
}

static bool read_portal(struct piece piece, char out_portal[PORTAL_NAME_SIZE])
{
    if (piece.length >= PORTAL_NAME_SIZE) {
        return false;
    }
    memcpy(out_portal, piece.text, piece.length);
    out_portal[piece.length] = '\0';
    return portal_name_is_valid(out_portal);
}

static bool read_place(struct piece name, struct piece piece, struct path_values *values)
{
    if (piece_is(name, ":uai")) {
        return read_uai(piece, &values->uai);
    }
    if (piece_is(name, ":compte")) {
        return path_read_account(piece.text, piece.length, &values->academy, &values->account);
    }
    if (piece_is(name, ":envoi")) {
        return read_number(piece.text, piece.length, INT64_MAX, &values->batch.v);
    }
    if (piece_is(name, ":fiches")) {
        return read_part(piece, &values->part);
    }
    if (piece_is(name, ":integration")) {
        return read_number(piece.text, piece.length, INT64_MAX, &values->import.v);
    }
    if (piece_is(name, ":releve")) {
        return read_file(piece, ".csv", INT64_MAX, &values->import.v);
    }
    if (piece_is(name, ":portail")) {
        return read_portal(piece, values->portal);
    }
    return piece_is(name, ":jeton") && read_token(piece, values->token);
}

bool path_matches(const char *pattern, const char *path, struct path_values *out_values)
{
    struct path_values values = {0};
    while (*pattern == '/' && *path == '/') {
        struct piece wanted = piece_at(++pattern);
        struct piece piece = piece_at(++path);
        if (piece_is(wanted, "*")) {
            values.rest = path;
            *out_values = values;
            return true;
        }
        bool fits = wanted.text[0] == ':'
                        ? read_place(wanted, piece, &values)
                        : wanted.length == piece.length && memcmp(wanted.text, piece.text, piece.length) == 0;
        if (!fits) {
            return false;
        }
        pattern += wanted.length;
        path += piece.length;
    }
    if (*pattern != '\0' || *path != '\0') {
        return false;
    }
    *out_values = values;
    return true;
}
