#include "ctl/options.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char standard_file[] = "/etc/preau/preau.conf";

enum { OPTIONS_MAX = 24, COMMON_COUNT = 4, OWN_FIRST = 256 };

static const struct option common_options[COMMON_COUNT] = {
    {"config",  required_argument, NULL, 'c'},
    {"json",    no_argument,       NULL, 'j'},
    {"help",    no_argument,       NULL, 'h'},
    {"version", no_argument,       NULL, 'V'},
};

/* --- what was given --- */

const char *ctl_value(const struct ctl *ctl, const char *option)
{
    const char *value = NULL;
    for (size_t i = 0; i < ctl->given_count; i++)
        if (strcmp(ctl->given[i].option, option) == 0)
            value = ctl->given[i].value;
    return value;
}

bool ctl_flag(const struct ctl *ctl, const char *option)
{
    return ctl_value(ctl, option) != NULL;
}

bool ctl_read_number(const char *text, long min, long max, long *out_number)
{
    char *end = NULL;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < min || number > max)
        return false;
    *out_number = number;
    return true;
}

bool ctl_number(const struct ctl *ctl, const char *option, long min, long max, long *out_number)
{
    const char *text = ctl_value(ctl, option);
    *out_number = 0;
    if (text == NULL || ctl_read_number(text, min, max, out_number))
        return true;
    (void)fprintf(stderr, "preauctl: --%s : un nombre de %ld à %ld est attendu, non « %s »\n", option, min, max, text);
    return false;
}

/* --- reading --- */

static bool option_take(struct ctl_line *line, int option, const char *value)
{
    if (option == 'c' && line->ctl.file_count < CTL_FILES_MAX)
        line->files[line->ctl.file_count++] = value;
    else if (option == 'j')
        line->ctl.is_json = true;
    else if (option == 'h')
        line->is_help = true;
    else if (option == 'V')
        line->is_version = true;
    else
        return false; /* getopt told what is wrong */
    return true;
}

static bool own_option_take(struct ctl_line *line, int number, const char *value)
{
    struct ctl *ctl = &line->ctl;
    assert(ctl->command && ctl->command->options); /* own options are read once the command is known */
    if (ctl->given_count == CTL_VALUES_MAX) {
        (void)fputs("preauctl: trop d’options\n", stderr);
        return false;
    }
    ctl->given[ctl->given_count].option = ctl->command->options[number].name;
    ctl->given[ctl->given_count++].value = value != NULL ? value : "";
    return true;
}

/* Common options may stand before the command too. */
static bool read_before(int argc, char **argv, struct ctl_line *line)
{
    struct option known[COMMON_COUNT + 1] = {{0}};
    memcpy(known, common_options, sizeof common_options);
    int option;
    while ((option = getopt_long(argc, argv, "+c:hV", known, NULL)) != -1) // NOLINT(concurrency-mt-unsafe)
        if (!option_take(line, option, optarg))
            return false;
    return true;
}

static const struct command *command_find(const struct command *commands, int argc, char **argv, int *out_words)
{
    for (const struct command *command = commands; command->group != NULL; command++) {
        *out_words = command->name != NULL ? 2 : 1;
        if (argc >= *out_words && strcmp(argv[0], command->group) == 0 &&
            (command->name == NULL || strcmp(argv[1], command->name) == 0))
            return command;
    }
    return NULL;
}

static bool read_after(int argc, char **argv, struct ctl_line *line)
{
    struct option known[OPTIONS_MAX + 1] = {{0}};
    memcpy(known, common_options, sizeof common_options);
    int count = COMMON_COUNT;
    const struct ctl_option *own = line->ctl.command->options;
    for (int i = 0; own != NULL && own[i].name != NULL && count < OPTIONS_MAX; i++)
        known[count++] =
            (struct option){own[i].name, own[i].value != NULL ? required_argument : no_argument, NULL, OWN_FIRST + i};
    optind = 0; /* glibc: begin anew */
    int option;
    while ((option = getopt_long(argc, argv, "c:hV", known, NULL)) != -1) { // NOLINT(concurrency-mt-unsafe)
        bool taken =
            option >= OWN_FIRST ? own_option_take(line, option - OWN_FIRST, optarg) : option_take(line, option, optarg);
        if (!taken)
            return false;
    }
    for (; optind < argc && line->ctl.argument_count < CTL_VALUES_MAX; optind++)
        line->ctl.arguments[line->ctl.argument_count++] = argv[optind];
    return true;
}

