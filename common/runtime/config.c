/* Reading the configuration: files by libconfuse, environment, checks. Everything that is wrong is told, not the first
 * only; but after a word that libconfuse does not know it gives a file up. */
#include "runtime/config.h"

#include "runtime/cleanup.h"
#include "runtime/config_table.h"
#include "runtime/memory.h"

#include <assert.h>
#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

/* A section that stands under a title is one of these too, of which only the section's own keys are used. */
struct config {
    struct config_value values[CONFIG_KEY_COUNT];
    char *section, *title; /* NULL for the whole */
    struct config **titled;
    size_t titled_count;
};

/* libconfuse's callbacks carry no argument of ours: this is the reading they belong to. Main thread only. */
static struct reading {
    struct config *config;
    struct config_problems *problems;
    const char *file;
} reading;

/* --- problems --- */

PRINTF_LIKE(2, 3) static void problem_add(struct config_problems *problems, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int length = vasprintf(&text, format, args);
    va_end(args);
    assert(length >= 0);
    problems->texts = checked_realloc(problems->texts, problems->count + 1, sizeof *problems->texts);
    problems->texts[problems->count++] = text;
}

void config_problems_clear(struct config_problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        free(problems->texts[i]);
    free(problems->texts);
    *problems = (struct config_problems){0};
}

/* --- one value from somewhere --- */

/* Into `config`: the whole, or a section under a title. Takes `origin`. */
static void value_put(struct config *config, enum config_key key, const char *const *texts, size_t count, char *origin)
{
    const struct config_row *row = config_row(key);
    char problem[CONFIG_PROBLEM_SIZE];
    struct config_value value;
    if (!config_value_read(row, texts, count, &value, problem)) {
        problem_add(reading.problems, "%s: %s: %s", origin, row->full, problem);
        free(origin);
        return;
    }
    value.origin = origin;
    config_value_free(&config->values[key]);
    config->values[key] = value;
}

/* Texts apart by any of `separators`; empty ones do not count. */
static void list_put(struct config *config, enum config_key key, const char *text, const char *separators, char *origin)
{
    enum { MEMBERS_MAX = 256 };
    const char *members[MEMBERS_MAX];
    size_t count = 0;
    _cleanup_(memory_free) char *copy = checked_strdup(text);
    char *rest = copy;
    char *word;
    while ((word = strsep(&rest, separators)) != NULL && count < MEMBERS_MAX)
        if (word[0] != '\0')
            members[count++] = word;
    value_put(config, key, members, count, origin);
}

static void text_put(struct config *config, enum config_key key, const char *text, const char *separators, char *origin)
{
    if (config_type_is_list(config_row(key)->type))
        list_put(config, key, text, separators, origin);
    else
        value_put(config, key, &text, 1, origin);
}

/* The defaults of one section under a title; of all others with NULL. */
static void defaults_put(struct config *config, const char *section)
{
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct config_row *row = config_row((enum config_key)i);
        bool is_wanted = section != NULL ? strcmp(row->section, section) == 0 : !config_section_is_titled(row->section);
        if (is_wanted && row->standard != NULL)
            text_put(config, (enum config_key)i, row->standard, " ", checked_strdup("default"));
    }
}

/* --- sections under a title --- */

