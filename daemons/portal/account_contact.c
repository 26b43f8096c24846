/* Of the page of one account: what AAF says of the person, beside what the account holds. The one never changes the other
 * (guide 1.2). */
#include "domain/delivery_reason.h"
#include "domain/phone.h"
#include "portal/account_view.h"
#include "portal/sentence.h"
#include "portal/wording.h"

#include <string.h>

const char *account_mobile(const struct visit *visit, const char *e164)
{
    struct phone phone;
    char text[PHONE_TEXT_SIZE];
    if (!phone_parse(e164, &phone)) {
        return arena_copy(visit_arena(visit), e164);
    }
    phone_display(&phone, text);
    return arena_copy(visit_arena(visit), text);
}

static void value_fill(struct view *view, const char *part, const char *missing, const char *value)
{
    if (value[0] != '\0') {
        view_set(view_add(view, part), "VALUE", value);
    } else {
        view_show(view, missing);
    }
}

static void address_line(struct view *record, const char *line)
{
    if (line[0] != '\0') {
        view_set(view_add(record, "ADDRESS_LINE"), "VALUE", line);
    }
}

static void address_fill(const struct visit *visit, struct view *view, const struct account_record *record)
{
    struct arena *arena = visit_arena(visit);
    char *rest = NULL;
    bool has_one = record->address[0] != '\0' || record->town[0] != '\0' || record->country[0] != '\0';
    for (char *line = strtok_r(arena_copy(arena, record->address), "$", &rest); line;
         line = strtok_r(NULL, "$", &rest)) {
        address_line(view, line);
    }
    bool has_code = record->postal_code[0] != '\0';
    address_line(view, arena_printf(arena, "%s%s%s", record->postal_code, has_code ? " " : "", record->town));
    address_line(view, record->country);
    if (!has_one) {
        view_show(view, "NO_ADDRESS");
    }
}

static void record_fill(
    const struct visit *visit, const struct account_person *person, const struct account_record *record)
{
    const struct account_view *page = visit->own;
    struct view *view = view_add(page->body, "RECORD");
    char name[WORDING_NAME_SIZE];
    char text[WORDING_SIZE];
    view_set(view, "SOURCE", degree_source(record->degree));
    if (person->record_count > 1) {
        struct view *one = view_add(view, "ONE_OF");
        view_number(one, "NUMBER", record - person->records + 1);
        view_number(one, "COUNT", (int64_t)person->record_count);
    }
    wording_name(record->prenom, record->nom, name);
    view_set(view, "RECORD_NAME", name);
    view_set(view, "CIVILITE", record->civilite);
    if (date_is_valid(record->birth_date)) {
        char date[DATE_TEXT_SIZE];
        date_write_french(record->birth_date, date);
        view_set(view_add(view, "BORN"), "BIRTH_DATE", date);
    }
    value_fill(view, "MAIL", "NO_MAIL", record->mail);
    if (record->mail_is_anothers) {
        view_show(view, "MAIL_SHARED");
    }
    value_fill(view, "MOBILE", "NO_MOBILE", account_mobile(visit, record->mobile));
    address_fill(visit, view, record);
    wording_day(record->changed_at, text);
    view_set(view, "CHANGED_ON", text);
}

static void own_fill(const struct visit *visit, const struct account_person *person)
{
    const struct account_view *page = visit->own;
    const struct stored_account *stored = &person->stored;
    char day[WORDING_SIZE];
    value_fill(page->body, "OWN_MAIL", "NO_OWN_MAIL", stored->email);
    if (stored->email[0] != '\0' && instant_is_set(stored->email_confirmed_at)) {
        wording_day(stored->email_confirmed_at, day);
        view_set(view_add(page->body, "EMAIL_CONFIRMED"), "CONFIRMED_ON", day);
    } else if (stored->email[0] != '\0') {
        view_show(page->body, "EMAIL_NOT_CONFIRMED");
    }
    value_fill(page->body, "OWN_MOBILE", "NO_OWN_MOBILE", account_mobile(visit, person->own_mobile));
}

static void came_back_fill(const struct account_view *page, const struct account_person *person)
{
    enum delivery_reason reason = DELIVERY_REASON_NONE;
    char day[WORDING_SIZE];
    if (person->came_back[0] == '\0') {
        return;
    }
    struct view *view = view_add(page->body, "CAME_BACK");
    wording_day(person->came_back_at, day);
    view_set(view, "CAME_BACK_FROM", person->came_back);
    view_set(view, "CAME_BACK_ON", day);
    (void)delivery_reason_from_code(person->came_back_why, &reason);
    sentence_set(view, "CAME_BACK_WHY", delivery_reason_sentence(reason));
}

void account_contact_fill(const struct visit *visit, const struct account_person *person)
{
    const struct account_view *page = visit->own;
    for (size_t i = 0; i < person->record_count; i++) {
        record_fill(visit, person, &person->records[i]);
    }
    own_fill(visit, person);
    came_back_fill(page, person);
}
