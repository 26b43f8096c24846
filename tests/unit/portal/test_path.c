/* Addresses of the site: what matches a pattern, what is no address at all. */
#include "portal/path.h"
#include "unit.h"

#define LIST "/etablissements/:uai/responsables"
#define ACCOUNT "/etablissements/:uai/comptes/:compte"

static void a_school_is_read_from_its_place(void **state)
{
    (void)state;
    struct path_values values;
    assert_true(path_matches(LIST, "/etablissements/0690001F/responsables", &values) == uai_is_valid("0690001F"));
    char uai[UAI_SIZE] = "0690001?";
    uai[7] = uai_check_letter(uai);
    char path[64];
    snprintf(path, sizeof path, "/etablissements/%s/responsables", uai);
    assert_true(path_matches(LIST, path, &values));
    assert_string_equal(values.uai.text, uai);
}

static void a_school_with_a_wrong_letter_is_none(void **state)
{
    (void)state;
    struct path_values values;
    char uai[UAI_SIZE] = "0690001?";
    char path[64];
    uai[7] = uai_check_letter(uai) == 'A' ? 'B' : 'A';
    snprintf(path, sizeof path, "/etablissements/%s/responsables", uai);
    assert_false(path_matches(LIST, path, &values));
}

static void the_whole_path_counts(void **state)
{
    (void)state;
    struct path_values values;
    assert_true(path_matches("/", "/", &values));
    assert_true(path_matches("/connexion", "/connexion", &values));
    assert_false(path_matches("/connexion", "/connexion/", &values));
    assert_false(path_matches("/connexion", "/connexionx", &values));
    assert_false(path_matches("/connexion", "/", &values));
    assert_false(path_matches("/", "//", &values));
    assert_false(path_matches("/activation/:jeton", "/activation/", &values));
}

static void accounts_have_one_spelling(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "-", "10", "10-", "-5", "010-5", "10-05", "10-5x", "1000-5", "10--5", "0-5",
        "10-0", " 10-5", "+10-5", "10-9999999999999999999"};
    academy_code academy;
    account_id account;
    assert_true(path_read_account("10-123", 6, &academy, &account));
    assert_int_equal(academy.v, 10);
    assert_int_equal(account.v, 123);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(path_read_account(wrong[i], strlen(wrong[i]), &academy, &account));
    }
}

static void sheets_are_numbered_from_one(void **state)
{
    (void)state;
    struct path_values values;
    assert_true(path_matches("/envois/:envoi/fiches/:fiches", "/envois/12/fiches/3.pdf", &values));
    assert_int_equal(values.batch.v, 12);
    assert_int_equal(values.part, 3);
    assert_false(path_matches("/envois/:envoi/fiches/:fiches", "/envois/12/fiches/0.pdf", &values));
    assert_false(path_matches("/envois/:envoi/fiches/:fiches", "/envois/12/fiches/3.pdfx", &values));
    assert_false(path_matches("/envois/:envoi/fiches/:fiches", "/envois/x/fiches/3.pdf", &values));
    assert_false(path_matches("/envois/:envoi/fiches/:fiches", "/envois/12/fiches/.pdf", &values));
}

static void an_import_is_a_page_or_a_file(void **state)
{
    (void)state;
    struct path_values values;
    assert_true(path_matches("/imports/:integration", "/imports/12", &values));
    assert_int_equal(values.import.v, 12);
    assert_false(path_matches("/imports/:integration", "/imports/12.csv", &values));
    assert_true(path_matches("/imports/:releve", "/imports/7.csv", &values));
    assert_int_equal(values.import.v, 7);
    assert_false(path_matches("/imports/:releve", "/imports/7", &values));
    assert_false(path_matches("/imports/:releve", "/imports/07.csv", &values));
    assert_false(path_matches("/imports/:releve", "/imports/.csv", &values));
}

static void a_token_holds_what_links_hold(void **state)
{
    (void)state;
    struct path_values values;
    char path[256] = "/activation/";
    assert_true(path_matches("/activation/:jeton", "/activation/aB-_9", &values));
    assert_string_equal(values.token, "aB-_9");
    assert_false(path_matches("/activation/:jeton", "/activation/a%b", &values));
    assert_false(path_matches("/activation/:jeton", "/activation/a b", &values));
    memset(path + strlen(path), 'a', TOKEN_LINK_SIZE);
    assert_false(path_matches("/activation/:jeton", path, &values));
}

static void what_is_left_goes_to_the_star(void **state)
{
    (void)state;
    struct path_values values;
    assert_true(path_matches("/assets/*", "/assets/v/icons/a.svg", &values));
    assert_string_equal(values.rest, "v/icons/a.svg");
    assert_false(path_matches("/assets/*", "/assets", &values));
}

static void what_does_not_match_says_nothing(void **state)
{
    (void)state;
    struct path_values values = {.batch = {77}};
    assert_false(path_matches(ACCOUNT, "/etablissements/x/comptes/1-2", &values));
    assert_int_equal(values.batch.v, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_school_is_read_from_its_place),
        cmocka_unit_test(a_school_with_a_wrong_letter_is_none),
        cmocka_unit_test(the_whole_path_counts),
        cmocka_unit_test(accounts_have_one_spelling),
        cmocka_unit_test(sheets_are_numbered_from_one),
        cmocka_unit_test(an_import_is_a_page_or_a_file),
        cmocka_unit_test(a_token_holds_what_links_hold),
        cmocka_unit_test(what_is_left_goes_to_the_star),
        cmocka_unit_test(what_does_not_match_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
