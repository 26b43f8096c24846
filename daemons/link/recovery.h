/* Codes for who lost the second factor: told once, kept as digests, each good for one sign-in. 80 bits of chance each, so
 * that a digest tells nothing however fast it is made. */
#pragma once

#include "domain/types.h"
#include "store/second_factor.h"

enum { RECOVERY_LETTERS = 16, RECOVERY_SIZE = 20 /* bytes: four groups, three hyphens, the end */ };

struct recovery_codes {
    char text[RECOVERY_CODES][RECOVERY_SIZE]; /* "K7PR-WZ4T-2HBN-QX3V" */
};

void recovery_make(administrator_id of, struct recovery_codes *out_codes, struct recovery_digests *out_digests);

/* Of what was typed, in capitals or not, with or without hyphens and blanks. False: it has another form. */
bool recovery_digest(administrator_id of, const char *typed, unsigned char out_digest[DIGEST_SIZE]);
