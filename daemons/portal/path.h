/* Paths of the site: patterns, and what a path says at their places. Pure. */
#pragma once

#include "crypto/token.h"
#include "domain/portal_claim.h"
#include "domain/school.h"
#include "domain/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct path_values {
    struct uai uai;                /* :uai */
    academy_code academy;          /* :compte, "10-123" */
    account_id account;            /* the same */
    batch_id batch;                /* :envoi */
    uint32_t part;                 /* :fiches, "3.pdf" */
    import_id import;              /* :integration; :releve, "12.csv" */
    char token[TOKEN_LINK_SIZE];   /* :jeton */
    char portal[PORTAL_NAME_SIZE]; /* :portail */
    const char *rest;              /* *, what is left of the path; lives as long as the path */
};

/* pattern: "/etablissements/:uai/comptes/:compte". A place whose text is not of its form does not match. */
bool path_matches(const char *pattern, const char *path, struct path_values *out_values);

/* "10-123": academy and number of an account, without signs, blanks or leading zeros. */
bool path_read_account(const char *text, size_t length, academy_code *out_academy, account_id *out_account);
