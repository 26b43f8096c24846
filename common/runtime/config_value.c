/* One value against its row: form, unit, bounds. What is wrong is said in French, to the operator. */
#include "runtime/config_table.h"

#include "runtime/cleanup.h"
#include "runtime/credential.h"
#include "runtime/memory.h"
#include "runtime/network.h"
#include "runtime/schedule.h"
#include "runtime/web_address.h"

#include "domain/latin.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit durations[] = {
    {"ms",  1000                },
    {"s",   1000000             },
    {"min", INT64_C(60000000)   },
    {"h",   INT64_C(3600000000) },
    {"j",   INT64_C(86400000000)},
    {"d",   INT64_C(86400000000)},
    {NULL,  0                   },
};
static const struct unit sizes[] = {
    {"o",   1               },
    {"Kio", 1024            },
    {"KiB", 1024            },
    {"Mio", INT64_C(1) << 20},
    {"MiB", INT64_C(1) << 20},
    {"Gio", INT64_C(1) << 30},
    {"GiB", INT64_C(1) << 30},
    {NULL,  0               },
};
static const struct unit counts[] = {
    {"",   1},
    {NULL, 0},
};

#define SAY(problem, ...) ((void)snprintf((problem), CONFIG_PROBLEM_SIZE, __VA_ARGS__), false)

void config_value_free(struct config_value *value)
{
    free(value->text);
    for (char **member = value->list; member != NULL && *member != NULL; member++)
        free(*member);
    free(value->list);
    free(value->origin);
    *value = (struct config_value){0};
}

static const struct unit *units_of(enum config_type type)
{
    return type == CONFIG_DURATION ? durations : type == CONFIG_SIZE ? sizes : counts;
}

/* A whole number of at most 15 digits and one unit. A zero needs no unit. */
static bool read_number(const char *text, const struct unit *units, int64_t *out_number)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 15)
        return false;
    int64_t number = strtoll(text, NULL, 10);
    const char *rest = text + digits + strspn(text + digits, " ");
    for (const struct unit *unit = units; unit->name != NULL; unit++)
        if (strcmp(rest, unit->name) == 0)
            return !__builtin_mul_overflow(number, unit->factor, out_number);
    *out_number = 0;
    return number == 0 && rest[0] == '\0';
}

static bool read_bounded(const struct config_row *row, const char *text, int64_t *out_number, char *problem)
{
    static const char *const forms[] = {
        [CONFIG_COUNT] = "un nombre entier (exemple : 8)",
        [CONFIG_DURATION] = "une durée avec son unité (exemples : 500ms, 30s, 5min, 2h, 90j)",
        [CONFIG_SIZE] = "une taille avec son unité (exemples : 64Kio, 20Mio, 1Gio)",
    };
    const struct unit *units = units_of(row->type);
    if (!read_number(text, units, out_number))
        return SAY(problem, "« %.80s » n'est pas %s", text, forms[row->type]);
    int64_t bound;
    if (row->min[0] != '\0' && read_number(row->min, units, &bound) && *out_number < bound)
        return SAY(problem, "%.80s est trop petit : au moins %s", text, row->min);
    if (row->max[0] != '\0' && read_number(row->max, units, &bound) && *out_number > bound)
        return SAY(problem, "%.80s est trop grand : au plus %s", text, row->max);
    return true;
}

static bool read_flag(const char *text, int64_t *out_number, char *problem)
{
    static const char *const yes[] = {"oui", "yes", "true", "on", "1"};
    static const char *const no[] = {"non", "no", "false", "off", "0"};
    for (size_t i = 0; i < ARRAY_LENGTH(yes); i++) {
        *out_number = strcmp(text, yes[i]) == 0;
        if (*out_number == 1 || strcmp(text, no[i]) == 0)
            return true;
    }
    return SAY(problem, "« %.80s » : écrivez oui ou non", text);
}

static bool check_choice(const struct config_row *row, const char *text, char *problem)
{
    size_t length = strlen(text);
    for (const char *word = row->min; word != NULL; word = strchr(word, '|')) {
        word += *word == '|';
        if (strcspn(word, "|") == length && strncmp(word, text, length) == 0)
            return true;
    }
    return SAY(problem, "« %.80s » : choisissez parmi %s", text, row->min);
}

static bool check_length(const struct config_row *row, size_t length, const char *of, char *problem)
{
    long max = row->max[0] != '\0' ? strtol(row->max, NULL, 10) : 4096;
    return length <= (size_t)max || SAY(problem, "trop long : au plus %ld %s", max, of);
}

static bool check_path(const struct config_row *row, const char *text, char *problem)
{
    const char *credential = row->type == CONFIG_FILE ? credential_name(text) : NULL;
    if (credential != NULL)
        return credential_name_is_right(credential) ||
               SAY(problem, "« %.80s » : après « credential: », le nom que LoadCredential= donne à ce fichier", text);
    return text[0] == '\0' || text[0] == '/' ||
           SAY(problem, "« %.80s » : écrivez un chemin entier, qui commence par /", text);
}

static bool check_text(const struct config_row *row, const char *text, char *problem)
{
    if (!utf8_is_valid(text))
        return SAY(problem, "le texte n'est pas en UTF-8 : enregistrez le fichier en UTF-8");
    if (row->type == CONFIG_FILE || row->type == CONFIG_DIRECTORY)
        return check_path(row, text, problem);
    return check_length(row, strlen(text), "octets", problem);
}

