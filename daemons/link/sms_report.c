#include "link/sms_report.h"

#include <stdio.h>
#include <string.h>

static const char purpose[] = "sms-report";
static const char folder[] = "/report/";

void sms_report_token(
    const struct key_ring *keys, int64_t registration, int64_t attempt, char out_token[TOKEN_LINK_SIZE])
{
    token_link_make(keys, purpose, (int)attempt, registration, out_token);
}

bool sms_report_token_read(const struct key_ring *keys, const char *token, struct sms_report *out_report)
{
    int attempt;
    if (!token_link_read(keys, purpose, token, &attempt, &out_report->registration)) {
        return false;
    }
    out_report->attempt = attempt;
    return true;
}

void sms_report_path(
    const struct key_ring *keys, int64_t registration, int64_t attempt, char out_path[SMS_REPORT_PATH_SIZE])
{
    char token[TOKEN_LINK_SIZE];
    sms_report_token(keys, registration, attempt, token);
    snprintf(out_path, SMS_REPORT_PATH_SIZE, "%s%s/", folder, token);
}

static enum sms_report_kind delivery_of(const char *type, enum registration_delivery *out_delivery)
{
    static const struct {
        const char *type;
        enum registration_delivery delivery;
    } types[] = {
        {"1",  REGISTRATION_DELIVERED  },
        {"2",  REGISTRATION_UNDELIVERED},
        {"8",  REGISTRATION_ACCEPTED   },
        {"16", REGISTRATION_REFUSED    },
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(type, types[i].type) == 0) {
            *out_delivery = types[i].delivery;
            return SMS_REPORT_NEWS;
        }
    }
    return strcmp(type, "4") == 0 ? SMS_REPORT_NO_NEWS : SMS_REPORT_MALFORMED;
}

enum sms_report_kind sms_report_read(const struct key_ring *keys, const char *path, struct sms_report *out_report)
{
    char token[TOKEN_LINK_SIZE];
    if (strncmp(path, folder, sizeof folder - 1) != 0) {
        return SMS_REPORT_FORGED;
    }
    path += sizeof folder - 1;
    size_t length = strcspn(path, "/");
    if (path[length] != '/' || length >= sizeof token) {
        return SMS_REPORT_FORGED;
    }
    memcpy(token, path, length);
    token[length] = '\0';
    if (!sms_report_token_read(keys, token, out_report)) {
        return SMS_REPORT_FORGED;
    }
    return delivery_of(path + length + 1, &out_report->delivery);
}
