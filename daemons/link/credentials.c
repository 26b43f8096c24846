#include "link/credentials.h"

#include "domain/identifier.h"
#include "link/hashing.h"
#include "link/provisional.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

struct checking {
    struct link *link;
    const char *password;
    struct attempt attempt;
    struct credentials found; /* login "": what was typed is none */
    credentials_checked *checked;
    void *arg;
};

static void checking_end(struct checking *checking, bool is_right, enum refusal refusal, const struct fault *fault)
{
    if (is_right) {
        attempt_succeed(checking->link->store, &checking->attempt);
    } else if (fault || refusal == REFUSAL_BUSY) {
        attempt_give_back(checking->link->store, &checking->attempt);
    }
    checking->checked(checking->arg, is_right ? &checking->found : NULL, refusal, fault);
    secret_wipe(checking, sizeof *checking);
    memory_free(&checking);
}

static void checking_verified(void *arg, bool is_right, const struct fault *fault)
{
    struct checking *checking = arg;
    bool is_granted = !fault && (is_right || checking->found.is_of_paper);
    checking_end(checking, is_granted, is_granted || fault ? REFUSAL_NONE : REFUSAL_WRONG_CREDENTIALS, fault);
}

/* The provisional one is compared beside Argon2, so that the time tells nothing. */
static void checking_loaded(void *arg, const struct opening_account *account, const struct fault *fault)
{
    struct checking *checking = arg;
    struct fault sealed;
    struct provisional_password provisional;
    if (fault) {
        checking_end(checking, false, REFUSAL_NONE, fault);
        return;
    }
    if (account) {
        checking->found.account = *account;
    }
    if (account && account->sealed_length > 0) {
        if (!provisional_open(checking->link->keys, account, &provisional, &sealed)) {
            checking_end(checking, false, REFUSAL_NONE, &sealed);
            return;
        }
        checking->found.is_of_paper = provisional_is_same(&provisional, checking->password);
        secret_wipe(&provisional, sizeof provisional);
    }
    if (!hashing_verify(
            checking->link->hashing, checking->password, checking->found.account.hash, checking_verified, checking)) {
        checking_end(checking, false, REFUSAL_BUSY, NULL);
    }
}

static void checking_begun(void *arg, bool granted, const struct fault *fault)
{
    struct checking *checking = arg;
    if (fault) {
        checking_end(checking, false, REFUSAL_NONE, fault);
    } else if (!granted) {
        checking_end(checking, false, REFUSAL_TOO_MANY_ATTEMPTS, NULL);
    } else {
        opening_load_by_login(checking->link->store, checking->found.login.text, checking_loaded, checking);
    }
}

void credentials_check(
    struct link *link, const struct tried_sign_in *tried, const char *password, credentials_checked *checked, void *arg)
{
    struct checking *checking = checked_calloc(1, sizeof *checking);
    *checking = (struct checking){.link = link, .password = password, .checked = checked, .arg = arg};
    if (!identifier_normalise(tried->login, &checking->found.login)) {
        checking->found.login.text[0] = '\0';
    }
    struct tried_sign_in normalised = *tried;
    normalised.login = checking->found.login.text;
    checking->found.device = tries_of_sign_in(link, &normalised, &checking->attempt);
    attempt_begin(link->store, &checking->attempt, &link->bounds.sign_in, checking_begun, checking);
}
