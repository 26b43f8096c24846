#include "link/sms_message.h"

#include "crypto/digest.h"
#include "crypto/token.h"
#include "runtime/secret.h"

#include <stdio.h>
#include <string.h>

enum { CODES = 1000000 };

/* --- the code --- */

static const char purpose[] = "registration-code";

/* The token goes. */
static void code_of(char token[TOKEN_LINK_SIZE], char out_code[SMS_CODE_SIZE])
{
    unsigned char bytes[RECORD_DIGEST_SIZE];
    struct digest digest;
    digest_begin(&digest, sizeof bytes);
    digest_add_text(&digest, token);
    digest_end(&digest, bytes);
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof number; i++) {
        number = number << 8 | bytes[i];
    }
    snprintf(out_code, SMS_CODE_SIZE, "%06u", (unsigned)(number % CODES));
    secret_wipe(token, TOKEN_LINK_SIZE);
    secret_wipe(bytes, sizeof bytes);
}

void sms_code_make(const struct key_ring *keys, int64_t registration, char out_code[SMS_CODE_SIZE])
{
    char token[TOKEN_LINK_SIZE];
    token_link_make(keys, purpose, 0, registration, token);
    code_of(token, out_code);
}

/* The digits of what was typed; more than there are in a code give none. */
static void digits_of(const char *typed, char out_code[SMS_CODE_SIZE])
{
    size_t count = 0;
    memset(out_code, 0, SMS_CODE_SIZE);
    for (; *typed != '\0'; typed++) {
        if (*typed == ' ' || *typed == '-') {
            continue;
        }
        if (count == SMS_CODE_SIZE - 1 || *typed < '0' || *typed > '9') {
            memset(out_code, 0, SMS_CODE_SIZE);
            return;
        }
        out_code[count++] = *typed;
    }
}

static bool is_code_of(
    const struct key_ring *keys, uint32_t key_number, int64_t registration, const char given[SMS_CODE_SIZE])
{
    char token[TOKEN_LINK_SIZE], wanted[SMS_CODE_SIZE];
    unsigned char difference = 0;
    if (!token_link_make_by(keys, key_number, purpose, 0, registration, token)) {
        return false;
    }
    code_of(token, wanted);
    for (size_t i = 0; i < SMS_CODE_SIZE; i++) {
        difference |= (unsigned char)(wanted[i] ^ given[i]);
    }
    secret_wipe(wanted, sizeof wanted);
    return difference == 0;
}

bool sms_code_is(const struct key_ring *keys, int64_t registration, const char *typed)
{
    uint32_t numbers[KEYS_OF_LATE_MAX];
    char given[SMS_CODE_SIZE];
    bool is_one = false;
    digits_of(typed, given);
    for (size_t count = key_of_late(keys, KEY_TOKENS, numbers), i = 0; i < count; i++) {
        is_one |= is_code_of(keys, numbers[i], registration, given);
    }
    return is_one;
}

/* --- the words --- */

static size_t letters_of(const char *text)
{
    size_t letters = 0;
    for (; *text != '\0'; text++) {
        letters += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return letters;
}

/* "https://preau.example:8443/x" → "preau.example", and how long it is. */
static const char *host_of(const char *site, int *out_length)
{
    const char *start = strstr(site, "://");
    const char *host = start ? start + 3 : site;
    *out_length = (int)strcspn(host, ":/");
    return host;
}

/* Letters, digits, dots and hyphens: what a host is made of, and no sign that the GSM alphabet lacks or has for two. */
static bool host_is_plain(const char *host, int length)
{
    for (int i = 0; i < length; i++) {
        bool is_letter = (host[i] >= 'a' && host[i] <= 'z') || (host[i] >= 'A' && host[i] <= 'Z');
        if (!is_letter && !(host[i] >= '0' && host[i] <= '9') && host[i] != '.' && host[i] != '-') {
            return false;
        }
    }
    return length > 0;
}

void sms_text_notice(const char *site, char out_text[SMS_TEXT_SIZE])
{
    static const char said[] =
        "Préau : ce numéro n'est plus celui de votre compte. Ce n'est pas vous ? Prévenez l'école.";
    int length;
    const char *host = host_of(site, &length);
    snprintf(out_text, SMS_TEXT_SIZE, "%s", said);
    if (host_is_plain(host, length) && letters_of(said) + 1 + (size_t)length <= SMS_LETTERS_MAX) {
        snprintf(out_text, SMS_TEXT_SIZE, "%s %.*s", said, length, host);
    }
}

void sms_text_make(const char *code, struct duration lifetime, const char *site, char out_text[SMS_TEXT_SIZE])
{
    enum { LAST_LINE_MAX = 2 * SMS_LETTERS_MAX };
    char last[LAST_LINE_MAX];
    int length;
    const char *host = host_of(site, &length);
    snprintf(out_text, SMS_TEXT_SIZE, "Préau : votre code est %s. Il sert pendant %d minutes. Ne le donnez à personne.",
        code, (int)(lifetime.us / 60000000));
    snprintf(last, sizeof last, "\n\n@%.*s #%s", length < SMS_LETTERS_MAX ? length : SMS_LETTERS_MAX, host, code);
    if (host_is_plain(host, length) && letters_of(out_text) + letters_of(last) <= SMS_LETTERS_MAX) {
        size_t written = strlen(out_text);
        snprintf(out_text + written, SMS_TEXT_SIZE - written, "%s", last);
    }
}