static bool arguments_fit(const struct ctl *ctl)
{
    const struct command *command = ctl->command;
    if (ctl->argument_count >= command->arguments_min && ctl->argument_count <= command->arguments_max)
        return true;
    (void)fprintf(stderr, "preauctl: %s argument ; essayez « preauctl %s%s%s --help »\n",
        ctl->argument_count < command->arguments_min ? "il manque un" : "il y a trop d’", command->group,
        command->name != NULL ? " " : "", command->name != NULL ? command->name : "");
    return false;
}

static void use_standard_file(struct ctl_line *line)
{
    if (line->ctl.file_count == 0 && access(standard_file, F_OK) == 0)
        line->files[line->ctl.file_count++] = standard_file;
    line->ctl.files = line->files;
}

bool ctl_line_read(const struct command *commands, int argc, char **argv, struct ctl_line *out_line)
{
    *out_line = (struct ctl_line){0};
    if (!read_before(argc, argv, out_line))
        return false;
    if (out_line->is_help || out_line->is_version)
        return true;
    int words = 0;
    argc -= optind;
    argv += optind;
    if (argc == 1 && strcmp(argv[0], "help") == 0) {
        out_line->is_help = true;
        return true;
    }
    out_line->ctl.command = command_find(commands, argc, argv, &words);
    if (out_line->ctl.command == NULL) {
        (void)fprintf(stderr, "preauctl: %s ; essayez « preauctl --help »\n",
            argc == 0 ? "il manque une commande" : "commande inconnue");
        return false;
    }
    /* getopt begins at the second word of what it is given */
    if (!read_after(argc - words + 1, argv + words - 1, out_line))
        return false;
    use_standard_file(out_line);
    return out_line->is_help || out_line->is_version || arguments_fit(&out_line->ctl);
}

/* --- help --- */

static void print_usage(const struct command *command)
{
    (void)printf(
        "%s%s%s", command->group, command->name != NULL ? " " : "", command->name != NULL ? command->name : "");
    if (command->arguments != NULL)
        (void)printf(" %s", command->arguments);
}

static void print_common(void)
{
    (void)printf(
        "  -c, --config FICHIER   lit cette configuration ; plusieurs fois : le dernier l'emporte\n"
        "                         (défaut : %s)\n"
        "      --json             répond par un document JSON (docs/operators/preauctl.md)\n"
        "  -V, --version          dit la version\n"
        "  -h, --help             cette aide\n\n"
        "Codes : 0 fait ; 1 non (refus, arrêt, échec) ; 2 ligne de commande ; 3 injoignable ; 78 configuration.\n",
        standard_file);
}

void ctl_help(const struct command *commands)
{
    (void)printf("preauctl — conduit une installation de Préau\n\nUsage : preauctl [OPTIONS] COMMANDE\n\n");
    for (const struct command *command = commands; command->group != NULL; command++) {
        (void)printf("  ");
        print_usage(command);
        (void)printf("\n        %s\n", command->summary);
    }
    (void)printf("\nOptions de toutes les commandes (« preauctl COMMANDE --help » dit les siennes) :\n");
    print_common();
}

void ctl_help_command(const struct command *command)
{
    (void)printf("Usage : preauctl ");
    print_usage(command);
    (void)printf(" [OPTIONS]\n\n%s\n\n", command->summary);
    for (const struct ctl_option *own = command->options; own != NULL && own->name != NULL; own++) {
        char head[64];
        (void)snprintf(head, sizeof head, "--%s %s", own->name, own->value != NULL ? own->value : "");
        (void)printf("      %-22s %s\n", head, own->help);
    }
    print_common();
}

const char *ctl_owner_conninfo(const struct ctl *ctl)
{
    return config_text(ctl->config, config_is_set(ctl->config, CONFIG_DATABASE_OWNER_CONNINFO)
                                        ? CONFIG_DATABASE_OWNER_CONNINFO
                                        : CONFIG_DATABASE_CONNINFO);
}
