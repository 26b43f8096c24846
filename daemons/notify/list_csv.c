#include "notify/list_csv.h"

#include "domain/csv.h"
#include "domain/lifecycle.h"
#include "domain/phone.h"
#include "notify/wording.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <string.h>

enum { JOINED_SIZE = 4096, TEXT_FIRST = 64 * 1024 };

enum column {
    COLUMN_NOM,
    COLUMN_PRENOM,
    COLUMN_RELATED,
    COLUMN_CLASSES,
    COLUMN_LEVELS,
    COLUMN_LOGIN,
    COLUMN_STATE,
    COLUMN_ORIGIN,
    COLUMN_EMAIL,
    COLUMN_EMAIL_SOURCE,
    COLUMN_UNCONFIRMED,
    COLUMN_MOBILE,
    COLUMN_NOTIFIED,
    COLUMN_EXPIRES,
    COLUMN_ACTIVATED,
    COLUMN_COUNT
};

struct text {
    char *bytes;
    size_t length, size;
};

static void text_row(struct text *text, const char *const *cells)
{
    size_t length = csv_row_write(cells, COLUMN_COUNT, text->bytes + text->length, text->size - text->length);
    if (length >= text->size - text->length) {
        text->size = 2 * (text->size + length);
        text->bytes = checked_realloc(text->bytes, text->size, 1);
        (void)csv_row_write(cells, COLUMN_COUNT, text->bytes + text->length, text->size - text->length);
    }
    text->length += length;
}

/* Behind a comma; what does not fit is left out. */
static void joined_add(char joined[JOINED_SIZE], const char *more)
{
    size_t used = strlen(joined);
    if (more[0] != '\0' && used + strlen(more) + 3 <= JOINED_SIZE) {
        snprintf(joined + used, JOINED_SIZE - used, "%s%s", used > 0 ? ", " : "", more);
    }
}

/* The same, once: brothers and sisters may share a class. */
static void joined_add_once(char joined[JOINED_SIZE], const char *more)
{
    size_t length = strlen(more);
    for (const char *at = joined; *at != '\0';) {
        size_t one = strcspn(at, ",");
        if (one == length && memcmp(at, more, length) == 0) {
            return;
        }
        at += one;
        at += strspn(at, ", ");
    }
    joined_add(joined, more);
}

/* What an account's lines say together. */
struct joined {
    char related[JOINED_SIZE], classes[JOINED_SIZE], levels[JOINED_SIZE];
};

static void joined_make(
    const struct list_line *lines, size_t count, enum account_profile profile, struct joined *out_joined)
{
    *out_joined = (struct joined){0};
    for (size_t i = 0; i < count; i++) {
        const struct handout_row *row = lines[i].row;
        char name[WORDING_NAME_SIZE];
        wording_name(row->pupil.prenom, row->pupil.nom, name);
        if (profile == PROFILE_RESPONSABLE) {
            joined_add(out_joined->related, name);
        }
        joined_add_once(out_joined->classes, row->pupil.class);
        joined_add_once(out_joined->levels, row->pupil.level);
    }
    if (profile == PROFILE_ELEVE) {
        wording_people(lines[0].row->related, out_joined->related, sizeof out_joined->related);
    }
}

/* Grouped, so that a spreadsheet keeps its zero and takes no plus sign for a formula. */
static void mobile_write(const char *mobile, char out_text[PHONE_TEXT_SIZE])
{
    struct phone phone;
    snprintf(out_text, PHONE_TEXT_SIZE, "%s", mobile);
    if (phone_parse(mobile, &phone)) {
        phone_display(&phone, out_text);
    }
}

enum { SOURCE_SIZE = 96 };

static void email_source_write(const struct handout_row *row, char out_text[SOURCE_SIZE])
{
    const char *source = row->is_own_email ? "compte" : degree_source((enum degree)row->pupil.degree);
    snprintf(out_text, SOURCE_SIZE, "%s%s", row->email[0] != '\0' ? source : "",
        row->email_is_anothers ? ", aussi d’un autre compte\u00a0: aucun courriel n’y part" : "");
}

