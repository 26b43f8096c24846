/* What people type and what AAF's attributes hold: every parser of the domain, on the same text. */
#include "fuzz.h"

#include "domain/aaf.h"
#include "domain/date.h"
#include "domain/digit.h"
#include "domain/email.h"
#include "domain/identifier.h"
#include "domain/latin.h"
#include "domain/name.h"
#include "domain/password.h"
#include "domain/phone.h"
#include "domain/portal_claim.h"

#include <string.h>

enum { FUZZ_TEXT_SIZE = 4096 };

/* What was taken and written in its own form is taken again, as the same. */
static void dates(const char *text)
{
    struct date date = {0}, again = {0};
    if (date_parse_typed(text, &date) || date_parse_aaf(text, &date) || date_parse_iso(text, &date)) {
        char written[DATE_TEXT_SIZE];
        FUZZ_CLAIM(date_is_valid(date));
        date_write_french(date, written);
        FUZZ_CLAIM(date_parse_aaf(written, &again) && date_is_same(date, again));
        date_write_iso(date, written);
        FUZZ_CLAIM(date_parse_iso(written, &again) && date_is_same(date, again));
        FUZZ_CLAIM(date_is_valid(date_add_months(date, 1)) || date.year == DATE_YEAR_MAX);
    }
}

static void digits(const char *text)
{
    char read[FUZZ_TEXT_SIZE];
    size_t length = strlen(text);
    if (length >= sizeof read) {
        return;
    }
    memcpy(read, text, length + 1);
    digits_to_latin(read);
    FUZZ_CLAIM(strlen(read) <= length);
    FUZZ_CLAIM(!utf8_is_valid(text) || utf8_is_valid(read));
}

static void phones(const char *text)
{
    struct phone phone, again;
    if (phone_parse(text, &phone)) {
        char shown[PHONE_TEXT_SIZE];
        FUZZ_CLAIM(phone_parse(phone.e164, &again) && phone_is_same(&phone, &again));
        phone_display(&phone, shown);
        FUZZ_CLAIM(phone_parse(shown, &again) && phone_is_same(&phone, &again));
        phone_mask(&phone, shown);
        FUZZ_CLAIM(utf8_is_valid(shown));
        (void)phone_may_receive_sms(&phone);
    }
}

static void emails(const char *text)
{
    struct email email, again;
    if (email_parse(text, &email)) {
        char mask[EMAIL_MASK_SIZE];
        FUZZ_CLAIM(email_parse(email.text, &again) && strcmp(email.text, again.text) == 0);
        FUZZ_CLAIM(!strpbrk(email.text, " \r\n\t<>,;:\"")); /* nothing that would add a header or an address */
        email_mask(&email, mask);
        FUZZ_CLAIM(utf8_is_valid(mask));
    }
}

static void identifiers(const char *text)
{
    struct identifier identifier, base = identifier_base(text, text);
    uint32_t number = 0;
    FUZZ_CLAIM(identifier_is_valid(base.text));
    FUZZ_CLAIM(identifier_split(base.text, &identifier, &number) && number == 0);
    if (identifier_normalise(text, &identifier)) {
        FUZZ_CLAIM(identifier_is_valid(identifier.text));
        FUZZ_CLAIM(identifier_split(identifier.text, &base, &number));
        struct identifier whole = identifier_numbered(&base, number);
        FUZZ_CLAIM(strcmp(whole.text, identifier.text) == 0);
    }
}

static void names(const char *text)
{
    struct name_key key, again;
    struct name_text shown;
    struct name_sort_key sort;
    if (name_key_make(text, &key)) {
        FUZZ_CLAIM(strlen(key.text) <= strlen(text));
        FUZZ_CLAIM(name_key_make(key.text, &again) && name_key_is_same(&key, &again));
        FUZZ_CLAIM(name_key_has_words(&key, &key));
        FUZZ_CLAIM(name_is_same(text, text));
    }
    if (name_display(text, &shown) && utf8_is_valid(text)) {
        FUZZ_CLAIM(utf8_is_valid(shown.text));
    }
    if (name_display_upper(text, &shown) && utf8_is_valid(text)) {
        FUZZ_CLAIM(utf8_is_valid(shown.text));
    }
    (void)name_sort_key_make(text, text, &sort);
}

