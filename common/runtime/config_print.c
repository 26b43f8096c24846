/* The table of keys for readers: the documented default file, the operators' page, the values in force. */
#include "runtime/config_table.h"

#include <string.h>

static const struct {
    const char *section, *title;
} titles[] = {
    {"log",            "Journal"                                          },
    {"time",           "Temps"                                            },
    {"daemon",         "Tous les démons"                                 },
    {"database",       "PostgreSQL"                                       },
    {"bus",            "ZeroMQ : services et événements"                },
    {"operator",       "Qui exploite : ce que preauctl seul lit"          },
    {"status",         "Adresses d'état"                                 },
    {"portal",         "Portail"                                          },
    {"online_service", "Services en ligne du guichet"                     },
    {"keys",           "Trousseau"                                        },
    {"import",         "Import des archives AAF"                          },
    {"notify",         "Notification : courriels et fiches"               },
    {"mail_domain",    "Courriels : bornes de domaines destinataires"     },
    {"mail_language",  "Courriels : seconde langue par établissement"    },
    {"link",           "Comptes des familles : connexion, activation, SMS"},
    {"academy_portal", "Portails OpenID Connect des académies"           },
    {"statistics",     "Statistiques"                                     },
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
        [CONFIG_NETWORKS] = "réseaux",
        [CONFIG_ADDRESS] = "adresse",
        [CONFIG_WEB_ADDRESS] = "adresse https",
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

/* Words of a comment, folded at about 100 columns. mark: before each line. */
static void print_folded(FILE *out, const char *mark, const char *text)
{
    enum { COLUMNS = 96 };
    size_t column = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        if (column == 0 || column + length > COLUMNS) {
            (void)fprintf(out, "%s%s    #", column == 0 ? "" : "\n", mark);
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

/* mark: "# " where the section is an example as a whole. */
static void print_key(FILE *out, const char *mark, const struct config_row *row)
{
    (void)fputs(mark[0] != '\0' ? "#\n" : "\n", out);
    print_folded(out, mark, row->explanation);
    (void)fprintf(out, "%s    # (", mark);
    print_type(out, row, " : ");
    (void)fprintf(out, "%s)\n", row->standard == NULL ? " ; à donner" : "");
    (void)fprintf(out, "%s    %s%s = ", mark, row->standard == NULL ? "" : "# ", row->name);
    print_standard(out, row);
    (void)fputc('\n', out);
}

static const char *mark_of(const char *section)
{
    return config_section_is_titled(section) ? "# " : "";
}

static void print_section_begin(FILE *out, const char *section)
{
    (void)fprintf(out, "\n# %s\n", title_of(section));
    if (config_section_is_titled(section))
        (void)fprintf(out, "# Une section de cette forme, ou plusieurs, chacune sous son nom :\n# %s \"%s\" {\n",
            section, config_title_example(section));
    else
        (void)fprintf(out, "%s {\n", section);
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
        const char *mark = mark_of(row->section);
        if (begins_section(i))
            print_section_begin(out, row->section);
        print_key(out, mark, row);
        if (i + 1 == CONFIG_KEY_COUNT || begins_section(i + 1))
            (void)fprintf(out, "%s}\n", mark);
    }
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

static void print_manual_section(FILE *out, const char *section)
{
    const char *example = config_title_example(section);
    if (example != NULL)
        (void)fprintf(out,
            "\n## `%s \"…\"` : %s\n\nUne section par portail, chacune sous son nom : `%s \"%s\" { … }`. Un nom se "
            "compose de "
            "lettres minuscules sans\naccent, de chiffres et de tirets ; il ne change plus une fois le portail en "
            "service. "
            "L'environnement n'atteint pas ces clefs.\n",
            section, title_of(section), section, example);
    else
        (void)fprintf(out, "\n## `%s` : %s\n", section, title_of(section));
    (void)fputs("\n| clef | type | défaut | sens |\n| --- | --- | --- | --- |\n", out);
}

void config_print_manual(FILE *out)
{
    (void)fputs(
        "# Configuration\n\n"
        "Une seule table décrit toutes les clefs ; `config/preau.conf` et cette page en sont tirés.\n\n"
        "Une valeur vient, la dernière l'emportant : du défaut ; de chaque fichier donné par `--config`, dans\n"
        "l'ordre ; de l'environnement, `PREAU_<SECTION>_<CLEF>` (listes séparées par des virgules). Tout est lu\n"
        "et vérifié avant que rien ne serve : `--check-config` dit chaque faute avec son fichier, sa ligne et sa\n"
        "clef, et sort avec le code 1. Un mot de passe n'est jamais une valeur : c'est le nom d'un fichier, ou\n"
        "`credential:NOM` de ce que systemd donne au démon ([cles.md](cles.md#ce-que-systemd-donne)).\n\n"
        "Durées : `500ms`, `30s`, `5min`, `2h`, `90j`. Tailles : `64Kio`, `20Mio`, `1Gio`.\n",
        out);
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct config_row *row = config_row((enum config_key)i);
        if (begins_section(i))
            print_manual_section(out, row->section);
        print_manual_row(out, row);
    }
}

void config_print_value(const struct config *config, enum config_key key, FILE *out)
{
    if (!config_is_set(config, key))
        return; /* empty, or to be given and not given */
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

static void print_value_line(const struct config *config, enum config_key key, const char *full, FILE *out)
{
    (void)fprintf(out, "%s = ", full);
    config_print_value(config, key, out);
    (void)fprintf(out, "  # %s\n", config_origin(config, key));
}

void config_print_values(const struct config *config, FILE *out)
{
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct config_row *row = config_row((enum config_key)i);
        if (!config_section_is_titled(row->section))
            print_value_line(config, (enum config_key)i, row->full, out);
        for (size_t n = 0; n < config_titled_count(config, row->section); n++) {
            char full[128];
            (void)snprintf(
                full, sizeof full, "%s.%s.%s", row->section, config_title(config, row->section, n), row->name);
            print_value_line(config_titled(config, row->section, n), (enum config_key)i, full, out);
        }
    }
}
