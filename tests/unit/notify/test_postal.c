/* Addresses for windowed envelopes: what NF Z10-011 asks of each line. */
#include "unit.h"

#include "notify/postal.h"

#include <string.h>

static struct postal_source source_of(const char *adresse, const char *code_postal, const char *ville)
{
    return (struct postal_source){"Mme", "Anne", "DURAND", adresse, code_postal, ville, "FRANCE"};
}

static void assert_lines(const struct postal_source *source, const char *const *lines, size_t count)
{
    struct postal_address address;
    assert_true(postal_address_make(source, &address));
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(i < address.count ? address.lines[i] : "(none)", lines[i]);
    }
    assert_int_equal(address.count, count);
}

#define ASSERT_LINES(source, ...)                                                                                      \
    do {                                                                                                               \
        const char *const lines[] = {__VA_ARGS__};                                                                     \
        assert_lines(&(source), lines, sizeof lines / sizeof lines[0]);                                                \
    } while (0)

static void test_empty_lines_are_left_out(void **state)
{
    (void)state;
    struct postal_source source = source_of("$$5 avenue de l’Église, $", "11000", "Carcassonne");
    ASSERT_LINES(source, "Mme Anne DURAND", "5 AVENUE DE L EGLISE", "11000 CARCASSONNE");
}

static void test_all_six_lines_go_from_the_person_to_the_city(void **state)
{
    (void)state;
    struct postal_source source =
        source_of("Appt. 12$Bât. B – rés. Les Œillets$12/14 rue d'Alésia$BP 40", "75014", "Paris");
    ASSERT_LINES(
        source, "Mme Anne DURAND", "APPT 12", "BAT B RES LES OEILLETS", "12/14 RUE D ALESIA", "BP 40", "75014 PARIS");
}

static void test_the_country_ends_a_letter_that_leaves_france_and_two_lines_make_room(void **state)
{
    (void)state;
    struct postal_source source = source_of("Apt 3$Haus B$Münstergasse 5$", "3011", "Bern");
    source.pays = "SUISSE";
    ASSERT_LINES(source, "Mme Anne DURAND", "APT 3", "HAUS B", "MUNSTERGASSE 5", "3011 BERN", "SUISSE");
    source.adresse = "Apt 3$Haus B$Münstergasse 5$Postfach";
    ASSERT_LINES(source, "Mme Anne DURAND", "APT 3 HAUS B", "MUNSTERGASSE 5", "POSTFACH", "3011 BERN", "SUISSE");
    source.pays = "PAYS INCONNU";
    ASSERT_LINES(source, "Mme Anne DURAND", "APT 3", "HAUS B", "MUNSTERGASSE 5", "POSTFACH", "3011 BERN");
}

static void test_a_long_line_is_abbreviated_from_its_first_word_and_only_as_far_as_needed(void **state)
{
    (void)state;
    struct postal_source source = source_of("$$125 BOULEVARD DU GENERAL DE LATTRE DE TASSIGNY$", "94000", "CRETEIL");
    ASSERT_LINES(source, "Mme Anne DURAND", "125 BD DU GAL DE LATTRE DE TASSIGNY", "94000 CRETEIL");
    source.adresse = "$$125 BOULEVARD DU GENERAL LECLERC$";
    ASSERT_LINES(source, "Mme Anne DURAND", "125 BOULEVARD DU GENERAL LECLERC", "94000 CRETEIL");
    source.adresse = "$$125 BOULEVARD DU GENERAL ALBERT LECLERC$";
    ASSERT_LINES(source, "Mme Anne DURAND", "125 BD DU GENERAL ALBERT LECLERC", "94000 CRETEIL");
}

static void test_what_cannot_be_shortened_stays_whole(void **state)
{
    (void)state;
    struct postal_source source =
        source_of("$$1 rue du Puits d’Argencourt et de la Vieille Tannerie$", "51220", "Saint-Thierry");
    ASSERT_LINES(
        source, "Mme Anne DURAND", "1 RUE DU PUITS D ARGENCOURT ET DE LA VIEILLE TANNERIE", "51220 SAINT THIERRY");
}

static void test_a_long_name_loses_its_title_then_its_first_names(void **state)
{
    (void)state;
    struct postal_source source = source_of("$$1 RUE HAUTE$", "11000", "CARCASSONNE");
    source.prenom = "ÉLISABETH-MARGUERITE";
    source.nom = "LEFEBVRE-DUMONT";
    ASSERT_LINES(source, "Élisabeth-Marguerite LEFEBVRE-DUMONT", "1 RUE HAUTE", "11000 CARCASSONNE");
    source.nom = "LEFEBVRE-DUMONT DE SAINT-AMAND";
    ASSERT_LINES(source, "É LEFEBVRE-DUMONT DE SAINT-AMAND", "1 RUE HAUTE", "11000 CARCASSONNE");
}

static void test_what_would_not_arrive_is_no_address(void **state)
{
    (void)state;
    struct postal_address address;
    struct postal_source source = source_of("$$$", "11000", "CARCASSONNE");
    assert_false(postal_address_make(&source, &address));
    source = source_of("$$1 RUE HAUTE$", "11000", "");
    assert_false(postal_address_make(&source, &address));
    source = source_of("$$1 RUE HAUTE$", "", "CARCASSONNE");
    assert_false(postal_address_make(&source, &address));
    source.pays = "SUISSE";
    assert_true(postal_address_make(&source, &address));
}

static void test_texts_of_any_length_and_bytes_are_held(void **state)
{
    (void)state;
    char longest[256];
    struct postal_address address;
    memset(longest, 'W', sizeof longest - 1);
    longest[255] = '\0';
    struct postal_source source = {longest, longest, longest, longest, longest, longest, longest};
    assert_true(postal_address_make(&source, &address));
    source.adresse = "\xff\xfe$\xc3$\xd7\xa9$$$$$";
    assert_true(postal_address_make(&source, &address));
    assert_true(address.count <= POSTAL_LINES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_lines_are_left_out),
        cmocka_unit_test(test_all_six_lines_go_from_the_person_to_the_city),
        cmocka_unit_test(test_the_country_ends_a_letter_that_leaves_france_and_two_lines_make_room),
        cmocka_unit_test(test_a_long_line_is_abbreviated_from_its_first_word_and_only_as_far_as_needed),
        cmocka_unit_test(test_what_cannot_be_shortened_stays_whole),
        cmocka_unit_test(test_a_long_name_loses_its_title_then_its_first_names),
        cmocka_unit_test(test_what_would_not_arrive_is_no_address),
        cmocka_unit_test(test_texts_of_any_length_and_bytes_are_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
