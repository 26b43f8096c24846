/* The bytes of a file of AAF, in whatever encoding, become UTF-8, piece by piece, at constant memory.
 *
 * Declarations are not to be trusted (aaf.md, 1.3): of a file in eight-bit letters, each letter is read as what it can
 * only be. Several bytes that are sound UTF-8 are UTF-8; another byte is of the encoding that is declared, or of
 * Windows-1252, which is ISO-8859-1 with letters instead of controls. Contradictions are noted. UTF-16, and the other
 * encodings that a French administration may use, are converted by iconv; one out of the table ends the reading. */
#pragma once

#include "domain/refusal.h"
#include "runtime/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes UTF-8, lent for the call: the given bytes themselves where they are sound. false ends the reading. */
typedef bool aaf_decoded(void *arg, const char *bytes, size_t length);

struct aaf_decode;

NEVER_NULL MUST_USE struct aaf_decode *aaf_decode_new(aaf_decoded *taker, void *arg);
void aaf_decode_free(struct aaf_decode **decode);

/* false: the encoding is not known, the bytes are not in it, or the taker had enough. */
MUST_USE bool aaf_decode_feed(struct aaf_decode *decode, const char *bytes, size_t length);
MUST_USE bool aaf_decode_end(struct aaf_decode *decode);

/* ENCODING_CONTRADICTED or ENCODING_UNDECLARED, from just before the first odd letter is given; REFUSAL_NONE before. */
enum refusal aaf_decode_note(const struct aaf_decode *decode);

/* The letter of a byte from 0x80; U+FFFD for the five that Windows-1252 leaves open. */
uint16_t aaf_decode_windows_1252(unsigned char byte);
uint16_t aaf_decode_latin_9(unsigned char byte);
