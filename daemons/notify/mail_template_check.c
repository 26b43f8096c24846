#include "notify/mail_template.h"

#include "domain/latin.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 8, WORD_SIZE = 40 };

/* What the program gives a mail: values, and parts that are shown or not. within: the part in which alone it is given. */
struct given {
    const char *name, *within;
};

static const struct given mail_values[] = {
    {"NAME",         NULL           },
    {"LOGIN",        NULL           },
    {"SIGN_IN",      NULL           },
    {"LINK",         NULL           },
    {"ASKED",        NULL           },
    {"NEW_ADDRESS",  NULL           },
    {"SCHOOL",       NULL           },
    {"LINK_EXPIRES", "LINK_ENDS"    },
    {"LINK_TIME",    "LINK_ENDS"    },
    {"CHILDREN",     "WITH_CHILDREN"},
    {"PASSWORD",     "PROVISIONAL"  },
    {"EXPIRES",      "PROVISIONAL"  },
    {"CHOICE",       NULL           },
    {"LIST",         "SOON"         },
    {"TOTAL",        "SOON"         },
    {"FIRST_END",    "SOON"         },
    {"COUNT",        "SOON_IN_CLASS"},
    {"END",          "SOON_IN_CLASS"},
    {"CLASS",        "OF_CLASS"     },
    {"VALID_UNTIL",  "STILL_VALID"  },
    {NULL,           NULL           },
};
static const struct given mail_parts[] = {
    {"LINK_ENDS",        NULL           },
    {"WITH_CHILDREN",    NULL           },
    {"PROVISIONAL",      NULL           },
    {"STILL_VALID",      NULL           },
    {"IS_OVER",          NULL           },
    {"OWN_PASSWORD",     NULL           },
    {"BY_FRANCECONNECT", NULL           },
    {"BY_SCHOOL",        NULL           },
    {"WITHOUT_SCHOOL",   NULL           },
    {"FIRST_TIME",       NULL           },
    {"AFTER_RESET",      NULL           },
    {"IS_GUARDIAN",      NULL           },
    {"IS_PUPIL",         NULL           },
    {"SOON",             NULL           },
    {"SOON_IN_CLASS",    "SOON"         },
    {"OF_CLASS",         "SOON_IN_CLASS"},
    {"OF_NO_CLASS",      "SOON_IN_CLASS"},
    {NULL,               NULL           },
};
static const struct given frame_values[] = {
    {"SUBJECT",     NULL   },
    {">BODY",       NULL   },
    {"LANGUAGE",    "OTHER"},
    {">OTHER_BODY", "OTHER"},
    {NULL,          NULL   },
};
static const struct given frame_parts[] = {
    {"OTHER", NULL},
    {NULL,    NULL},
};
static const char *const frame_needed[] = {">BODY", ">OTHER_BODY", NULL};

/* What would fetch something, and so tell when and where a mail is read (or run a program). */
static const char *const forbidden[] = {"<img", "<script", "<iframe", "<object", "<embed", "<link", "<video", "<audio",
    "<form", "<base", "<input", "<svg", "http-equiv", "url(", "image-set(", "@import",
    "src=", "srcset=", "background=", "ping=", NULL};

struct checking {
    const char *file;
    const struct given *values, *parts;
    int line;
    char open[DEPTH_MAX][WORD_SIZE];
    int open_at[DEPTH_MAX];
    size_t depth;
    struct fault *fault;
};

static bool wrong_at(const struct checking *checking, const char *what, const char *word)
{
    return fault_set(checking->fault, FAULT_FORMAT, "%s:%d: %s%s%s%s", checking->file, checking->line, what,
        word[0] != '\0' ? " {{" : "", word, word[0] != '\0' ? "}}" : "");
}

static const struct given *find(const struct given *list, const char *name)
{
    for (; list->name; list++) {
        if (strcmp(list->name, name) == 0) {
            return list;
        }
    }
    return NULL;
}

static bool is_open(const struct checking *checking, const char *part)
{
    for (size_t i = 0; i < checking->depth; i++) {
        if (strcmp(checking->open[i], part) == 0) {
            return true;
        }
    }
    return false;
}

/* All the names of a list, for the hint; cut where they are too many. */
static void hint_names(const struct checking *checking, const struct given *list)
{
    char names[sizeof checking->fault->hint] = "";
    size_t used = 0;
    for (; list->name && used + strlen(list->name) + 2 < sizeof names - 20; list++) {
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "", list->name);
    }
    fault_hint(checking->fault, "Noms admis : %s.", names);
}

/* False, and told, outside of the part in which alone it is given. */
static bool stands_within(
    const struct checking *checking, const struct given *given, const char *what, const char *word)
{
    if (!given->within || is_open(checking, given->within)) {
        return true;
    }
    wrong_at(checking, what, word);
    return fault_hint(checking->fault, "Écrire {{#%s}} … {{/%s}} autour.", given->within, given->within);
}

