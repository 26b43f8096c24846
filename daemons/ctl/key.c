/* preauctl key generate: one more key of a purpose; daemons write with the newest and read with all. */
#include "crypto/key.h"

#include "crypto/random.h"
#include "ctl/output.h"

#include <stdio.h>
#include <string.h>

enum { PROBLEM_SIZE = 4400 };

static bool purpose_of(const char *word, enum key_purpose *out_purpose)
{
    for (int purpose = 0; purpose < KEY_PURPOSE_COUNT; purpose++) {
        if (strcmp(word, key_purpose_name((enum key_purpose)purpose)) == 0) {
            *out_purpose = (enum key_purpose)purpose;
            return true;
        }
    }
    return false;
}

static enum ctl_exit generate(const struct ctl *ctl, const char *directory, enum key_purpose purpose)
{
    char problem[PROBLEM_SIZE];
    uint32_t number = 0;
    if (!key_generate(directory, purpose, &number, problem, sizeof problem))
        return ctl_fail(ctl, CTL_UNREACHABLE, "crypto", "clef non écrite : %.400s", problem);
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:s, s:I}", "purpose", key_purpose_name(purpose), "number", (json_int_t)number));
    else
        (void)printf("%s/%s-%u.key écrite ; redémarrez les démons pour qu’elle serve.\n", directory,
            key_purpose_name(purpose), number);
    return CTL_OK;
}

enum ctl_exit ctl_key_generate(const struct ctl *ctl)
{
    enum key_purpose purpose = KEY_PURPOSE_COUNT;
    if (!purpose_of(ctl->arguments[0], &purpose))
        return ctl_fail(ctl, CTL_USAGE, "usage", "usage de clef inconnu : %s (%s ou %s)", ctl->arguments[0],
            key_purpose_name(KEY_SEALING), key_purpose_name(KEY_TOKENS));
    if (!crypto_begin())
        return ctl_fail(ctl, CTL_UNREACHABLE, "crypto", "libsodium ne fonctionne pas sur cette machine");
    return generate(ctl, config_text(ctl->config, CONFIG_KEYS_DIRECTORY), purpose);
}