static void aaf_schools(const char *text)
{
    char name[SCHOOL_NAME_SIZE], city[SCHOOL_NAME_SIZE];
    struct school_class school_class;
    struct school_level level;
    struct uai uai;
    academy_code academy;
    if (aaf_class_1d(text, &school_class) || aaf_class_2d(text, &school_class)) {
        FUZZ_CLAIM(school_class.school > 0);
    }
    (void)aaf_level_1d(text, &level);
    (void)aaf_level_2d(text, &level);
    (void)aaf_school_name(text, name, city);
    (void)school_kind_of_structure(text);
    (void)academy_parse(text, &academy);
    if (uai_parse(text, &uai)) {
        char department[DEPARTMENT_SIZE];
        FUZZ_CLAIM(uai_is_valid(uai.text));
        uai_department(&uai, department);
        (void)academy_of_uai(&uai, &academy);
    }
}

static void aaf_persons(const char *text)
{
    struct aaf_field fields[4];
    struct guardian_link link;
    struct ine ine, again;
    int64_t id = 0;
    size_t count = aaf_split(text, fields, 4);
    FUZZ_CLAIM(count >= 1 && (strlen(text) > 0 || count == 1));
    for (size_t i = 0; i < count && i < 4; i++) {
        FUZZ_CLAIM(fields[i].text >= text && fields[i].text + fields[i].length <= text + strlen(text));
    }
    if (aaf_guardian_link_2d(text, &link) || aaf_guardian_link_1d(text, &link)) {
        FUZZ_CLAIM(link.guardian > 0 && link.kinship < KINSHIP_COUNT);
    }
    FUZZ_CLAIM(!aaf_id_parse(text, &id) || id > 0);
    FUZZ_CLAIM(!ine_parse(text, &ine) || (ine_parse(ine.text, &again) && ine_is_same(&ine, &again)));
}

static void passwords(const char *text)
{
    struct provisional_password password, again;
    const char *const names[] = {text};
    const struct password_context context = {
        .identifier = text, .names = names, .name_count = 1, .replaced_password = text};
    if (password_provisional_normalise(text, &password)) {
        FUZZ_CLAIM(password_provisional_normalise(password.text, &again));
        FUZZ_CLAIM(strcmp(password.text, again.text) == 0);
    }
    FUZZ_CLAIM(password_check(text, &context) != REFUSAL_NONE); /* it is the one before */
    FUZZ_CLAIM(password_bits(text) >= 0);
    int strength = password_strength(text, &context);
    FUZZ_CLAIM(strength >= 0 && strength <= 4);
}

static void portal_claims(const char *text)
{
    struct portal_schools schools = {.count = 0};
    struct portal_function function;
    char login[ADMINISTRATOR_LOGIN_SIZE], name[PORTAL_PERSON_SIZE];
    struct administrator_login local;
    enum administrator_role role;
    portal_schools_add(&schools, text);
    for (size_t i = 0; i < schools.count; i++) {
        FUZZ_CLAIM(uai_is_valid(schools.list[i].text));
    }
    if (portal_function_parse(text, &function)) {
        const char *const values[] = {function.code};
        FUZZ_CLAIM(portal_function_role(&function, 1, values, 1, &role));
    }
    portal_login_make("p", text, login);
    FUZZ_CLAIM(strlen(login) > 2 && !administrator_login_normalise(login, &local));
    FUZZ_CLAIM(!portal_person_name(text, name) || utf8_is_valid(name));
    (void)portal_name_is_valid(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1);
    FUZZ_CLAIM(text);
    if (length > 0) {
        memcpy(text, bytes, length);
    }
    text[length] = '\0';
    dates(text);
    digits(text);
    phones(text);
    emails(text);
    identifiers(text);
    names(text);
    passwords(text);
    aaf_schools(text);
    aaf_persons(text);
    portal_claims(text);
    free(text);
    return 0;
}