/* A title goes into addresses and logs. */
static bool title_is_valid(const char *title)
{
    enum { TITLE_MAX = 32 };
    size_t length = strspn(title, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 0 && length <= TITLE_MAX && title[length] == '\0' && title[0] >= 'a';
}

static struct config *titled_find(const struct config *config, const char *section, const char *title)
{
    for (size_t i = 0; i < config->titled_count; i++) {
        struct config *one = config->titled[i];
        if (strcmp(one->section, section) == 0 && strcmp(one->title, title) == 0)
            return one;
    }
    return NULL;
}

/* Where the options of a section of a file belong. A later file goes on with what an earlier one began. */
static struct config *config_of(const cfg_t *section)
{
    if (!config_section_is_titled(section->name))
        return reading.config;
    struct config *whole = reading.config;
    struct config *one = titled_find(whole, section->name, section->title);
    if (one == NULL) {
        one = checked_calloc(1, sizeof *one);
        one->section = checked_strdup(section->name);
        one->title = checked_strdup(section->title);
        whole->titled = checked_realloc(whole->titled, whole->titled_count + 1, sizeof(struct config *));
        whole->titled[whole->titled_count++] = one;
        defaults_put(one, section->name);
        if (!title_is_valid(section->title))
            problem_add(reading.problems,
                "%s:%d: %s: « %.40s » : un nom se compose de 1 à 32 lettres minuscules sans accent, chiffres ou tirets "
                "et commence par une lettre",
                reading.file, section->line, section->name, section->title);
    }
    return one;
}

/* --- files --- */

PRINTF_LIKE(2, 0) static void confuse_says(cfg_t *cfg, const char *format, va_list args)
{
    if (strstr(format, "no such option") == NULL) {
        char text[200];
        (void)vsnprintf(text, sizeof text, format, args);
        problem_add(reading.problems, "%s:%d: écriture incorrecte (%s)", reading.file, cfg->line, text);
        return;
    }
    const char *word = va_arg(args, const char *);
    const char *section = strcmp(cfg->name, "root") != 0 ? cfg->name : NULL;
    const char *nearest = config_nearest(section, word);
    const char *what = section != NULL ? "clef inconnue" : "section inconnue";
    if (nearest != NULL)
        problem_add(reading.problems, "%s:%d: %s%s%.60s: %s ; vouliez-vous « %s » ?", reading.file, cfg->line,
            section != NULL ? section : "", section != NULL ? "." : "", word, what, nearest);
    else
        problem_add(reading.problems, "%s:%d: %s%s%.60s: %s ; voyez la liste dans preau.conf", reading.file, cfg->line,
            section != NULL ? section : "", section != NULL ? "." : "", word, what);
}

static void option_put(const cfg_t *section, cfg_opt_t *option)
{
    enum config_key key = config_key_find(section->name, option->name);
    assert(key != CONFIG_KEY_COUNT);
    unsigned count = cfg_opt_size(option);
    _cleanup_(memory_free) const char **texts = checked_calloc(count + 1, sizeof *texts);
    for (unsigned i = 0; i < count; i++)
        texts[i] = cfg_opt_getnstr(option, i);
    value_put(config_of(section), key, texts, count, checked_printf("%s:%d", reading.file, section->line));
}

static int scalar_was_read(cfg_t *section, cfg_opt_t *option)
{
    option_put(section, option);
    return 0;
}

/* One section's options; the caller frees. */
static cfg_opt_t *section_options(const char *section)
{
    cfg_opt_t *options = checked_calloc(CONFIG_KEY_COUNT + 1, sizeof *options);
    size_t count = 0;
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct config_row *row = config_row((enum config_key)i);
        if (strcmp(row->section, section) != 0)
            continue;
        const cfg_opt_t scalar = CFG_STR(row->name, NULL, CFGF_NODEFAULT);
        const cfg_opt_t list = CFG_STR_LIST(row->name, NULL, CFGF_NODEFAULT);
        options[count++] = config_type_is_list(row->type) ? list : scalar;
    }
    const cfg_opt_t end = CFG_END();
    options[count] = end;
    return options;
}

static cfg_t *parser_new(void)
{
    cfg_opt_t sections[CONFIG_KEY_COUNT + 1];
    size_t count = 0;
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const char *section = config_row((enum config_key)i)->section;
        if (i > 0 && strcmp(section, config_row((enum config_key)(i - 1))->section) == 0)
            continue;
        const cfg_flag_t flags =
            config_section_is_titled(section) ? CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES : CFGF_NONE;
        const cfg_opt_t option = CFG_SEC(section, section_options(section), flags);
        sections[count++] = option;
    }
    const cfg_opt_t end = CFG_END();
    sections[count] = end;
    cfg_t *parser = cfg_init(sections, CFGF_NONE);
    assert(parser != NULL);
    for (size_t i = 0; i < count; i++)
        free(sections[i].subopts);
    (void)cfg_set_error_function(parser, confuse_says);
    return parser;
}

static void parser_free(cfg_t **parser)
{
    (void)cfg_free(*parser);
}

/* Scalars are taken as they are met, for their line; lists when they are whole, at the end of the file. */
static void watch_scalars(cfg_t *parser)
{
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct config_row *row = config_row((enum config_key)i);
        if (config_type_is_list(row->type))
            continue;
        char path[128];
        (void)snprintf(path, sizeof path, "%s|%s", row->section, row->name);
        (void)cfg_set_validate_func(parser, path, scalar_was_read);
    }
}

