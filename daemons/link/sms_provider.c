#include "link/sms_provider.h"

#include "link/sms_address.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <stdlib.h>
#include <string.h>

static const char section[] = "sms_provider";

static bool wrong(struct fault *fault, const char *key, const char *what, const char *hint)
{
    (void)fault_set(fault, FAULT_CONFIG, "%s: %s", key, what);
    return fault_hint(fault, "%s", hint);
}

/* It goes into headers: nothing that could end one. */
static bool is_printable(const char *text, bool is_ascii)
{
    for (; *text != '\0'; text++) {
        unsigned char letter = (unsigned char)*text;
        if (letter < ' ' || letter == 0x7F || (is_ascii && letter > 0x7F)) {
            return false;
        }
    }
    return true;
}

static bool read_secret(struct sms_provider *provider, const struct config *config, struct fault *fault)
{
    const char *file = config_text(config, CONFIG_SMS_PROVIDER_SECRET_FILE);
    if (file[0] == '\0') {
        return true;
    }
    if (!secret_read_file(file, &provider->secret, fault)) {
        return fault_add(fault, "secret_file");
    }
    return is_printable(secret_text(provider->secret), provider->kind == SMS_HTTPS) ||
           wrong(fault, "secret_file", "holds a sign that no header may have", "It is one line, the secret alone.");
}

/* --- what a generic one is asked and answers --- */

static bool read_headers(struct sms_provider *provider, const struct config *config, struct fault *fault)
{
    provider->headers = config_list(config, CONFIG_SMS_PROVIDER_HEADERS);
    for (const char *const *header = provider->headers; *header; header++) {
        const char *colon = strchr(*header, ':');
        if (!colon || colon == *header || !is_printable(*header, true)) {
            return wrong(fault, "headers", "holds what is no header", "For instance \"Authorization: Bearer %k\".");
        }
        if (!sms_template_check(*header, SMS_HEADER, fault)) {
            return fault_add(fault, "headers");
        }
    }
    return true;
}

static bool read_accepted(struct sms_provider *provider, const struct config *config, struct fault *fault)
{
    size_t count = 0;
    for (const char *const *text = config_list(config, CONFIG_SMS_PROVIDER_ACCEPTED); *text; text++) {
        char *end;
        long status = strtol(*text, &end, 10);
        if (*end != '\0' || status < 200 || status > 299) {
            return wrong(fault, "accepted", "holds what is no status of success", "For instance 200 201 202.");
        }
        provider->accepted[count++] = status; /* the table admits no more */
    }
    return count > 0 || wrong(fault, "accepted", "is to be given", "For instance 200 201 202.");
}

static bool read_answer(struct sms_provider *provider, const struct config *config, struct fault *fault)
{
    const char *pattern = config_text(config, CONFIG_SMS_PROVIDER_ANSWER);
    if (pattern[0] == '\0') {
        return true;
    }
    char problem[160];
    int error = regcomp(&provider->answer, pattern, REG_EXTENDED | REG_NOSUB);
    if (error != 0) {
        (void)regerror(error, &provider->answer, problem, sizeof problem);
        return wrong(fault, "answer", problem, "It is an extended regular expression of POSIX.");
    }
    provider->has_answer = true;
    return true;
}

static bool read_question(struct sms_provider *provider, const struct config *config, struct fault *fault)
{
    provider->method = config_text(config, CONFIG_SMS_PROVIDER_METHOD);
    provider->body = config_text(config, CONFIG_SMS_PROVIDER_BODY);
    provider->encoding = strcmp(config_text(config, CONFIG_SMS_PROVIDER_ENCODING), "json") == 0 ? SMS_JSON : SMS_FORM;
    bool is_get = strcmp(provider->method, "GET") == 0;
    if (is_get != (provider->body[0] == '\0')) {
        return wrong(fault, "body", is_get ? "GET has none" : "is to be given", "GET says all in url, others in body.");
    }
    if (!is_get && !sms_template_check(provider->body, provider->encoding, fault)) {
        return fault_add(fault, "body");
    }
    const char *said = is_get ? provider->url : provider->body;
    return (strstr(said, "%t") && (strstr(said, "%n") || strstr(said, "%N"))) ||
           wrong(fault, is_get ? "url" : "body", "lacks the text (%t) or the number (%n)", "The provider needs both.");
}

/* --- what it reports --- */

static bool is_told(const struct sms_provider *provider, char letter)
{
    for (const char *const *header = provider->headers; *header; header++) {
        if (sms_template_has(*header, letter)) {
            return true;
        }
    }
    return sms_template_has(provider->url, letter) || sms_template_has(provider->body, letter);
}

static bool check_words(const struct sms_callback *callback, struct fault *fault)
{
    const char *twice = sms_callback_word_twice(callback);
    if (twice) {
        (void)fault_set(fault, FAULT_CONFIG, "report_…: the word %s stands twice", twice);
        return fault_hint(fault, "Each word of the provider means one thing.");
    }
    return callback->words[REGISTRATION_DELIVERED][0] != NULL ||
           wrong(fault, "report_delivered", "is to be given", "The word by which it says that the telephone took it.");
}

