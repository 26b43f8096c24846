#include "ctl/check_answer.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *check_state_name(enum check_state state)
{
    static const char *const names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    return names[state];
}

enum check_state check_state_worse(enum check_state a, enum check_state b)
{
    static const int gravity[] = {[CHECK_OK] = 0, [CHECK_WARNING] = 1, [CHECK_UNKNOWN] = 2, [CHECK_CRITICAL] = 3};
    return gravity[a] >= gravity[b] ? a : b;
}

/* --- the answer --- */

/* Only what has the shape of /status, so that no other program passes for a daemon. `checks` and `numbers` are borrowed. */
struct answer {
    json_t *root;
    const char *name, *version, *state;
    int is_ready;
    json_t *checks, *numbers, *lists;
};

static void answer_clear(struct answer *answer)
{
    json_decref(answer->root);
}

static bool answer_read(const char *body, struct answer *out_answer)
{
    out_answer->root = json_loads(body, 0, NULL);
    return out_answer->root != NULL &&
           json_unpack(out_answer->root, "{s:s, s:s, s:s, s:b, s:o, s:o, s:o}", "name", &out_answer->name, "version",
               &out_answer->version, "state", &out_answer->state, "ready", &out_answer->is_ready, "checks",
               &out_answer->checks, "numbers", &out_answer->numbers, "lists", &out_answer->lists) == 0 &&
           json_is_array(out_answer->checks) && json_is_object(out_answer->numbers);
}

/* --- one line --- */

/* What a peer said goes into one line: no end of line, and no bar, behind which measures begin. */
static void say(FILE *out, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++)
        (void)fputc(*at < ' ' || *at == 0x7f ? ' ' : *at == '|' ? '/' : *at, out);
}

static bool is_measure_name(const char *name)
{
    return name[0] != '\0' && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

/* Units that plugins know: s and B. */
static const char *unit_of(const char *name)
{
    const char *end = strrchr(name, '_');
    if (end != NULL && strcmp(end, "_seconds") == 0)
        return "s";
    return strstr(name, "_bytes") != NULL ? "B" : "";
}

/* label=value[unit];[warning];[critical];[least] */
static void measure_say(FILE *out, const struct check_wish *wish, const char *name, json_int_t value)
{
    bool is_wanted = wish->measure != NULL && strcmp(wish->measure, name) == 0;
    (void)fprintf(out, " %s=%lld%s;%s;%s;0", name, (long long)value, unit_of(name),
        is_wanted && wish->warning != NULL ? wish->warning : "",
        is_wanted && wish->critical != NULL ? wish->critical : "");
}

static void measures_say(FILE *out, const struct check_wish *wish, const struct answer *answer, double seconds)
{
    const char *name;
    json_t *value;
    (void)fprintf(out, " | time=%.6fs;;;0", seconds);
    json_object_foreach(answer->numbers, name, value)
    {
        if (is_measure_name(name) && json_is_integer(value))
            measure_say(out, wish, name, json_integer_value(value));
    }
}

/* --- is it ready, are its checks well? --- */

struct check {
    const char *name, *state, *cause;
    int is_required;
};

static bool check_read(json_t *row, struct check *out_check)
{
    return json_unpack(row, "{s:s, s:s, s:s, s:b}", "name", &out_check->name, "state", &out_check->state, "cause",
               &out_check->cause, "required", &out_check->is_required) == 0;
}

static enum check_state check_judge(const struct check *check)
{
    if (strcmp(check->state, "ok") == 0)
        return CHECK_OK;
    return check->is_required ? CHECK_CRITICAL : CHECK_WARNING;
}

static enum check_state checks_judge(const struct answer *answer)
{
    enum check_state state = answer->is_ready ? CHECK_OK : CHECK_CRITICAL;
    size_t index;
    json_t *row;
    struct check check;
    json_array_foreach(answer->checks, index, row)
    {
        if (check_read(row, &check))
            state = check_state_worse(state, check_judge(&check));
    }
    return state;
}

/* Those that are not well with their causes; by -v the others too. */
static void checks_say(FILE *out, const struct check_wish *wish, const struct answer *answer)
{
    size_t index;
    json_t *row;
    struct check check;
    json_array_foreach(answer->checks, index, row)
    {
        if (!check_read(row, &check) || (check_judge(&check) == CHECK_OK && wish->verbosity == 0))
            continue;
        (void)fputs(" ; ", out);
        say(out, check.name);
        (void)fputc(' ', out);
        say(out, check.state);
        if (check.cause[0] != '\0') {
            (void)fputs(" : ", out);
            say(out, check.cause);
        }
    }
}

static enum check_state ready_judge(FILE *out, const struct check_wish *wish, const struct answer *answer)
{
    enum check_state state = checks_judge(answer);
    (void)fprintf(out, "%s", answer->is_ready ? "prêt" : "pas prêt");
    if (strcmp(answer->state, "running") != 0) {
        (void)fputs(" (", out);
        say(out, answer->state);
        (void)fputc(')', out);
    }
    checks_say(out, wish, answer);
    return state;
}

/* --- one measure --- */

static enum check_state value_judge(const struct check_wish *wish, double value)
{
    if (wish->critical != NULL && check_range_alerts(&wish->if_critical, value))
        return CHECK_CRITICAL;
    return wish->warning != NULL && check_range_alerts(&wish->if_warning, value) ? CHECK_WARNING : CHECK_OK;
}

static enum check_state measure_judge(FILE *out, const struct check_wish *wish, const struct answer *answer)
{
    json_t *value = json_object_get(answer->numbers, wish->measure);
    if (!json_is_integer(value)) {
        (void)fprintf(out, "ce démon ne donne pas (encore) la mesure %s", wish->measure);
        return CHECK_UNKNOWN;
    }
    (void)fprintf(out, "%s vaut %lld%s", wish->measure, (long long)json_integer_value(value), unit_of(wish->measure));
    return value_judge(wish, (double)json_integer_value(value));
}

static json_t *academy_find(const struct answer *answer, int academy)
{
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(answer->lists, "academies"), index, row)
    {
        if (json_integer_value(json_object_get(row, "academy")) == academy)
            return row;
    }
    return NULL;
}

