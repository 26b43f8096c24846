#include "link/tries.h"

#include "crypto/random.h"
#include "link/device.h"
#include "link/network.h"
#include "runtime/clock.h"

#include <stdio.h>
#include <string.h>

/* Of somebody from a network, and of the network: the subjects are the caller's to write. */
static struct attempt of_two(const struct link_bounds *bounds)
{
    return (struct attempt){
        .allowed = {bounds->tries_account, bounds->tries_address},
        .longest = {DAYS(1),               bounds->sign_in.delay},
        .count = 2,
    };
}

static void tries_of_stranger(
    const struct link_bounds *bounds, const struct tried_sign_in *tried, struct attempt *out_attempt)
{
    char network[NETWORK_SIZE];
    network_of(tried->address, network);
    *out_attempt = of_two(bounds);
    snprintf(out_attempt->subjects[0], ATTEMPT_SUBJECT_SIZE, "%s:%.64s:%s", tried->who, tried->login, network);
    snprintf(out_attempt->subjects[1], ATTEMPT_SUBJECT_SIZE, "%s-address:%s", tried->who, network);
}

static void tries_of_device(
    const struct link_bounds *bounds, const struct tried_sign_in *tried, int64_t device, struct attempt *out_attempt)
{
    *out_attempt = (struct attempt){.allowed = {bounds->tries_account}, .longest = {DAYS(1)}, .count = 1};
    snprintf(out_attempt->subjects[0], ATTEMPT_SUBJECT_SIZE, "%s-device:%.64s:%lld", tried->who, tried->login,
        (long long)device);
}

int64_t tries_of_sign_in(const struct link *link, const struct tried_sign_in *tried, struct attempt *out_attempt)
{
    int64_t device;
    if (device_read(link->keys, tried->who, tried->login, tried->device, &device)) {
        tries_of_device(&link->bounds, tried, device, out_attempt);
        return device;
    }
    tries_of_stranger(&link->bounds, tried, out_attempt);
    return clock_now().us;
}

void tries_of_account(
    const char *what, int64_t allowed, academy_code academy, account_id id, struct attempt *out_attempt)
{
    *out_attempt = (struct attempt){.allowed = {allowed}, .longest = {DAYS(1)}, .count = 1};
    snprintf(out_attempt->subjects[0], ATTEMPT_SUBJECT_SIZE, "%s:%d:%lld", what, academy.v, (long long)id.v);
}

void tries_of_proof(
    const struct link_bounds *bounds, administrator_id id, const char *address, struct attempt *out_attempt)
{
    char network[NETWORK_SIZE];
    network_of(address, network);
    *out_attempt = of_two(bounds);
    snprintf(out_attempt->subjects[0], ATTEMPT_SUBJECT_SIZE, "administrator-proof:%lld", (long long)id.v);
    snprintf(out_attempt->subjects[1], ATTEMPT_SUBJECT_SIZE, "administrator-address:%s", network);
}

void tries_of_network(
    const struct link_bounds *bounds, const char *what, const char *address, struct attempt *out_attempt)
{
    char network[NETWORK_SIZE];
    network_of(address, network);
    *out_attempt = (struct attempt){.allowed = {bounds->tries_address}, .longest = {bounds->sign_in.delay}, .count = 1};
    snprintf(out_attempt->subjects[0], ATTEMPT_SUBJECT_SIZE, "%s-address:%s", what, network);
}

enum { SUBJECT_SHOWN = 16 /* bytes of a digest: enough to tell subjects apart */ };

static void digest_text(const char *subject, char out_text[static 2 * SUBJECT_SHOWN + 1])
{
    unsigned char digest[DIGEST_SIZE];
    digest_make(subject, strlen(subject), digest);
    for (size_t i = 0; i < SUBJECT_SHOWN; i++) {
        snprintf(out_text + 2 * i, 3, "%02x", digest[i]);
    }
}

void tries_of_help(const struct link_bounds *bounds, const char *wanted, const char *subject, const char *address,
    struct attempt *out_attempt)
{
    char network[NETWORK_SIZE], text[2 * SUBJECT_SHOWN + 1];
    network_of(address, network);
    digest_text(subject, text);
    *out_attempt = of_two(bounds);
    snprintf(out_attempt->subjects[0], ATTEMPT_SUBJECT_SIZE, "help:%s:%s:%s", wanted, text, network);
    snprintf(out_attempt->subjects[1], ATTEMPT_SUBJECT_SIZE, "help-address:%s", network);
}

/* The first subject is the caller's to write. */
static void of_messages(const struct link_bounds *bounds, const char *address, struct attempt *out_attempt)
{
    char network[NETWORK_SIZE], around[NETWORK_SIZE];
    network_of(address, network);
    network_around(address, around);
    *out_attempt = (struct attempt){
        .allowed = {bounds->sms_number, bounds->sms_address,   bounds->sms_network  },
        .longest = {DAYS(1),            bounds->sign_in.delay, bounds->sign_in.delay},
        .count = 3,
        .is_in_turn = true,
    };
    snprintf(out_attempt->subjects[1], ATTEMPT_SUBJECT_SIZE, "sms-address:%s", network);
    snprintf(out_attempt->subjects[2], ATTEMPT_SUBJECT_SIZE, "sms-network:%s", around);
}

void tries_of_sms(
    const struct link_bounds *bounds, const char *mobile, const char *address, struct attempt *out_attempt)
{
    char network[NETWORK_SIZE], text[2 * SUBJECT_SHOWN + 1];
    network_of(address, network);
    digest_text(mobile, text);
    of_messages(bounds, address, out_attempt);
    snprintf(out_attempt->subjects[0], ATTEMPT_SUBJECT_SIZE, "sms:%s:%s", text, network);
}

void tries_of_sms_at_desk(
    const struct link_bounds *bounds, const struct tried_at_desk *tried, struct attempt *out_attempt)
{
    char text[2 * SUBJECT_SHOWN + 1];
    digest_text(tried->mobile, text);
    of_messages(bounds, tried->address, out_attempt);
    snprintf(out_attempt->subjects[0], ATTEMPT_SUBJECT_SIZE, "sms-desk:%s:%d:%lld", text, tried->academy.v,
        (long long)tried->account.v);
}