/* Its messages are known by an address of their own (%r), or by a text that it repeats (%j). */
static bool check_callback(const struct sms_provider *provider, struct fault *fault)
{
    const struct sms_callback *callback = &provider->callback;
    bool has_address = is_told(provider, 'r'), has_id = is_told(provider, 'j');
    if (has_address && provider->reports_url[0] == '\0') {
        return wrong(
            fault, "%r", "stands for no address", "Give sms.reports_url, by which the provider comes to sms.reports.");
    }
    if (callback->status[0] == '\0') {
        return (!has_address && !has_id && callback->id[0] == '\0') ||
               wrong(fault, "report_status", "is to be given",
                   "The field of a report that says what became of the message.");
    }
    if (callback->id[0] != '\0' ? !has_id : !has_address) {
        return wrong(fault, "report_id", "does not go with what the provider is told of a message",
            "Either it is told %r, and report_id is empty; or %j, and report_id is the field that repeats it.");
    }
    return check_words(callback, fault);
}

static bool read_callback(struct sms_provider *provider, const struct config *config, struct fault *fault)
{
    provider->callback = (struct sms_callback){
        .id = config_text(config, CONFIG_SMS_PROVIDER_REPORT_ID),
        .status = config_text(config, CONFIG_SMS_PROVIDER_REPORT_STATUS),
        .words =
            {
                    [REGISTRATION_ACCEPTED] = config_list(config, CONFIG_SMS_PROVIDER_REPORT_ACCEPTED),
                    [REGISTRATION_DELIVERED] = config_list(config, CONFIG_SMS_PROVIDER_REPORT_DELIVERED),
                    [REGISTRATION_REFUSED] = config_list(config, CONFIG_SMS_PROVIDER_REPORT_REFUSED),
                    [REGISTRATION_UNDELIVERED] = config_list(config, CONFIG_SMS_PROVIDER_REPORT_UNDELIVERED),
                    },
        .waiting = config_list(config, CONFIG_SMS_PROVIDER_REPORT_WAITING),
    };
    return check_callback(provider, fault);
}

static bool read_https(struct sms_provider *provider, const struct config *config, struct fault *fault)
{
    provider->ca_file = config_text(config, CONFIG_SMS_PROVIDER_CA_FILE);
    if (strncmp(provider->url, "https://", strlen("https://")) != 0) {
        return wrong(fault, "url", "is no https address", "A provider of kind https is joined by https alone.");
    }
    if (!sms_template_check(provider->url, SMS_FORM, fault)) {
        return fault_add(fault, "url");
    }
    return read_question(provider, config, fault) && read_headers(provider, config, fault) &&
           read_accepted(provider, config, fault) && read_answer(provider, config, fault) &&
           read_callback(provider, config, fault);
}

static bool provider_read(
    struct sms_provider *provider, const struct config *config, const struct config *whole, struct fault *fault)
{
    provider->kind = strcmp(config_text(config, CONFIG_SMS_PROVIDER_KIND), "kannel") == 0 ? SMS_KANNEL : SMS_HTTPS;
    provider->url = config_text(config, CONFIG_SMS_PROVIDER_URL);
    provider->user = config_text(config, CONFIG_SMS_PROVIDER_USER);
    provider->sender = config_text(whole, CONFIG_SMS_SENDER);
    provider->timeout = config_duration(whole, CONFIG_SMS_TIMEOUT);
    provider->reports_url = config_text(whole, CONFIG_SMS_REPORTS_URL);
    return read_secret(provider, config, fault) &&
           (provider->kind == SMS_KANNEL ? sms_address_check("url", provider->url, fault)
                                         : read_https(provider, config, fault));
}

bool sms_providers_open(const struct daemon_run *run, struct sms_providers *out_providers, struct fault *fault)
{
    size_t count = config_titled_count(run->config, section);
    if (count > SMS_PROVIDERS_MAX) {
        return fault_set(fault, FAULT_CONFIG, "%s: at most %d", section, (int)SMS_PROVIDERS_MAX);
    }
    out_providers->list = checked_calloc(count + 1, sizeof *out_providers->list);
    for (; out_providers->count < count; out_providers->count++) {
        struct sms_provider *provider = &out_providers->list[out_providers->count];
        provider->name = config_title(run->config, section, out_providers->count);
        provider->peer = checked_printf("sms/%s", provider->name);
        if (!provider_read(provider, config_titled(run->config, section, out_providers->count), run->config, fault)) {
            out_providers->count++; /* what it has already is closed with the others */
            return fault_add(fault, "%s \"%s\"", section, provider->name);
        }
    }
    return true;
}

void sms_providers_close(struct sms_providers *providers)
{
    for (size_t i = 0; i < providers->count; i++) {
        secret_free(&providers->list[i].secret);
        memory_free(&providers->list[i].peer);
        if (providers->list[i].has_answer) {
            regfree(&providers->list[i].answer);
        }
    }
    memory_free(&providers->list);
    *providers = (struct sms_providers){0};
}