static void lists_put(cfg_t *parser)
{
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct config_row *row = config_row((enum config_key)i);
        for (unsigned n = 0; config_type_is_list(row->type) && n < cfg_size(parser, row->section); n++) {
            cfg_t *section = cfg_getnsec(parser, row->section, n);
            cfg_opt_t *option = cfg_getopt(section, row->name);
            if (option != NULL && (option->flags & CFGF_MODIFIED) != 0)
                option_put(section, option);
        }
    }
}

/* An empty section is one too. */
static void titled_put(cfg_t *parser)
{
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const char *section = config_row((enum config_key)i)->section;
        for (unsigned n = 0; config_section_is_titled(section) && n < cfg_size(parser, section); n++)
            (void)config_of(cfg_getnsec(parser, section, n));
    }
}

/* libconfuse 3.3 counts a line with a comment more than once, and would name the wrong line: comments become blanks. */
static void blank_comments(char *text)
{
    char quote = '\0';
    char before = '\n';
    for (; *text != '\0'; before = *text++) {
        if (quote != '\0') {
            if (*text == '\\' && text[1] != '\0')
                text++;
            else if (*text == quote)
                quote = '\0';
        } else if (*text == '"' || *text == '\'') {
            quote = *text;
        } else if (*text == '#' && strchr(" \t\r\n={}(),;", before) != NULL) {
            size_t length = strcspn(text, "\n");
            memset(text, ' ', length);
            text += length - 1;
        }
    }
}

/* NULL: told. */
static char *file_text(const char *path)
{
    enum { FILE_MAX = 1024 * 1024 };
    _cleanup_(memory_free) char *text = checked_calloc(1, FILE_MAX + 1);
    FILE *file = fopen(path, "re");
    size_t length = file != NULL ? fread(text, 1, FILE_MAX, file) : 0;
    bool is_read = file != NULL && ferror(file) == 0;
    int error = errno;
    if (file != NULL)
        (void)fclose(file);
    if (!is_read) {
        problem_add(
            reading.problems, "%s: lecture impossible (%s) : vérifiez le chemin et les droits", path, strerror(error));
        return NULL;
    }
    if (length == FILE_MAX || strlen(text) != length) {
        problem_add(reading.problems, "%s: ce n'est pas un fichier de configuration", path);
        return NULL;
    }
    return TAKE(text);
}

static void file_read(const char *path)
{
    reading.file = path;
    _cleanup_(memory_free) char *text = file_text(path);
    if (text == NULL)
        return;
    blank_comments(text);
    _cleanup_(parser_free) cfg_t *parser = parser_new();
    watch_scalars(parser);
    /* another outcome was told by confuse_says */
    if (cfg_parse_buf(parser, text) == CFG_SUCCESS) {
        titled_put(parser);
        lists_put(parser);
    }
}

/* --- environment --- */

static void environment_read(void)
{
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct config_row *row = config_row((enum config_key)i);
        const char *text = getenv(row->variable);
        if (text != NULL && !config_section_is_titled(row->section))
            text_put(reading.config, (enum config_key)i, text, ",", checked_strdup(row->variable));
    }
}

/* PREAU_PORTAL_LISTN would otherwise be passed over in silence. */
static void environment_check(void)
{
    for (char **variable = environ; *variable != NULL; variable++) {
        if (strncmp(*variable, "PREAU_", 6) != 0)
            continue;
        size_t length = strcspn(*variable, "=");
        bool is_known = false;
        bool has_section = false;
        for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
            const struct config_row *row = config_row((enum config_key)i);
            size_t prefix = 6 + strlen(row->section) + 1;
            has_section = has_section || strncmp(*variable, row->variable, prefix) == 0;
            is_known = is_known || (!config_section_is_titled(row->section) && strlen(row->variable) == length &&
                                       strncmp(*variable, row->variable, length) == 0);
        }
        if (has_section && !is_known)
            problem_add(reading.problems, "environnement: %.*s: clef inconnue ; voyez la liste dans preau.conf",
                (int)(length < 80 ? length : 80), *variable);
    }
}

/* --- whole --- */

static bool is_needed(const struct config_row *row, const char *const *sections)
{
    for (; sections != NULL && *sections != NULL; sections++)
        if (strcmp(*sections, row->section) == 0)
            return true;
    return false;
}

