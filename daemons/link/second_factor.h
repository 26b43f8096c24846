/* The second factor of administrators: given at a sign-in, set up, removed, and the codes for who lost it. */
#pragma once

#include "bus/service.h"
#include "crypto/key.h"
#include "crypto/seal.h"
#include "link.pb-c.h"
#include "link/link.h"
#include "link/totp.h"

void second_factor_give(struct link *link, struct call *call, const Preau__Link__GiveCodeRequest *request);
void second_factor_show_offer(
    struct link *link, struct call *call, const Preau__Link__OfferSecondFactorRequest *request);
void second_factor_confirm(
    struct link *link, struct call *call, const Preau__Link__ConfirmSecondFactorRequest *request);
void second_factor_end(struct link *link, struct call *call, const Preau__Link__RemoveSecondFactorRequest *request);
void second_factor_renew(struct link *link, struct call *call, const Preau__Link__RenewRecoveryCodesRequest *request);

/* A secret as it is kept: sealed, for one administrator. Faults: CRYPTO, when the key is gone. */
enum { SECOND_FACTOR_SEALED_SIZE = TOTP_SECRET_SIZE + SEAL_OVERHEAD };
void second_factor_seal(const struct key_ring *keys, administrator_id of, const struct totp_secret *secret,
    unsigned char out_sealed[SECOND_FACTOR_SEALED_SIZE]);
MUST_USE bool second_factor_open(const struct key_ring *keys, administrator_id of, const unsigned char *sealed,
    size_t length, struct totp_secret *out_secret, struct fault *fault);