static bool check_address(const struct config_row *row, const char *text, char *problem)
{
    if (strcmp(text, "systemd") == 0 || (row->min[0] != '\0' && strcmp(text, row->min) == 0))
        return true;
    const char *colon = strrchr(text, ':');
    char *end = NULL;
    long port = colon != NULL && colon > text ? strtol(colon + 1, &end, 10) : -1;
    bool is_bare_v6 = colon != NULL && text[0] != '[' && memchr(text, ':', (size_t)(colon - text)) != NULL;
    if (port < 0 || port > 65535 || end == colon + 1 || *end != '\0' || is_bare_v6)
        return SAY(problem, "« %.80s » n'est pas une adresse : écrivez hôte:port ou [IPv6]:port", text);
    return true;
}

static bool check_web_address(const struct config_row *row, const char *text, char *problem)
{
    if (text[0] != '\0' && !web_address_is_safe(text))
        return SAY(problem,
            "« %.80s » n'est pas une adresse sûre : écrivez https://, l'hôte et le chemin, sans nom "
            "d'utilisateur, les autres lettres que celles d'ASCII codées en %%XX",
            text);
    return check_length(row, strlen(text), "octets", problem);
}

static bool check_network(const char *text, char *problem)
{
    return network_is_valid(text) || SAY(problem,
                                         "« %.80s » : écrivez une adresse (10.0.0.1) ou un réseau (10.42.0.0/16, /8 au "
                                         "plus large ; /16 en IPv6), "
                                         "sans bit au-delà de sa longueur",
                                         text);
}

static bool check_time(const char *text, char *problem)
{
    struct day_time time;
    return schedule_parse(text, &time) ||
           SAY(problem, "« %.80s » n'est pas une heure : écrivez par exemple 08:20", text);
}

static bool read_one(const struct config_row *row, const char *text, int64_t *out_number, char *problem)
{
    switch (row->type) {
    case CONFIG_CHOICE:
        return check_choice(row, text, problem);
    case CONFIG_COUNT:
    case CONFIG_DURATION:
    case CONFIG_SIZE:
        return read_bounded(row, text, out_number, problem);
    case CONFIG_FLAG:
        return read_flag(text, out_number, problem);
    case CONFIG_ADDRESS:
        return check_address(row, text, problem);
    case CONFIG_WEB_ADDRESS:
        return check_web_address(row, text, problem);
    case CONFIG_TIME_OF_DAY:
    case CONFIG_TIMES_OF_DAY:
        return check_time(text, problem);
    case CONFIG_NETWORKS:
        return check_network(text, problem);
    case CONFIG_LIST:
        return utf8_is_valid(text) || SAY(problem, "le texte n'est pas en UTF-8 : enregistrez le fichier en UTF-8");
    case CONFIG_TEXT:
    case CONFIG_FILE:
    case CONFIG_DIRECTORY:
        return check_text(row, text, problem);
    }
    return false;
}

/* What systemd gives is a path for whom it gives it to; for others, who do not read it, it stays a name. */
static char *text_of(const struct config_row *row, const char *text)
{
    const char *credential = row->type == CONFIG_FILE ? credential_name(text) : NULL;
    char *path = credential != NULL ? credential_path(credential) : NULL;
    return path != NULL ? path : checked_strdup(text);
}

bool config_value_read(const struct config_row *row, const char *const *texts, size_t count,
    struct config_value *out_value, char problem[static CONFIG_PROBLEM_SIZE])
{
    int64_t number = 0;
    bool is_list = config_type_is_list(row->type);
    if (is_list && !check_length(row, count, "valeurs", problem))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!read_one(row, texts[i], &number, problem))
            return false;
    *out_value = (struct config_value){.number = number};
    if (!is_list) {
        out_value->text = text_of(row, count > 0 ? texts[0] : "");
        return true;
    }
    out_value->list = checked_calloc(count + 1, sizeof *out_value->list);
    for (size_t i = 0; i < count; i++)
        out_value->list[i] = checked_strdup(texts[i]);
    return true;
}

bool config_value_exists(
    const struct config_row *row, const struct config_value *value, char problem[static CONFIG_PROBLEM_SIZE])
{
    bool is_directory = row->type == CONFIG_DIRECTORY;
    if ((!is_directory && row->type != CONFIG_FILE) || value->text[0] == '\0')
        return true;
    struct stat stat_;
    if (credential_name(value->text) != NULL)
        return SAY(problem, "« %.120s » : systemd n'a rien donné à ce programme ($CREDENTIALS_DIRECTORY)", value->text);
    if (stat(value->text, &stat_) != 0 && credential_is_at(value->text))
        return SAY(problem, "systemd ne donne pas « %.80s » à ce démon (%s) : LoadCredential= de son unité",
            strrchr(value->text, '/') + 1, strerror(errno));
    if (stat(value->text, &stat_) != 0)
        return SAY(problem, "%s « %.120s » est introuvable (%s)", is_directory ? "le dossier" : "le fichier",
            value->text, strerror(errno));
    if (is_directory != (bool)S_ISDIR(stat_.st_mode))
        return SAY(problem, "« %.120s » n'est pas %s", value->text, is_directory ? "un dossier" : "un fichier");
    if (access(value->text, is_directory ? R_OK | X_OK : R_OK) != 0)
        return SAY(problem, "« %.120s » n'est pas lisible par ce démon : vérifiez propriétaire et droits", value->text);
    return true;
}
