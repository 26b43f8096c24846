/* Texts that prove something, given any bytes: nothing is taken but what was made. The first byte says what it is: 0 the token of a link,
 * 1 the address of a delivery report, 2 a try of a mail. */
#include "fuzz.h"

#include "crypto/random.h"
#include "crypto/token.h"
#include "link/sms_report.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Always the same, so that the corpus has what they make. */
static void key_write(const char *path)
{
    FILE *file = fopen(path, "we");
    FUZZ_CLAIM(file);
    for (unsigned i = 0; i < KEY_SIZE; i++) {
        fprintf(file, "%02x", i);
    }
    FUZZ_CLAIM(fclose(file) == 0 && chmod(path, 0600) == 0);
}

static struct key_ring *ring_make(void)
{
    char folder[] = "/tmp/preau-keys-XXXXXX";
    char sealing[64], links[64], problem[200];
    FUZZ_CLAIM(crypto_begin() && mkdtemp(folder));
    snprintf(sealing, sizeof sealing, "%s/sealing-1.key", folder);
    snprintf(links, sizeof links, "%s/tokens-1.key", folder);
    key_write(sealing);
    key_write(links);
    struct key_ring *ring = key_ring_load(folder, problem, sizeof problem);
    FUZZ_CLAIM(ring);
    unlink(sealing);
    unlink(links);
    rmdir(folder);
    return ring;
}

static void link_token(const struct key_ring *ring, const char *text)
{
    static const char *const purposes[] = {"registration", "activation", "device:person:lea", ""};
    size_t taken = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(purposes); i++) {
        char made[TOKEN_LINK_SIZE];
        int academy = 0;
        int64_t number = 0;
        if (token_link_read(ring, purposes[i], text, &academy, &number)) {
            token_link_make(ring, purposes[i], academy, number, made);
            FUZZ_CLAIM(strcmp(made, text) == 0);
            taken++;
        }
    }
    FUZZ_CLAIM(taken <= 1); /* for one purpose, whatever else it is brought for */
}

static void report(const struct key_ring *ring, const char *path)
{
    struct sms_report read = {.delivery = REGISTRATION_DELIVERY_COUNT};
    char made[SMS_REPORT_PATH_SIZE];
    enum sms_report_kind kind = sms_report_read(ring, path, &read);
    if (kind == SMS_REPORT_FORGED) {
        return;
    }
    sms_report_path(ring, read.registration, read.attempt, made);
    FUZZ_CLAIM(strncmp(path, made, strlen(made)) == 0);
    FUZZ_CLAIM((kind == SMS_REPORT_NEWS) == (read.delivery < REGISTRATION_DELIVERY_COUNT));
}

static void mail_try(const struct key_ring *ring, const char *text)
{
    struct token_try read;
    char made[TOKEN_RETURN_SIZE];
    if (token_return_read(ring, text, &read)) {
        token_return_make(ring, read, made);
        FUZZ_CLAIM(strcasecmp(made, text) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static void (*const readers[])(const struct key_ring *, const char *) = {link_token, report, mail_try};
    static struct key_ring *ring;
    if (!ring) {
        ring = ring_make();
    }
    if (length > 0) {
        _cleanup_(memory_free) char *text = checked_strndup((const char *)bytes + 1, length - 1);
        readers[(size_t)(bytes[0] - '0') % ARRAY_LENGTH(readers)](ring, text);
    }
    return 0;
}
