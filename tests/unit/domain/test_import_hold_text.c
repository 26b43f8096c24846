#include "unit.h"

#include "import_hold_settings.h"

static void reasons_are_told_in_french(void **state)
{
    (void)state;
    char text[IMPORT_HOLD_TEXT_SIZE];
    const struct import_hold_school one = {{"0690001A"}, .pupils = 120, .departed = 51};
    struct import_hold_figures figures = {.pupils = 40000,
        .pupils_departed = 12345,
        .guardians = 1234567,
        .guardians_departed = 61729,
        .identities_changed = 0,
        .schools = &one,
        .school_count = 1};
    struct import_hold hold = import_hold_judge(&figures, &settings, MARCH);
    import_hold_explain(&hold, text);
    assert_string_equal(text, "12\u202f345 des 40\u202f000 élèves (31\u00a0%) ne sont plus dans la livraison\u00a0; au "
                              "plus 5\u00a0% de départs "
                              "attendus hors rentrée.\n"
                              "61\u202f729 des 1\u202f234\u202f567 responsables (6\u00a0%) ne sont plus dans la "
                              "livraison\u00a0; au plus 5\u00a0% "
                              "de départs attendus hors rentrée.\n"
                              "Établissement 0690001A\u00a0: 51 des 120 élèves (43\u00a0%) ne sont plus dans la "
                              "livraison\u00a0; au plus 40\u00a0% "
                              "de départs attendus hors rentrée.");
    figures = (struct import_hold_figures){.pupils = 100, .guardians = 100, .identities_changed = 200};
    hold = import_hold_judge(&figures, &settings, SEPTEMBER);
    import_hold_explain(&hold, text);
    assert_string_equal(text, "200 des 200 personnes connues (100\u00a0%) changent de nom, de prénom ou de date de "
                              "naissance\u00a0; au plus 10\u00a0% de changements attendus pendant la rentrée.");
}

/* The only reason, without what follows of it. */
static void check_told(const struct import_hold_figures *figures, const char *expected)
{
    char text[IMPORT_HOLD_TEXT_SIZE];
    struct import_hold hold = import_hold_judge(figures, &settings, MARCH);
    assert_int_equal(hold.count, 1);
    import_hold_explain(&hold, text);
    assert_string_equal(text, expected);
}

static void every_reason_is_told_in_its_own_words(void **state)
{
    (void)state;
    const struct import_hold_figures dwindled = {.pupils = 382, .pupils_departed = 17, .pupils_most = 400};
    check_told(&dwindled, "35 des 400 élèves (9\u00a0%) du plus grand export récent ne seraient plus là\u00a0; au plus "
                          "5\u00a0% de départs attendus hors rentrée.");
    const struct import_hold_figures moved = {.pupils = 400, .moved = 200};
    check_told(&moved, "200 des 400 élèves (50\u00a0%) changent d’établissement\u00a0; au plus 5\u00a0% de changements "
                       "attendus hors rentrée.");
    const struct import_hold_figures relinked = {.pupils = 400, .relinked = 400};
    check_told(&relinked, "400 des 400 élèves (100\u00a0%) changent de responsable légal\u00a0; au plus 5\u00a0% de "
                          "changements attendus hors rentrée.");
    const struct import_hold_figures mails = {.guardians = 400, .mails_gone = 300};
    check_told(&mails, "300 des 400 personnes connues (75\u00a0%) n’ont plus d’adresse de messagerie\u00a0; au plus "
                       "5\u00a0% de disparitions attendues hors rentrée.");
    const struct import_hold_figures mobiles = {.guardians = 400, .mobiles_gone = 300};
    check_told(&mobiles,
        "300 des 400 personnes connues (75\u00a0%) n’ont plus de numéro de mobile\u00a0; au plus 5\u00a0% "
        "de disparitions attendues hors rentrée.");
    const struct import_hold_figures refused = {.pupils = 400, .refused = 40};
    check_told(&refused,
        "40 des 400 personnes connues (10\u00a0%) ont une fiche refusée\u00a0; au plus 5\u00a0% de fiches "
        "refusées attendues hors rentrée.");
    const struct import_hold_figures first = {.read = 1000, .read_refused = 900};
    check_told(&first, "900 des 1\u202f000 fiches lues (90\u00a0%) sont refusées\u00a0; au plus 5\u00a0% de fiches "
                       "refusées attendues hors rentrée.");
    const struct import_hold_figures headless = {.headed = 100, .headless = 40};
    check_told(&headless, "40 des 100 structures dirigées (40\u00a0%) n’auraient plus de directeur\u00a0; au plus "
                          "5\u00a0% de directions vacantes attendues hors rentrée.");
    const struct import_hold_school swapped = {{"0690001A"}, .pupils = 400, .moved = 400};
    const struct import_hold_figures at_school = {.pupils = 40000, .schools = &swapped, .school_count = 1};
    check_told(&at_school,
        "Établissement 0690001A\u00a0: 400 des 400 élèves (100\u00a0%) changent d’établissement\u00a0; "
        "au plus 40\u00a0% de changements attendus hors rentrée.");
    const struct import_hold_school permuted = {{"0690001A"}, .pupils = 400, .relinked = 400};
    const struct import_hold_figures of_families = {.pupils = 40000, .schools = &permuted, .school_count = 1};
    check_told(&of_families, "Établissement 0690001A\u00a0: 400 des 400 élèves (100\u00a0%) changent de responsable "
                             "légal\u00a0; au plus 30\u00a0% de changements attendus hors rentrée.");
}

static void one_alone_is_told_in_the_singular(void **state)
{
    (void)state;
    char text[IMPORT_HOLD_TEXT_SIZE];
    struct import_hold_settings strict = settings;
    strict.usual.count_min = 1;
    const struct import_hold_figures figures = {.pupils = 1, .pupils_departed = 1};
    struct import_hold hold = import_hold_judge(&figures, &strict, MARCH);
    hold.schools_left_out = 1;
    import_hold_explain(&hold, text);
    assert_string_equal(text,
        "1 sur 1 élève (100\u00a0%) n’est plus dans la livraison\u00a0; au plus 5\u00a0% de départs "
        "attendus hors rentrée.\nEt 1 autre établissement.");
    hold = (struct import_hold){0};
    import_hold_explain(&hold, text);
    assert_string_equal(text, "");
}

static void the_longest_explanation_has_room(void **state)
{
    (void)state;
    char text[IMPORT_HOLD_TEXT_SIZE];
    for (enum import_hold_kind kind = 0; kind < HOLD_KIND_COUNT; kind++) {
        struct import_hold hold = {.count = IMPORT_HOLD_REASONS_MAX, .schools_left_out = 60000};
        for (size_t i = 0; i < IMPORT_HOLD_REASONS_MAX; i++)
            hold.reasons[i] = (struct import_hold_reason){kind, {"0690001A"}, 12345678901234, 12345678901234, 99, true};
        import_hold_explain(&hold, text);
        assert_non_null(strstr(text, "Et 60\u202f000 autres établissements."));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons_are_told_in_french),
        cmocka_unit_test(every_reason_is_told_in_its_own_words),
        cmocka_unit_test(one_alone_is_told_in_the_singular),
        cmocka_unit_test(the_longest_explanation_has_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
