#include "crypto/token.h"

#include "crypto/random.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* 2 bytes academy, 8 bytes number, 4 bytes key number, 16 bytes mac */
enum { NUMBER_AT = 2, KEY_AT = 10, MAC_AT = 14, MAC_SIZE = 16, LINK_SIZE = MAC_AT + MAC_SIZE };
/* 2 bytes academy, 5 bytes number, 1 byte attempt, 2 bytes key number, 10 bytes of the mac */
enum { TRY_ATTEMPT_AT = 7, TRY_KEY_AT = 8, TRY_MAC_AT = 10, TRY_MAC_SIZE = 10, TRY_SIZE = TRY_MAC_AT + TRY_MAC_SIZE };
static_assert(2 * TRY_SIZE + 1 == TOKEN_RETURN_SIZE, "its text");

void token_random(char out_text[TOKEN_RANDOM_SIZE])
{
    unsigned char bytes[32];
    random_fill(bytes, sizeof bytes);
    sodium_bin2base64(out_text, TOKEN_RANDOM_SIZE, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

void token_random_letters(char out_text[TOKEN_RANDOM_SIZE])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (size_t i = 0; i < TOKEN_RANDOM_SIZE - 1; i++) {
        out_text[i] = letters[randombytes_uniform(sizeof letters - 1)];
    }
    out_text[TOKEN_RANDOM_SIZE - 1] = '\0';
}

static void put(unsigned char *to, uint64_t value, int size)
{
    for (int i = size - 1; i >= 0; i--, value >>= 8) {
        to[i] = (unsigned char)value;
    }
}

static uint64_t get(const unsigned char *from, int size)
{
    uint64_t value = 0;
    for (int i = 0; i < size; i++) {
        value = value << 8 | from[i];
    }
    return value;
}

static void mac_make(const unsigned char *key, const char *purpose, const unsigned char *head, size_t length,
    unsigned char out_mac[MAC_SIZE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, key, KEY_SIZE, MAC_SIZE);
    crypto_generichash_update(&state, (const unsigned char *)purpose, strlen(purpose) + 1);
    crypto_generichash_update(&state, head, length);
    crypto_generichash_final(&state, out_mac, MAC_SIZE);
}

bool token_link_make_by(const struct key_ring *ring, uint32_t key_number, const char *purpose, int academy,
    int64_t number, char out_text[TOKEN_LINK_SIZE])
{
    unsigned char bytes[LINK_SIZE];
    const unsigned char *key = key_numbered(ring, KEY_TOKENS, key_number);
    if (!key) {
        return false;
    }
    put(bytes, (uint64_t)academy, 2);
    put(bytes + NUMBER_AT, (uint64_t)number, 8);
    put(bytes + KEY_AT, key_number, 4);
    mac_make(key, purpose, bytes, MAC_AT, bytes + MAC_AT);
    sodium_bin2base64(out_text, TOKEN_LINK_SIZE, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return true;
}

void token_link_make(
    const struct key_ring *ring, const char *purpose, int academy, int64_t number, char out_text[TOKEN_LINK_SIZE])
{
    uint32_t key_number = 0;
    const unsigned char *key = key_newest(ring, KEY_TOKENS, &key_number);
    bool is_made = key && token_link_make_by(ring, key_number, purpose, academy, number, out_text);
    assert(is_made);
}

bool token_link_read(
    const struct key_ring *ring, const char *purpose, const char *text, int *out_academy, int64_t *out_number)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char bytes[LINK_SIZE], mac[MAC_SIZE];
    size_t length = 0;
    /* libsodium 1.0.18 reads bytes from 128 as the last letter */
    if (text[strspn(text, letters)] != '\0' ||
        sodium_base642bin(bytes, sizeof bytes, text, strlen(text), NULL, &length, NULL,
            sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        length != LINK_SIZE) {
        return false;
    }
    const unsigned char *key = key_numbered(ring, KEY_TOKENS, (uint32_t)get(bytes + KEY_AT, 4));
    if (!key) {
        return false;
    }
    mac_make(key, purpose, bytes, MAC_AT, mac);
    if (!bytes_are_same(mac, bytes + MAC_AT, MAC_SIZE)) {
        return false;
    }
    *out_academy = (int)get(bytes, 2);
    *out_number = (int64_t)get(bytes + NUMBER_AT, 8);
    return true;
}

void token_return_make(const struct key_ring *ring, struct token_try of, char out_text[TOKEN_RETURN_SIZE])
{
    unsigned char bytes[TRY_SIZE], mac[MAC_SIZE];
    uint32_t key_number = 0;
    const unsigned char *key = key_newest(ring, KEY_TOKENS, &key_number);
    assert(key && key_number <= UINT16_MAX && of.number < INT64_C(1) << 40);
    put(bytes, (uint64_t)of.academy, 2);
    put(bytes + NUMBER_AT, (uint64_t)of.number, TRY_ATTEMPT_AT - NUMBER_AT);
    put(bytes + TRY_ATTEMPT_AT, of.attempt % TOKEN_TRIES, 1);
    put(bytes + TRY_KEY_AT, key_number, 2);
    mac_make(key, "return", bytes, TRY_MAC_AT, mac);
    memcpy(bytes + TRY_MAC_AT, mac, TRY_MAC_SIZE);
    sodium_bin2hex(out_text, TOKEN_RETURN_SIZE, bytes, sizeof bytes);
}

bool token_return_read(const struct key_ring *ring, const char *text, struct token_try *out_try)
{
    unsigned char bytes[TRY_SIZE], mac[MAC_SIZE];
    size_t length = 0;
    if (strlen(text) != TOKEN_RETURN_SIZE - 1 ||
        sodium_hex2bin(bytes, sizeof bytes, text, TOKEN_RETURN_SIZE - 1, NULL, &length, NULL) != 0 ||
        length != TRY_SIZE) {
        return false;
    }
    const unsigned char *key = key_numbered(ring, KEY_TOKENS, (uint32_t)get(bytes + TRY_KEY_AT, 2));
    if (!key) {
        return false;
    }
    mac_make(key, "return", bytes, TRY_MAC_AT, mac);
    if (!bytes_are_same(mac, bytes + TRY_MAC_AT, TRY_MAC_SIZE)) {
        return false;
    }
    out_try->academy = (int)get(bytes, 2);
    out_try->number = (int64_t)get(bytes + NUMBER_AT, TRY_ATTEMPT_AT - NUMBER_AT);
    out_try->attempt = bytes[TRY_ATTEMPT_AT];
    return true;
}
