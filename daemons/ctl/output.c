#include "ctl/output.h"

#include "runtime/clock.h"
#include "runtime/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void ctl_print_json(json_t *document)
{
    (void)json_dumpf(document, stdout, JSON_INDENT(2));
    (void)fputc('\n', stdout);
    json_decref(document);
}

static enum ctl_exit tell(
    const struct ctl *ctl, enum ctl_exit code, const char *word, const char *message, const char *hint)
{
    if (ctl->is_json) {
        ctl_print_json(json_pack("{s:{s:s, s:s, s:s}}", "error", "code", word, "message", message, "hint", hint));
    } else {
        (void)fprintf(stderr, "preauctl: %s\n", message);
        if (hint[0] != '\0')
            (void)fprintf(stderr, "  %s\n", hint);
    }
    return code;
}

enum ctl_exit ctl_fail(const struct ctl *ctl, enum ctl_exit code, const char *word, const char *format, ...)
{
    char message[500];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return tell(ctl, code, word, message, "");
}

enum ctl_exit ctl_fail_fault(const struct ctl *ctl, const char *what, const struct fault *fault)
{
    char message[500];
    (void)snprintf(message, sizeof message, "%s : %s%s%s (demande %.12s)", what, fault->text,
        fault->sqlstate[0] != '\0' ? " — SQLSTATE " : "", fault->sqlstate, log_request());
    return tell(ctl, CTL_UNREACHABLE, fault_code_name(fault->code), message, fault->hint);
}

enum ctl_exit ctl_fail_refusal(const struct ctl *ctl, enum refusal refusal)
{
    return tell(ctl, CTL_NO, refusal_code(refusal), refusal_sentence(refusal), refusal_next(refusal));
}

json_t *ctl_json_instant(int64_t us)
{
    if (us == 0)
        return json_null();
    char text[CLOCK_TEXT_SIZE];
    clock_format((struct instant){us}, text);
    return json_string(text);
}

void ctl_write_instant(int64_t us, char out_text[static CTL_INSTANT_SIZE])
{
    if (us == 0) {
        (void)snprintf(out_text, CTL_INSTANT_SIZE, "—");
        return;
    }
    struct civil_time at = clock_local((struct instant){us});
    (void)snprintf(out_text, CTL_INSTANT_SIZE, "%02d/%02d/%04d %02d:%02d:%02d", at.day, at.month, at.year, at.hour,
        at.minute, at.second);
}
