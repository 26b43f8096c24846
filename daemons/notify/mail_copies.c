#include "notify/mail_copies.h"

#include "runtime/log.h"

#include <stdio.h>

static bool load(const struct config *config, const struct mail_languages *languages,
    struct mail_template_folders folders, struct template_set **out_sets, size_t set_count, struct fault *fault)
{
    size_t count;
    const char *const *used = mail_languages_used(languages, &count);
    folders.own = config_text(config, CONFIG_NOTIFY_TEMPLATE_DIRECTORY);
    folders.copies = config_text(config, CONFIG_NOTIFY_TEMPLATE_COPIES);
    return mail_template_load(&folders, used, count, out_sets, set_count, fault);
}

void mail_copies_check(const struct config *config, daemon_hears *tell, void *arg)
{
    struct fault fault = {0};
    struct mail_languages *languages = NULL;
    struct template_set *set = NULL;
    const struct mail_template_folders folders = {.heard = tell, .arg = arg};
    if (!mail_languages_read(config, &languages, &fault) || !load(config, languages, folders, &set, 1, &fault)) {
        tell(arg, &fault);
    }
    template_set_free(&set);
    mail_languages_free(&languages);
}

struct left {
    unsigned count;
    char first[sizeof((struct fault *)NULL)->text];
};

static void left_aside(void *arg, const struct fault *fault)
{
    struct left *left = arg;
    log_fault("mail_copy_left", fault);
    if (left->count++ == 0) {
        snprintf(left->first, sizeof left->first, "%s", fault->text);
    }
}

static void state_tell(struct status *status, const struct left *left)
{
    struct status_check *check = status_check_add(status, "mail_copies", false);
    char cause[sizeof left->first + 80];
    if (left->count == 0) {
        status_check_set(check, STATUS_OK, "");
        return;
    }
    snprintf(cause, sizeof cause, "%u left aside, mails leave without them: %s", left->count, left->first);
    status_check_set(check, STATUS_DEGRADED, cause);
}

bool mail_copies_load(struct daemon_run *run, const struct mail_languages *languages, struct template_set **out_sets,
    size_t set_count, struct fault *fault)
{
    struct left left = {0};
    const struct mail_template_folders folders = {.heard = left_aside, .arg = &left};
    bool are_loaded = load(run->config, languages, folders, out_sets, set_count, fault);
    state_tell(run->status, &left);
    return are_loaded;
}
