/* preauctl key generate, promote, curve: one more key of the ring; that the next one writes from now on; a pair of keys for the bus. */
#include "crypto/key.h"

#include "bus/curve.h"
#include "crypto/random.h"
#include "ctl/output.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PROBLEM_SIZE = 4400 };

/* --- the ring --- */

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

/* What both commands begin with. CTL_OK: go on. */
static enum ctl_exit begin(const struct ctl *ctl, enum key_purpose *out_purpose)
{
    if (!purpose_of(ctl->arguments[0], out_purpose))
        return ctl_fail(ctl, CTL_USAGE, "usage", "usage de clef inconnu : %s (%s ou %s)", ctl->arguments[0],
            key_purpose_name(KEY_SEALING), key_purpose_name(KEY_TOKENS));
    if (!crypto_begin())
        return ctl_fail(ctl, CTL_UNREACHABLE, "crypto", "libsodium ne fonctionne pas sur cette machine");
    return CTL_OK;
}

static enum ctl_exit tell(
    const struct ctl *ctl, enum key_purpose purpose, uint32_t number, enum key_use use, const char *what)
{
    char name[KEY_NAME_SIZE];
    key_name(purpose, number, use, name);
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:s, s:I, s:s}", "purpose", key_purpose_name(purpose), "number", (json_int_t)number,
            "use", use == KEY_NEXT ? "next" : "writes"));
    else
        (void)printf("%s/%s %s\n", config_text(ctl->config, CONFIG_KEYS_DIRECTORY), name, what);
    return CTL_OK;
}

enum ctl_exit ctl_key_generate(const struct ctl *ctl)
{
    char problem[PROBLEM_SIZE];
    enum key_purpose purpose = KEY_PURPOSE_COUNT;
    enum key_use use = ctl_flag(ctl, "next") ? KEY_NEXT : KEY_WRITES;
    uint32_t number = 0;
    enum ctl_exit code = begin(ctl, &purpose);
    if (code != CTL_OK)
        return code;
    if (!key_generate(config_text(ctl->config, CONFIG_KEYS_DIRECTORY), purpose, use, &number, problem, sizeof problem))
        return ctl_fail(ctl, CTL_UNREACHABLE, "crypto", "clef non écrite : %.400s", problem);
    return tell(ctl, purpose, number, use,
        use == KEY_NEXT ? "écrite ; redémarrez les démons l’un après l’autre, puis : preauctl key promote"
                        : "écrite ; redémarrez les démons pour qu’elle serve.");
}

enum ctl_exit ctl_key_promote(const struct ctl *ctl)
{
    char problem[PROBLEM_SIZE];
    enum key_purpose purpose = KEY_PURPOSE_COUNT;
    uint32_t number = 0;
    enum ctl_exit code = begin(ctl, &purpose);
    if (code != CTL_OK)
        return code;
    if (!key_promote(config_text(ctl->config, CONFIG_KEYS_DIRECTORY), purpose, &number, problem, sizeof problem))
        return ctl_fail(ctl, CTL_UNREACHABLE, "crypto", "clef non promue : %.400s", problem);
    return tell(ctl, purpose, number, KEY_WRITES,
        "écrira dans chaque démon que vous redémarrez maintenant, l’un après l’autre.");
}

/* --- the bus --- */

/* line, and, unless it is NULL, another one. Never over a file that is there. */
static bool write_lines(const char *path, mode_t mode, const char *line, const char *other)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0)
        return false;
    _cleanup_(secret_text_free) char *text = checked_printf("%s\n%s%s", line, other ? other : "", other ? "\n" : "");
    bool is_written =
        fchmod(file, mode) == 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text) && fsync(file) == 0;
    int error = errno;
    (void)close(file);
    if (!is_written)
        (void)unlink(path);
    errno = error;
    return is_written;
}

static enum ctl_exit curve_failed(const struct ctl *ctl, const char *path)
{
    char reason[96];
    return ctl_fail(
        ctl, CTL_UNREACHABLE, "io", "%s : clef non écrite (%s)", path, strerror_r(errno, reason, sizeof reason));
}

enum ctl_exit ctl_key_curve(const struct ctl *ctl)
{
    const char *path = ctl->arguments[0];
    char public[BUS_KEY_SIZE], secret[BUS_KEY_SIZE], made[CLOCK_TEXT_SIZE];
    _cleanup_(memory_free) char *beside = checked_printf("%s.pub", path);
    bus_curve_new_keys(public, secret);
    clock_format(clock_now(), made);
    bool is_written = write_lines(path, 0600, secret, made); /* runtime/key_file.h */
    secret_wipe(secret, sizeof secret);
    if (!is_written)
        return curve_failed(ctl, path);
    if (!write_lines(beside, 0644, public, NULL)) {
        enum ctl_exit code = curve_failed(ctl, beside);
        (void)unlink(path);
        return code;
    }
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:s, s:s, s:s}", "secret_file", path, "public_file", beside, "public", public));
    else
        (void)printf(
            "%s : clef secrète, à donner à son démon (chown, chmod).\n%s : clef publique, %s\n", path, beside, public);
    return CTL_OK;
}
