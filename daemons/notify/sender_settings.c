#include "notify/sender_own.h"

#include "notify/mail_copies.h"

#include <string.h>

bool sender_mailers_make(struct sender *sender, const struct config *config, struct fault *fault)
{
    struct template_set *sets[CONNECTIONS_MAX] = {NULL}; /* of one reading: every thread says the same */
    bool are_loaded =
        mail_copies_load(sender->notify->run, sender->settings.languages, sets, sender->settings.connections, fault);
    for (unsigned i = 0; i < sender->settings.connections; i++) {
        struct mailer *mailer = &sender->mailers[i];
        mailer->templates = sets[i];
        mailer->smtp = smtp_new(&sender->settings.smtp);
        mailer->keys = sender->notify->keys;
        mailer->sender = sender->settings.address;
        mailer->returns = &sender->settings.returns;
        mailer->languages = sender->settings.languages;
        mailer->sender_name = config_text(config, CONFIG_NOTIFY_SENDER_NAME);
        mailer->portal_url = config_text(config, CONFIG_PORTAL_PUBLIC_URL);
    }
    return are_loaded;
}

struct mail_pace *sender_pace_make(const struct config *config, unsigned connections)
{
    static const char section[] = "mail_domain";
    struct mail_pace *pace =
        mail_pace_new(connections, (struct mail_pace_limits){
                                       (unsigned)config_count(config, CONFIG_NOTIFY_DOMAIN_CONNECTIONS),
                                       (unsigned)config_count(config, CONFIG_NOTIFY_DOMAIN_PER_MINUTE),
                                   });
    for (size_t i = 0; i < config_titled_count(config, section); i++) {
        const struct config *domain = config_titled(config, section, i);
        const struct mail_pace_limits limits = {
            (unsigned)config_count(domain, CONFIG_MAIL_DOMAIN_CONNECTIONS),
            (unsigned)config_count(domain, CONFIG_MAIL_DOMAIN_PER_MINUTE),
        };
        for (const char *const *name = config_list(domain, CONFIG_MAIL_DOMAIN_NAMES); *name; name++) {
            mail_pace_limit(pace, *name, limits);
        }
    }
    return pace;
}

bool sender_settings_read(struct sender_settings *settings, const struct config *config, struct fault *fault)
{
    settings->address = config_text(config, CONFIG_NOTIFY_SENDER);
    const char *at = strrchr(settings->address, '@');
    if (!at || at[1] == '\0') {
        return fault_set(fault, FAULT_CONFIG, "notify.sender: not an address of mail");
    }
    settings->domain = at + 1;
    settings->connections = (unsigned)config_count(config, CONFIG_NOTIFY_CONNECTIONS);
    settings->retry = (struct retry_bounds){
        .first = config_duration(config, CONFIG_NOTIFY_RETRY_FIRST),
        .max = config_duration(config, CONFIG_NOTIFY_RETRY_MAX),
        .give_up_after = config_duration(config, CONFIG_NOTIFY_GIVE_UP_AFTER),
    };
    settings->smtp = (struct smtp_options){
        .url = config_text(config, CONFIG_NOTIFY_SMTP_URL),
        .starttls = config_text(config, CONFIG_NOTIFY_SMTP_STARTTLS),
        .ca_file = config_text(config, CONFIG_NOTIFY_SMTP_CA_FILE),
        .user = config_text(config, CONFIG_NOTIFY_SMTP_USER),
        .timeout = config_duration(config, CONFIG_NOTIFY_SMTP_TIMEOUT),
    };
    /* a conversation ends within its bound; then its record has as long again */
    settings->lease = (struct duration){2 * settings->smtp.timeout.us + SECONDS(5).us};
    bool has_password = config_is_set(config, CONFIG_NOTIFY_SMTP_PASSWORD_FILE);
    bool read = !has_password ||
                secret_read_file(config_text(config, CONFIG_NOTIFY_SMTP_PASSWORD_FILE), &settings->password, fault);
    settings->smtp.password = settings->password;
    return read && mail_languages_read(config, &settings->languages, fault) &&
           return_address_read(config_text(config, CONFIG_NOTIFY_RETURN_ADDRESS), &settings->returns, fault);
}

void sender_settings_clear(struct sender_settings *settings)
{
    secret_free(&settings->password);
    mail_languages_free(&settings->languages);
}