static enum check_state academy_judge(FILE *out, const struct check_wish *wish, const struct answer *answer)
{
    json_t *row = academy_find(answer, wish->academy);
    json_t *age = json_object_get(row, "age_seconds");
    const char *name = json_string_value(json_object_get(row, "name"));
    (void)fprintf(out, "académie %d", wish->academy);
    if (name != NULL) {
        (void)fputs(" (", out);
        say(out, name);
        (void)fputc(')', out);
    }
    if (!json_is_integer(age)) {
        (void)fputs(row != NULL ? " jamais intégrée" : " inconnue de ce démon", out);
        return row != NULL ? CHECK_CRITICAL : CHECK_UNKNOWN;
    }
    (void)fprintf(out, " intégrée il y a %lld h %02lld", (long long)json_integer_value(age) / 3600,
        (long long)json_integer_value(age) / 60 % 60);
    if (wish->warning != NULL || wish->critical != NULL)
        return value_judge(wish, (double)json_integer_value(age));
    bool is_late =
        json_integer_value(json_object_get(row, "late")) != 0; /* the daemon knows when nothing is delivered */
    (void)fputs(is_late ? ", en retard" : "", out);
    return is_late ? CHECK_CRITICAL : CHECK_OK;
}

static void academy_measure_say(FILE *out, const struct check_wish *wish, const struct answer *answer)
{
    json_t *age = json_object_get(academy_find(answer, wish->academy), "age_seconds");
    if (json_is_integer(age))
        (void)fprintf(out, " academy_%d_age_seconds=%llds;%s;%s;0", wish->academy, (long long)json_integer_value(age),
            wish->warning != NULL ? wish->warning : "", wish->critical != NULL ? wish->critical : "");
}

/* --- the verdict --- */

static enum check_state judge(FILE *out, const struct check_wish *wish, const struct answer *answer)
{
    say(out, answer->name);
    (void)fputc(' ', out);
    say(out, answer->version);
    (void)fputs(" : ", out);
    if (wish->academy != 0)
        return academy_judge(out, wish, answer);
    return wish->measure != NULL ? measure_judge(out, wish, answer) : ready_judge(out, wish, answer);
}

struct check_verdict check_answer_judge(const struct check_wish *wish, const char *body, double seconds)
{
    struct check_verdict verdict = {.state = CHECK_UNKNOWN};
    _cleanup_(answer_clear) struct answer answer = {0};
    char *said = NULL;
    size_t length;
    FILE *out = open_memstream(&said, &length);
    if (out == NULL)
        abort(); /* out of memory */
    if (answer_read(body, &answer)) {
        verdict.state = judge(out, wish, &answer);
        measures_say(out, wish, &answer, seconds);
        if (wish->academy != 0)
            academy_measure_say(out, wish, &answer);
    } else {
        (void)fputs("ce qui répond n’est pas un démon de Préau : /status illisible", out);
    }
    if (fclose(out) != 0)
        abort(); /* out of memory */
    verdict.text = checked_printf("PREAU %s - %s", check_state_name(verdict.state), said);
    free(said);
    return verdict;
}