static bool part_opens(struct checking *checking, const char *name)
{
    const struct given *part = find(checking->parts, name);
    if (!part) {
        wrong_at(checking, "partie inconnue", name);
        hint_names(checking, checking->parts);
        return false;
    }
    if (!stands_within(checking, part, "partie hors de la sienne", name)) {
        return false;
    }
    if (checking->depth == DEPTH_MAX) {
        return wrong_at(checking, "trop de parties l’une dans l’autre", name);
    }
    snprintf(checking->open[checking->depth], WORD_SIZE, "%s", name);
    checking->open_at[checking->depth++] = checking->line;
    return true;
}

static bool part_closes(struct checking *checking, const char *name)
{
    if (checking->depth == 0 || strcmp(checking->open[checking->depth - 1], name) != 0) {
        wrong_at(checking, "partie fermée qui n’est pas la dernière ouverte", name);
        return fault_hint(
            checking->fault, "Une partie s’ouvre par {{#NOM}} et se ferme par {{/NOM}}, la dernière d’abord.");
    }
    checking->depth--;
    return true;
}

static bool value_stands(struct checking *checking, const char *name)
{
    const struct given *value = find(checking->values, name);
    if (!value) {
        wrong_at(checking, "valeur inconnue", name);
        hint_names(checking, checking->values);
        return false;
    }
    return stands_within(checking, value, "valeur hors de sa partie", name);
}

static bool marker_check(struct checking *checking, const char *word, size_t length)
{
    char name[WORD_SIZE];
    if (length == 0 || length >= sizeof name) {
        return wrong_at(checking, "marque qui n’est pas un nom", "");
    }
    snprintf(name, sizeof name, "%.*s", (int)length, word);
    return name[0] == '#'   ? part_opens(checking, name + 1)
           : name[0] == '/' ? part_closes(checking, name + 1)
                            : value_stands(checking, name);
}

static bool markers_check(struct checking *checking, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        checking->line += *at == '\n';
        if (at[0] != '{' || at[1] != '{') {
            continue;
        }
        size_t length = strcspn(at + 2, "}\n");
        if (strncmp(at + 2 + length, "}}", 2) != 0) {
            return wrong_at(checking, "marque sans fin : }} manque", "");
        }
        if (!marker_check(checking, at + 2, length)) {
            return false;
        }
        at += 2 + length + 1;
    }
    if (checking->depth > 0) {
        checking->line = checking->open_at[checking->depth - 1];
        return wrong_at(checking, "partie qui n’est pas fermée", checking->open[checking->depth - 1]);
    }
    return true;
}

static bool content_check(struct checking *checking, const char *text)
{
    for (const char *const *word = forbidden; *word; word++) {
        const char *found = strcasestr(text, *word);
        if (found) {
            checking->line = 1;
            for (const char *at = text; at < found; at++) {
                checking->line += *at == '\n';
            }
            wrong_at(checking, *word, "");
            return fault_hint(checking->fault,
                "Un courriel ne va rien chercher ailleurs : ce serait dire à d’autres qui le lit, et quand.");
        }
    }
    return true;
}

static bool needed_check(struct checking *checking, const char *text, const char *const *needed)
{
    char marker[WORD_SIZE + 4];
    for (; *needed; needed++) {
        snprintf(marker, sizeof marker, "{{%s}}", *needed);
        if (!strstr(text, marker)) {
            checking->line = 1;
            return wrong_at(checking, "il y manque", *needed);
        }
    }
    return true;
}

/* "en/notification.html": the row of "notification"; NULL: of the frame, or of no mail. */
static const struct mail_template *template_of(const char *file)
{
    char name[MAIL_TEMPLATE_FILE_SIZE];
    const char *slash = strrchr(file, '/');
    snprintf(name, sizeof name, "%s", slash ? slash + 1 : file);
    name[strcspn(name, ".")] = '\0';
    return mail_template_named(name);
}

bool mail_template_check(const char *file, const char *text, size_t length, struct fault *fault)
{
    const struct mail_template *of = template_of(file);
    size_t name_length = strlen(file);
    bool is_html = name_length > 5 && strcmp(file + name_length - 5, ".html") == 0;
    struct checking checking = {
        .file = file,
        .values = of ? mail_values : frame_values,
        .parts = of ? mail_parts : frame_parts,
        .line = 1,
        .fault = fault,
    };
    if (strlen(text) != length || !utf8_is_valid(text)) {
        return wrong_at(&checking, "ce n’est pas du texte en UTF-8", "");
    }
    if (!is_html && strncmp(text, "Objet : ", strlen("Objet : ")) != 0) {
        wrong_at(&checking, "la première ligne n’est pas l’objet", "");
        return fault_hint(fault, "Commencer par « Objet : » et l’objet du courriel, quelle que soit la langue.");
    }
    return markers_check(&checking, text) && (!is_html || content_check(&checking, text)) &&
           needed_check(&checking, text, of ? of->needed : frame_needed);
}