static void row_write(struct text *text, const struct list_line *lines, size_t count, enum account_profile profile)
{
    const struct handout_row *row = lines[0].row;
    struct name_text nom = {""}, prenom = {""};
    char mobile[PHONE_TEXT_SIZE], source[SOURCE_SIZE];
    char notified[WORDING_DATE_SIZE], expires[WORDING_DATE_SIZE], activated[WORDING_DATE_SIZE];
    struct joined *joined = checked_malloc(sizeof *joined);
    joined_make(lines, count, profile, joined);
    mobile_write(row->mobile, mobile);
    email_source_write(row, source);
    wording_day(row->notified_at, notified);
    wording_day(row->expires_at, expires);
    wording_day(row->activated_at, activated);
    const char *cells[COLUMN_COUNT] = {
        [COLUMN_NOM] = name_display_upper(row->nom, &nom) ? nom.text : row->nom,
        [COLUMN_PRENOM] = name_display(row->prenom, &prenom) ? prenom.text : row->prenom,
        [COLUMN_RELATED] = joined->related,
        [COLUMN_CLASSES] = joined->classes,
        [COLUMN_LEVELS] = joined->levels,
        [COLUMN_LOGIN] = row->login,
        [COLUMN_STATE] = state_label(row->state),
        [COLUMN_ORIGIN] = origin_label(row->origin),
        [COLUMN_EMAIL] = row->email,
        [COLUMN_EMAIL_SOURCE] = source,
        [COLUMN_UNCONFIRMED] = row->unconfirmed_email,
        [COLUMN_MOBILE] = mobile,
        [COLUMN_NOTIFIED] = notified,
        [COLUMN_EXPIRES] = expires,
        [COLUMN_ACTIVATED] = activated,
    };
    text_row(text, cells);
    memory_free(&joined);
}

static void heading_write(struct text *text, enum account_profile profile)
{
    const char *cells[COLUMN_COUNT] = {
        [COLUMN_NOM] = "Nom",
        [COLUMN_PRENOM] = "Prénom",
        [COLUMN_RELATED] = profile == PROFILE_ELEVE ? "Responsables" : "Élèves rattachés",
        [COLUMN_CLASSES] = profile == PROFILE_ELEVE ? "Classe" : "Classes",
        [COLUMN_LEVELS] = profile == PROFILE_ELEVE ? "Niveau" : "Niveaux",
        [COLUMN_LOGIN] = "Identifiant",
        [COLUMN_STATE] = "État",
        [COLUMN_ORIGIN] = "Origine",
        [COLUMN_EMAIL] = "Courriel",
        [COLUMN_EMAIL_SOURCE] = "Provenance du courriel",
        [COLUMN_UNCONFIRMED] = "Courriel à confirmer",
        [COLUMN_MOBILE] = "Mobile",
        [COLUMN_NOTIFIED] = "Notifié le",
        [COLUMN_EXPIRES] = "Notification valable jusqu’au",
        [COLUMN_ACTIVATED] = "Activé le",
    };
    text_row(text, cells);
}

char *list_csv_render(
    const struct list_order *order, enum account_profile profile, size_t *out_length, size_t *out_accounts)
{
    struct text text = {.bytes = checked_calloc(TEXT_FIRST, 1), .size = TEXT_FIRST};
    text.length = (size_t)snprintf(text.bytes, text.size, "%s", CSV_BYTE_ORDER_MARK);
    heading_write(&text, profile);
    *out_accounts = 0;
    for (size_t first = 0, end; first < order->count; first = end) {
        for (end = first + 1; end < order->count; end++) {
            if (!list_is_same_account(order->lines[first].row, order->lines[end].row)) {
                break;
            }
        }
        row_write(&text, order->lines + first, end - first, profile);
        ++*out_accounts;
    }
    *out_length = text.length;
    return text.bytes;
}
