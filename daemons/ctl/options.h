/* The command line of preauctl, from argv to a struct ctl. */
#pragma once

#include "ctl/command.h"

/* The files of --config, "/etc/preau/preau.conf" when none was given and it is there. */
enum { CTL_FILES_MAX = 16 };

struct ctl_line {
    struct ctl ctl;
    const char *files[CTL_FILES_MAX];
    bool is_help, is_version;
};

/* commands: ended by a row without group. false, and told on standard error, when the line is wrong; with is_help or
 * is_version line->ctl.command may be NULL. */
bool ctl_line_read(const struct command *commands, int argc, char **argv, struct ctl_line *out_line);

void ctl_help(const struct command *commands);
void ctl_help_command(const struct command *command);
