#include "link/recovery.h"

#include "crypto/random.h"
#include "domain/text.h"
#include "runtime/secret.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Base 32 (RFC 4648): no 0, 1, 8, 9, which paper confuses with letters. */
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
enum { GROUP = 4 };

/* The owner is part of it: one list of digests of all codes that there are would serve for nobody. */
static void digest_of(
    administrator_id of, const char letters[RECOVERY_LETTERS + 1], unsigned char out_digest[DIGEST_SIZE])
{
    char text[64];
    int length = snprintf(text, sizeof text, "recovery:%" PRId64 ":%s", of.v, letters);
    digest_make(text, (size_t)length, out_digest);
    secret_wipe(text, sizeof text);
}

static void write_grouped(const char letters[RECOVERY_LETTERS + 1], char out_text[RECOVERY_SIZE])
{
    size_t at = 0;
    for (size_t i = 0; i < RECOVERY_LETTERS; i++) {
        if (i > 0 && i % GROUP == 0) {
            out_text[at++] = '-';
        }
        out_text[at++] = letters[i];
    }
    out_text[at] = '\0';
}

void recovery_make(administrator_id of, struct recovery_codes *out_codes, struct recovery_digests *out_digests)
{
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        unsigned char random[RECOVERY_LETTERS];
        char letters[RECOVERY_LETTERS + 1] = "";
        random_fill(random, sizeof random);
        for (size_t at = 0; at < RECOVERY_LETTERS; at++) {
            letters[at] = alphabet[random[at] % 32]; /* 256 is a multiple: no letter is favoured */
        }
        write_grouped(letters, out_codes->text[i]);
        digest_of(of, letters, out_digests->of[i]);
        secret_wipe(random, sizeof random);
        secret_wipe(letters, sizeof letters);
    }
}

bool recovery_digest(administrator_id of, const char *typed, unsigned char out_digest[DIGEST_SIZE])
{
    char letters[RECOVERY_LETTERS + 1] = "";
    size_t length = 0;
    for (; *typed != '\0'; typed++) {
        if (text_is_blank(*typed) || *typed == '-') {
            continue;
        }
        char letter = *typed;
        if (letter >= 'a' && letter <= 'z') {
            letter = (char)(letter - 'a' + 'A');
        }
        if (!strchr(alphabet, letter) || length == RECOVERY_LETTERS) {
            return false;
        }
        letters[length++] = letter;
    }
    if (length != RECOVERY_LETTERS) {
        return false;
    }
    digest_of(of, letters, out_digest);
    secret_wipe(letters, sizeof letters);
    return true;
}
