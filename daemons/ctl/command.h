/* One command of preauctl: a row of the table of ctl.c. */
#pragma once

#include "runtime/config.h"

#include <stdbool.h>
#include <stddef.h>

/* What every command may end with; docs/operators/preauctl.md. */
enum ctl_exit {
    CTL_OK = 0,
    CTL_NO = 1,     /* refused, down, failed: the answer is no */
    CTL_USAGE = 2,  /* the command line is wrong */
    CTL_BROKEN = 2, /* of doctor only, as monitoring counts: something is broken; 1: something is to be looked at */
    CTL_UNREACHABLE = 3, /* a daemon, the database or a file could not be reached: nothing is known of the answer */
    CTL_CONFIG = 78      /* EX_CONFIG of sysexits.h, as daemons end with */
};

enum { CTL_VALUES_MAX = 64 };

struct ctl_option {
    const char *name;  /* "academy": --academy N; NULL ends the list */
    const char *value; /* "N" for the help; NULL: a flag */
    const char *help;  /* French */
};

/* What was given: the values of options and the arguments, all borrowed from argv. */
struct ctl {
    const struct command *command;
    const struct config *config; /* NULL when the command has no sections */
    const char *const *files;    /* of --config */
    size_t file_count;
    bool is_json;
    struct {
        const char *option;
        const char *value; /* "" for a flag */
    } given[CTL_VALUES_MAX];
    size_t given_count;
    const char *arguments[CTL_VALUES_MAX];
    size_t argument_count;
};

struct command {
    const char *group, *name; /* "import", "run"; name NULL: a group of one command */
    const char *arguments;    /* "IDENTIFIANT", for the help; NULL for none */
    size_t arguments_min;
    size_t arguments_max;
    const char *summary;              /* French, one sentence */
    const struct ctl_option *options; /* may be NULL */
    const char *const *sections;      /* of the configuration, NULL-ended; NULL: the command reads none */
    enum ctl_exit (*run)(const struct ctl *ctl);
};

/* The option's last value; NULL when it was not given. */
const char *ctl_value(const struct ctl *ctl, const char *option);
bool ctl_flag(const struct ctl *ctl, const char *option);
/* A whole number within bounds, whole. */
bool ctl_read_number(const char *text, long min, long max, long *out_number);
/* An option that is one: 0 when it was not given. false, and told, when it is none. */
bool ctl_number(const struct ctl *ctl, const char *option, long min, long max, long *out_number);
/* How the owner of the schema connects: database.owner_conninfo, or else as everybody does. */
const char *ctl_owner_conninfo(const struct ctl *ctl);

enum ctl_exit ctl_config_show(const struct ctl *ctl);
enum ctl_exit ctl_config_check(const struct ctl *ctl);
enum ctl_exit ctl_database_init(const struct ctl *ctl);
enum ctl_exit ctl_migrate(const struct ctl *ctl);
enum ctl_exit ctl_key_generate(const struct ctl *ctl);
enum ctl_exit ctl_key_promote(const struct ctl *ctl);
enum ctl_exit ctl_key_list(const struct ctl *ctl);
enum ctl_exit ctl_key_reseal(const struct ctl *ctl);
enum ctl_exit ctl_key_curve(const struct ctl *ctl);
enum ctl_exit ctl_passwords_build(const struct ctl *ctl);
enum ctl_exit ctl_crypto_calibrate(const struct ctl *ctl);
enum ctl_exit ctl_status(const struct ctl *ctl);
enum ctl_exit ctl_doctor(const struct ctl *ctl);
enum ctl_exit ctl_admin_add(const struct ctl *ctl);
enum ctl_exit ctl_admin_list(const struct ctl *ctl);
enum ctl_exit ctl_admin_show(const struct ctl *ctl);
enum ctl_exit ctl_admin_disable(const struct ctl *ctl);
enum ctl_exit ctl_admin_enable(const struct ctl *ctl);
enum ctl_exit ctl_admin_password(const struct ctl *ctl);
enum ctl_exit ctl_admin_reset_totp(const struct ctl *ctl);
enum ctl_exit ctl_admin_grant(const struct ctl *ctl);
enum ctl_exit ctl_admin_revoke(const struct ctl *ctl);
enum ctl_exit ctl_admin_follow(const struct ctl *ctl);
enum ctl_exit ctl_admin_unfollow(const struct ctl *ctl);
enum ctl_exit ctl_admin_aaf_heads(const struct ctl *ctl);
enum ctl_exit ctl_admin_sessions(const struct ctl *ctl);
enum ctl_exit ctl_admin_end_sessions(const struct ctl *ctl);
enum ctl_exit ctl_account_joined(const struct ctl *ctl);
enum ctl_exit ctl_account_separate(const struct ctl *ctl);
enum ctl_exit ctl_import_run(const struct ctl *ctl);
enum ctl_exit ctl_import_list(const struct ctl *ctl);
enum ctl_exit ctl_import_report(const struct ctl *ctl);
enum ctl_exit ctl_import_check(const struct ctl *ctl);
enum ctl_exit ctl_import_approve(const struct ctl *ctl);
enum ctl_exit ctl_import_reject(const struct ctl *ctl);
enum ctl_exit ctl_import_merges(const struct ctl *ctl);
enum ctl_exit ctl_import_unmerge(const struct ctl *ctl);
enum ctl_exit ctl_mail_list(const struct ctl *ctl);
enum ctl_exit ctl_mail_preview(const struct ctl *ctl);
enum ctl_exit ctl_statistics_compute(const struct ctl *ctl);
enum ctl_exit ctl_statistics_open(const struct ctl *ctl);
enum ctl_exit ctl_audit_verify(const struct ctl *ctl);
enum ctl_exit ctl_audit_show(const struct ctl *ctl);
