#include "notify/mail_language.h"

#include "domain/school.h"
#include "runtime/clock.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <string.h>

enum { MONTHS = 12 };

static const struct words {
    const char *language, *and;
    const char *between; /* day, month and year */
    const char *months[MONTHS];
} words[] = {
    {"en", " and ", " ",
     {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
            "December"}            },
    {"es", " y ",   " de ",
     {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
            "diciembre"}           },
    {"pt", " e ",   " de ",
     {"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
            "novembro", "dezembro"}},
};

static const struct words *words_of(const char *language)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i].language, language) == 0) {
            return &words[i];
        }
    }
    return NULL;
}

void mail_language_date(const char *language, struct instant instant, char out_text[WORDING_DATE_SIZE])
{
    const struct words *known = words_of(language);
    if (language[0] == '\0') {
        wording_date(instant, out_text);
    } else if (!known) {
        wording_day(instant, out_text);
    } else {
        struct civil_time time = clock_local(instant);
        snprintf(out_text, WORDING_DATE_SIZE, "%d%s%s%s%d", time.day, known->between, known->months[time.month - 1],
            known->between, time.year);
    }
}

const char *mail_language_and(const char *language)
{
    const struct words *known = words_of(language);
    return known ? known->and : language[0] == '\0' ? " et " : ", ";
}

/* --- whose it is --- */

struct school_language {
    char uai[UAI_SIZE];
    const char *language;
};

struct mail_languages {
    const char *standard;
    struct school_language *schools;
    size_t count;
    const char *used[MAIL_LANGUAGES_MAX];
    size_t used_count;
};

bool mail_language_is_name(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
    return length < MAIL_LANGUAGE_SIZE && text[length] == '\0';
}

static bool use(struct mail_languages *languages, const char *language, struct fault *fault)
{
    for (size_t i = 0; i < languages->used_count; i++) {
        if (strcmp(languages->used[i], language) == 0) {
            return true;
        }
    }
    if (strlen(language) < 2 || !mail_language_is_name(language)) {
        fault_set(fault, FAULT_CONFIG, "langue de courriel « %s »", language);
        return fault_hint(
            fault, "Écrire le code de la langue (en, pt…), qui est aussi le nom du dossier de ses modèles.");
    }
    if (languages->used_count == MAIL_LANGUAGES_MAX) {
        return fault_set(fault, FAULT_CONFIG, "plus de %d langues de courriel", MAIL_LANGUAGES_MAX);
    }
    languages->used[languages->used_count++] = language;
    return true;
}

static bool schools_add(
    struct mail_languages *languages, const char *const *schools, const char *language, struct fault *fault)
{
    for (; *schools; schools++) {
        struct uai uai;
        if (!uai_parse(*schools, &uai)) {
            fault_set(fault, FAULT_CONFIG, "mail_language.schools : « %s » n’est pas un numéro UAI", *schools);
            return fault_hint(fault, "Sept chiffres et leur lettre, comme 0690001B.");
        }
        languages->schools = checked_realloc(languages->schools, languages->count + 1, sizeof *languages->schools);
        struct school_language *school = &languages->schools[languages->count++];
        memcpy(school->uai, uai.text, sizeof school->uai);
        school->language = language;
    }
    return true;
}

bool mail_languages_read(const struct config *config, struct mail_languages **out_languages, struct fault *fault)
{
    static const char section[] = "mail_language";
    struct mail_languages *languages = *out_languages = checked_calloc(1, sizeof *languages);
    languages->standard = config_text(config, CONFIG_NOTIFY_SECOND_LANGUAGE);
    bool is_right = languages->standard[0] == '\0' || use(languages, languages->standard, fault);
    for (size_t i = 0; is_right && i < config_titled_count(config, section); i++) {
        const struct config *one = config_titled(config, section, i);
        const char *language = config_text(one, CONFIG_MAIL_LANGUAGE_LANGUAGE);
        is_right = (language[0] == '\0' || use(languages, language, fault)) &&
                   schools_add(languages, config_list(one, CONFIG_MAIL_LANGUAGE_SCHOOLS), language, fault);
    }
    return is_right;
}

void mail_languages_free(struct mail_languages **languages)
{
    if (*languages) {
        memory_free(&(*languages)->schools);
        memory_free(languages);
    }
}

const char *mail_language_of(const struct mail_languages *languages, const char *uai)
{
    for (size_t i = 0; i < languages->count; i++) {
        if (strcmp(languages->schools[i].uai, uai) == 0) {
            return languages->schools[i].language;
        }
    }
    return languages->standard;
}

const char *const *mail_languages_used(const struct mail_languages *languages, size_t *out_count)
{
    *out_count = languages->used_count;
    return languages->used;
}
