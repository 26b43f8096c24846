/* The code of a registration and the words around it. Pure. */
#pragma once

#include "crypto/key.h"
#include "domain/types.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SMS_CODE_SIZE = 7,
    SMS_LETTERS_MAX = 160, /* of one message of the GSM alphabet */
    SMS_TEXT_SIZE = 2 * SMS_LETTERS_MAX + 1
};

/* Six digits, made from the newest key and the registration's number: never stored, and the same when the message is sent
 * again. */
void sms_code_make(const struct key_ring *keys, int64_t registration, char out_code[SMS_CODE_SIZE]);

/* typed: blanks and hyphens aside, the code that sms_code_make gives, or gave by the key before this one, or gives in a daemon
 * that knows the next one as the newest. Takes as long for each wrong one. */
bool sms_code_is(const struct key_ring *keys, int64_t registration, const char *typed);

/* To a number that was an account's own, and is no more: as sms_text_make, without a code. */
void sms_text_notice(const char *site, char out_text[SMS_TEXT_SIZE]);

/* One message, SMS_LETTERS_MAX at most, in letters that the GSM alphabet has (protocols.md 4.3), each for one, whatever the site. site: the
 * portal's public address; its host lets a telephone offer the code to the page of that site alone, where it fits. lifetime: below a day. */
void sms_text_make(const char *code, struct duration lifetime, const char *site, char out_text[SMS_TEXT_SIZE]);
