#include "notify/postal.h"

#include "domain/latin.h"
#include "domain/text.h"
#include "notify/wording.h"

#include <stdio.h>
#include <string.h>

enum { LINES_OF_AAF = 4 };

/* The norm's abbreviations that addresses need most; the whole word, in capitals. */
static const struct {
    const char *word, *abbreviation;
} abbreviations[] = {
    {"ALLEE",       "ALL" },
    {"ALLEES",      "ALL" },
    {"APPARTEMENT", "APP" },
    {"AVENUE",      "AV"  },
    {"BATIMENT",    "BAT" },
    {"BOULEVARD",   "BD"  },
    {"CAPITAINE",   "CNE" },
    {"CHEMIN",      "CHE" },
    {"COLONEL",     "CNL" },
    {"COMMANDANT",  "CDT" },
    {"COMMERCIAL",  "CIAL"},
    {"DOCTEUR",     "DR"  },
    {"ESCALIER",    "ESC" },
    {"ETAGE",       "ETG" },
    {"FAUBOURG",    "FG"  },
    {"GENERAL",     "GAL" },
    {"IMMEUBLE",    "IMM" },
    {"IMPASSE",     "IMP" },
    {"LIEUTENANT",  "LT"  },
    {"LOTISSEMENT", "LOT" },
    {"MARECHAL",    "MAL" },
    {"PASSAGE",     "PAS" },
    {"PLACE",       "PL"  },
    {"PRESIDENT",   "PDT" },
    {"PROFESSEUR",  "PR"  },
    {"RESIDENCE",   "RES" },
    {"ROUTE",       "RTE" },
    {"SAINT",       "ST"  },
    {"SAINTE",      "STE" },
    {"SQUARE",      "SQ"  },
};

static size_t letters_of(const char *text)
{
    size_t letters = 0;
    while (utf8_next(&text) != 0) {
        letters++;
    }
    return letters;
}

/* In capitals that machines read; other signs part words. Letters of other alphabets are kept: they are the name of a place. */
static void capitals_write(const char *text, size_t length, char out_line[POSTAL_LINE_SIZE])
{
    struct text_builder line = text_begin(out_line, POSTAL_LINE_SIZE);
    bool wants_space = false;
    const char *end = text + length;
    for (const char *at = text; at < end;) {
        const char *start = at;
        uint32_t letter = utf8_next(&at);
        const char *folded = latin_fold(letter);
        bool is_kept = folded || letter > 0x2FF || text_is_digit(*start) || *start == '/';
        if ((letter >= 0x2000 && letter < 0x2070) ||
            letter == 0xFFFD) { /* dashes, quotes, blanks of printers; no letter */
            is_kept = false;
        }
        if (is_kept && wants_space && line.used > 0) {
            text_add_char(&line, ' ');
        }
        wants_space = !is_kept;
        for (const char *one = folded; one && *one != '\0'; one++) {
            text_add_char(&line, text_upper(*one));
        }
        if (is_kept && !folded) {
            text_add_bytes(&line, start, (size_t)(at - start));
        }
    }
}

static const char *abbreviation_of(const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof abbreviations / sizeof abbreviations[0]; i++) {
        if (strlen(abbreviations[i].word) == length && memcmp(abbreviations[i].word, word, length) == 0) {
            return abbreviations[i].abbreviation;
        }
    }
    return NULL;
}

/* The first words of a line say what kind of place it is: they are shortened first, and no more than is needed. */
static void line_shorten(char line[POSTAL_LINE_SIZE])
{
    size_t from = 0;
    while (letters_of(line) > POSTAL_LINE_MAX && line[from] != '\0') {
        size_t length = strcspn(line + from, " ");
        const char *shorter = abbreviation_of(line + from, length);
        if (shorter) {
            size_t wanted = strlen(shorter);
            memcpy(line + from, shorter, wanted);
            memmove(line + from + wanted, line + from + length, strlen(line + from + length) + 1);
            length = wanted;
        }
        from += length;
        from += strspn(line + from, " ");
    }
}

/* The title goes first, then all of the first names but their first letter. */
static void name_write(const struct postal_source *source, char out_line[POSTAL_LINE_SIZE])
{
    char name[WORDING_NAME_SIZE], last[WORDING_NAME_SIZE];
    wording_name(source->prenom, source->nom, name);
    snprintf(out_line, POSTAL_LINE_SIZE, "%s%s%s", source->civilite, source->civilite[0] != '\0' ? " " : "", name);
    if (letters_of(out_line) > POSTAL_LINE_MAX) {
        snprintf(out_line, POSTAL_LINE_SIZE, "%s", name);
    }
    if (letters_of(out_line) > POSTAL_LINE_MAX && source->prenom[0] != '\0') {
        const char *second = name;
        utf8_next(&second);
        wording_name("", source->nom, last);
        snprintf(out_line, POSTAL_LINE_SIZE, "%.*s %s", (int)(second - name), name, last);
    }
}

static void line_add(struct postal_address *address, const char *text, size_t length)
{
    char *line = address->lines[address->count];
    capitals_write(text, length, line);
    line_shorten(line);
    address->count += line[0] != '\0';
}

static bool is_of_france(const char *pays)
{
    return pays[0] == '\0' || strcmp(pays, "FRANCE") == 0 || strcmp(pays, "PAYS INCONNU") == 0;
}

/* The lines of AAF that are not empty; of four, the first two become one when `room` has no place for all. */
static void places_add(struct postal_address *address, const char *adresse, size_t room)
{
    char lines[LINES_OF_AAF][POSTAL_LINE_SIZE];
    size_t count = 0, at = 0;
    for (const char *rest = adresse; *rest != '\0' && count < LINES_OF_AAF;) {
        size_t length = strcspn(rest, "$");
        capitals_write(rest, length, lines[count]);
        count += lines[count][0] != '\0';
        rest += length + (rest[length] == '$');
    }
    if (count > room) {
        char both[2 * POSTAL_LINE_SIZE];
        snprintf(both, sizeof both, "%s %s", lines[0], lines[1]);
        line_add(address, both, strlen(both));
        at = 2;
    }
    for (; at < count; at++) {
        line_add(address, lines[at], strlen(lines[at]));
    }
}

bool postal_address_make(const struct postal_source *source, struct postal_address *out_address)
{
    char pays[POSTAL_LINE_SIZE], city[2 * POSTAL_LINE_SIZE];
    *out_address = (struct postal_address){.count = 1};
    name_write(source, out_address->lines[0]);
    capitals_write(source->pays, strlen(source->pays), pays);
    bool is_abroad = !is_of_france(pays);
    places_add(out_address, source->adresse, is_abroad ? LINES_OF_AAF - 1 : LINES_OF_AAF);
    bool has_place = out_address->count > 1;
    snprintf(city, sizeof city, "%s %s", source->code_postal, source->ville);
    line_add(out_address, city, strlen(city));
    if (is_abroad) {
        line_add(out_address, pays, strlen(pays));
    }
    return has_place && source->ville[0] != '\0' && (source->code_postal[0] != '\0' || is_abroad);
}
