/* The table of keys for readers: the documented default file, the operators' page, the values in force. */
#include "runtime/config_table.h"

#include <string.h>

static const struct {
    const char *section, *title;
} titles[] = {
    {"log",        "Journal"                                          },
    {"time",       "Temps"                                            },
    {"daemon",     "Tous les démons"                                 },
    {"database",   "PostgreSQL"                                       },
    {"bus",        "ZeroMQ : services et événements"                },
    {"status",     "Adresses d'état"                                 },
    {"portal",     "Portail"                                          },
    {"keys",       "Trousseau"                                        },
    {"import",     "Import des archives AAF"                          },
    {"notify",     "Notification : courriels et fiches"               },
    {"link",       "Comptes des familles : connexion, activation, SMS"},
    {"statistics", "Statistiques"                                     },
};

static const char *title_of(const char *section)
{
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (strcmp(titles[i].section, section) == 0)
            return titles[i].title;
    return section;
}

static const char *type_name(enum config_type type)
{
    static const char *const names[] = {
        [CONFIG_TEXT] = "texte",
        [CONFIG_CHOICE] = "choix",
        [CONFIG_COUNT] = "nombre",
        [CONFIG_FLAG] = "oui/non",
        [CONFIG_DURATION] = "durée",
        [CONFIG_SIZE] = "taille",
        [CONFIG_FILE] = "fichier",
        [CONFIG_DIRECTORY] = "dossier",
        [CONFIG_LIST] = "liste",
        [CONFIG_ADDRESS] = "adresse",
        [CONFIG_TIME_OF_DAY] = "heure",
        [CONFIG_TIMES_OF_DAY] = "heures",
    };
    return names[type];
}

static bool has_bounds(const struct config_row *row)
{
    return (row->type == CONFIG_COUNT || row->type == CONFIG_DURATION || row->type == CONFIG_SIZE) &&
           (row->min[0] != '\0' || row->max[0] != '\0');
}

/* "durée, de 1s à 5min" */
static void print_type(FILE *out, const struct config_row *row, const char *between)
{
    (void)fprintf(out, "%s", type_name(row->type));
    if (row->type == CONFIG_CHOICE) {
        (void)fprintf(out, "%s", between);
        for (const char *at = row->min; *at != '\0'; at++)
            if (*at == '|')
                (void)fprintf(out, ", ");
            else
                (void)fputc(*at, out);
    }
    if (has_bounds(row))
        (void)fprintf(out, "%sde %s à %s", between, row->min, row->max);
}

/* As libconfuse reads it back: quoted, and a list in braces. */
static void print_quoted(FILE *out, const char *text, size_t length)
{
    (void)fputc('"', out);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"' || text[i] == '\\')
            (void)fputc('\\', out);
        (void)fputc(text[i], out);
    }
    (void)fputc('"', out);
}

static void print_standard(FILE *out, const struct config_row *row)
{
    const char *text = row->standard != NULL ? row->standard : "";
    if (!config_type_is_list(row->type)) {
        print_quoted(out, text, strlen(text));
        return;
    }
    (void)fputc('{', out);
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        print_quoted(out, text, length);
        text += length;
        text += strspn(text, " ");
        (void)fputs(*text != '\0' ? ", " : "", out);
    }
    (void)fputc('}', out);
}

/* Words of a comment, folded at about 100 columns. */
static void print_folded(FILE *out, const char *text)
{
    enum { COLUMNS = 96 };
    size_t column = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        if (column == 0 || column + length > COLUMNS) {
            (void)fputs(column == 0 ? "    #" : "\n    #", out);
            column = 0;
        }
        (void)fprintf(out, " %.*s", (int)length, text);
        column += length + 1;
        text += length;
        text += strspn(text, " ");
    }
    (void)fputc('\n', out);
}

static bool begins_section(int key)
{
    return key == 0 ||
           strcmp(config_row((enum config_key)key)->section, config_row((enum config_key)(key - 1))->section) != 0;
}

