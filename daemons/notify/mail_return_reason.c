#include "notify/mail_return.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { CODE_LENGTH = 3 };

struct meaning {
    const char *begins;
    enum delivery_reason reason;
};

/* After the class ("5."): subject and detail of RFC 3463 3 and its registry. The first that fits. */
static const struct meaning of_status[] = {
    {"1.7", DELIVERY_REASON_RETURNED_REFUSED  }, /* our own address */
    {"1.8", DELIVERY_REASON_RETURNED_REFUSED  },
    {"1.",  DELIVERY_REASON_RETURNED_UNKNOWN  },
    {"2.1", DELIVERY_REASON_RETURNED_UNKNOWN  }, /* a mailbox that was closed */
    {"2.2", DELIVERY_REASON_RETURNED_FULL     },
    {"4.4", DELIVERY_REASON_RETURNED_UNKNOWN  }, /* there is no way to such a domain */
    {"3.",  DELIVERY_REASON_RETURNED_UNREACHED},
    {"4.",  DELIVERY_REASON_RETURNED_UNREACHED},
    {"",    DELIVERY_REASON_RETURNED_REFUSED  },
};

/* The reply codes of RFC 5321 4.2.3, of a server that has no others. */
static const struct meaning of_reply[] = {
    {"550", DELIVERY_REASON_RETURNED_UNKNOWN},
    {"551", DELIVERY_REASON_RETURNED_UNKNOWN},
    {"552", DELIVERY_REASON_RETURNED_FULL   },
    {"553", DELIVERY_REASON_RETURNED_UNKNOWN},
    {"",    DELIVERY_REASON_RETURNED_REFUSED},
};

static enum delivery_reason meaning_of(const struct meaning *meanings, const char *text)
{
    const struct meaning *one = meanings;
    while (strncmp(one->begins, text, strlen(one->begins)) != 0) {
        one++;
    }
    return one->reason;
}

/* The length of "4.2.2" or "5.1.10" at the beginning of a text; 0: none. */
static size_t status_length(const char *text)
{
    size_t length = 0;
    if (text[0] != '4' && text[0] != '5') {
        return 0;
    }
    length++;
    for (int part = 0; part < 2; part++) {
        size_t digits = text[length] == '.' ? strspn(text + length + 1, "0123456789") : 0;
        if (digits < 1 || digits > 3) {
            return 0;
        }
        length += 1 + digits;
    }
    return length;
}

static bool status_take(const char *text, char out_status[MAIL_RETURN_STATUS_SIZE])
{
    size_t length = status_length(text);
    bool ends = length > 0 && !isalnum((unsigned char)text[length]) && text[length] != '.';
    if (ends) {
        memcpy(out_status, text, length);
        out_status[length] = '\0';
    }
    return ends;
}

static bool status_find(const char *text, char out_status[MAIL_RETURN_STATUS_SIZE])
{
    for (const char *at = text; *at != '\0'; at++) {
        bool begins = at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '.');
        if (begins && status_take(at, out_status)) {
            return true;
        }
    }
    return false;
}

/* "5.0.0" says only that it failed. */
static bool is_general(const char *status)
{
    return status[0] == '\0' || strncmp(status + 1, ".0", 2) == 0;
}

/* "smtp; 550 No such user": "550" */
static const char *reply_of(const char *diagnostic)
{
    const char *text = strchr(diagnostic, ';');
    text = text ? text + 1 : diagnostic;
    text += strspn(text, " \t\r\n");
    return strspn(text, "0123456789") == CODE_LENGTH ? text : "";
}

enum delivery_reason mail_return_reason(
    const char *status, const char *diagnostic, char out_status[MAIL_RETURN_STATUS_SIZE])
{
    char said[MAIL_RETURN_STATUS_SIZE];
    out_status[0] = '\0';
    (void)status_take(status + strspn(status, " \t"), out_status);
    if (is_general(out_status) && status_find(diagnostic, said) && !is_general(said)) {
        memcpy(out_status, said, sizeof said);
    }
    return is_general(out_status) ? meaning_of(of_reply, reply_of(diagnostic)) : meaning_of(of_status, out_status + 2);
}