static void need_check(const struct config *config, enum config_key key, const char *full)
{
    const struct config_row *row = config_row(key);
    const struct config_value *value = &config->values[key];
    char problem[CONFIG_PROBLEM_SIZE];
    if (value->origin == NULL)
        problem_add(reading.problems, "%s: cette clef doit être donnée, elle n'a pas de défaut", full);
    else if (!config_value_exists(row, value, problem))
        problem_add(reading.problems, "%s: %s: %s", value->origin, full, problem);
}

static void needs_check(const char *const *sections)
{
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct config_row *row = config_row((enum config_key)i);
        if (!is_needed(row, sections))
            continue;
        if (!config_section_is_titled(row->section))
            need_check(reading.config, (enum config_key)i, row->full);
        for (size_t n = 0; n < config_titled_count(reading.config, row->section); n++) {
            _cleanup_(memory_free) char *full =
                checked_printf("%s \"%s\": %s", row->section, config_title(reading.config, row->section, n), row->name);
            need_check(config_titled(reading.config, row->section, n), (enum config_key)i, full);
        }
    }
}

struct config *config_load(
    const char *const *files, size_t file_count, const char *const *sections, struct config_problems *problems)
{
    _cleanup_(config_free) struct config *config = checked_calloc(1, sizeof *config);
    size_t before = problems->count;
    reading = (struct reading){.config = config, .problems = problems};
    defaults_put(config, NULL);
    for (size_t i = 0; i < file_count; i++)
        file_read(files[i]);
    environment_read();
    environment_check();
    needs_check(sections);
    reading = (struct reading){0};
    return problems->count == before ? TAKE(config) : NULL;
}

void config_free(struct config **config)
{
    if (*config == NULL)
        return;
    for (size_t i = 0; i < (*config)->titled_count; i++)
        config_free(&(*config)->titled[i]);
    for (int i = 0; i < CONFIG_KEY_COUNT; i++)
        config_value_free(&(*config)->values[i]);
    memory_free(&(*config)->titled);
    memory_free(&(*config)->section);
    memory_free(&(*config)->title);
    memory_free(config);
}

/* --- values --- */

const char *config_text(const struct config *config, enum config_key key)
{
    assert(config->values[key].text != NULL);
    return config->values[key].text;
}

static int64_t number_of(const struct config *config, enum config_key key, enum config_type type)
{
    assert(config_row(key)->type == type);
    return config->values[key].number;
}

int64_t config_count(const struct config *config, enum config_key key)
{
    return number_of(config, key, CONFIG_COUNT);
}

bool config_flag(const struct config *config, enum config_key key)
{
    return number_of(config, key, CONFIG_FLAG) != 0;
}

struct duration config_duration(const struct config *config, enum config_key key)
{
    return (struct duration){number_of(config, key, CONFIG_DURATION)};
}

size_t config_size(const struct config *config, enum config_key key)
{
    return (size_t)number_of(config, key, CONFIG_SIZE);
}

const char *const *config_list(const struct config *config, enum config_key key)
{
    assert(config->values[key].list != NULL);
    return (const char *const *)config->values[key].list;
}

bool config_is_set(const struct config *config, enum config_key key)
{
    const struct config_value *value = &config->values[key];
    return value->list != NULL ? value->list[0] != NULL : value->text != NULL && value->text[0] != '\0';
}

static const struct config *titled_at(const struct config *config, const char *section, size_t index)
{
    for (size_t i = 0; i < config->titled_count; i++)
        if (strcmp(config->titled[i]->section, section) == 0 && index-- == 0)
            return config->titled[i];
    return NULL;
}

size_t config_titled_count(const struct config *config, const char *section)
{
    size_t count = 0;
    while (titled_at(config, section, count) != NULL)
        count++;
    return count;
}

const struct config *config_titled(const struct config *config, const char *section, size_t index)
{
    const struct config *one = titled_at(config, section, index);
    assert(one != NULL);
    return one;
}

const char *config_title(const struct config *config, const char *section, size_t index)
{
    return config_titled(config, section, index)->title;
}

const char *config_titled_section(enum config_key key)
{
    const char *section = config_row(key)->section;
    return config_section_is_titled(section) ? section : NULL;
}

const char *config_key_name(enum config_key key)
{
    return config_row(key)->full;
}

const char *config_origin(const struct config *config, enum config_key key)
{
    const char *origin = config->values[key].origin;
    return origin != NULL ? origin : "default";
}
