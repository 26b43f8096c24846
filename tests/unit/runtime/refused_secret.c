/* Must not compile: a secret is no field of the log. tests/unit/runtime/meson.build checks that it is refused, and that
 * the same file with a text instead of the secret is accepted. */
#include "runtime/log.h"
#include "runtime/secret.h"

void try_to_log(const struct secret *secret);

void try_to_log(const struct secret *secret)
{
#ifdef TEXT_INSTEAD
    (void)secret;
    log_event(LOG_INFO, "sign_in", F("code", "text"));
#else
    log_event(LOG_INFO, "sign_in", F("code", secret));
#endif
}