static void print_key(FILE *out, const struct config_row *row)
{
    (void)fputc('\n', out);
    print_folded(out, row->explanation);
    (void)fputs("    # (", out);
    print_type(out, row, " : ");
    (void)fprintf(out, "%s)\n", row->standard == NULL ? " ; à donner" : "");
    (void)fprintf(out, "    %s%s = ", row->standard == NULL ? "" : "# ", row->name);
    print_standard(out, row);
    (void)fputc('\n', out);
}

void config_print_reference(FILE *out)
{
    (void)fputs(
        "# Configuration de Préau, avec la valeur par défaut de chaque clef. Retirez le « # » devant une clef pour\n"
        "# la changer. Plusieurs fichiers se superposent (--config, plusieurs fois) ; la variable\n"
        "# PREAU_<SECTION>_<CLEF> l'emporte sur les fichiers. Essayez avec « --check-config ».\n"
        "# Ce fichier est produit par « config_print_reference » : la table est common/runtime/config_keys.def.\n",
        out);
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct config_row *row = config_row((enum config_key)i);
        if (begins_section(i))
            (void)fprintf(out, "%s\n# %s\n%s {\n", i > 0 ? "}\n" : "", title_of(row->section), row->section);
        print_key(out, row);
    }
    (void)fputs("}\n", out);
}

/* A bar would end the table's cell. */
static void print_cell(FILE *out, const char *text)
{
    for (; *text != '\0'; text++)
        (void)fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
}

static void print_manual_row(FILE *out, const struct config_row *row)
{
    (void)fprintf(out, "| `%s` | ", row->name);
    print_type(out, row, " : ");
    (void)fputs(" | ", out);
    if (row->standard == NULL)
        (void)fputs("*à donner*", out);
    else if (row->standard[0] == '\0')
        (void)fputs("*vide*", out);
    else
        (void)fprintf(out, "`%s`", row->standard);
    (void)fputs(" | ", out);
    print_cell(out, row->explanation);
    (void)fputs(" |\n", out);
}

void config_print_manual(FILE *out)
{
    (void)fputs(
        "# Configuration\n\n"
        "Une seule table décrit toutes les clefs ; `config/preau.conf` et cette page en sont tirés.\n\n"
        "Une valeur vient, la dernière l'emportant : du défaut ; de chaque fichier donné par `--config`, dans\n"
        "l'ordre ; de l'environnement, `PREAU_<SECTION>_<CLEF>` (listes séparées par des virgules). Tout est lu\n"
        "et vérifié avant que rien ne serve : `--check-config` dit chaque faute avec son fichier, sa ligne et sa\n"
        "clef, et sort avec le code 1. Un mot de passe n'est jamais une valeur : c'est le nom d'un fichier.\n\n"
        "Durées : `500ms`, `30s`, `5min`, `2h`, `90j`. Tailles : `64Kio`, `20Mio`, `1Gio`.\n",
        out);
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct config_row *row = config_row((enum config_key)i);
        if (begins_section(i))
            (void)fprintf(out, "\n## `%s` : %s\n\n| clef | type | défaut | sens |\n| --- | --- | --- | --- |\n",
                row->section, title_of(row->section));
        print_manual_row(out, row);
    }
}

void config_print_value(const struct config *config, enum config_key key, FILE *out)
{
    if (!config_type_is_list(config_row(key)->type)) {
        (void)fputs(config_text(config, key), out);
        return;
    }
    const char *comma = "";
    for (const char *const *member = config_list(config, key); *member != NULL; member++) {
        (void)fprintf(out, "%s%s", comma, *member);
        comma = ",";
    }
}

void config_print_values(const struct config *config, FILE *out)
{
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        (void)fprintf(out, "%s = ", config_key_name((enum config_key)i));
        config_print_value(config, (enum config_key)i, out);
        (void)fprintf(out, "  # %s\n", config_origin(config, (enum config_key)i));
    }
}
