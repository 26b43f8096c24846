/* What narrows a list: read from pairs as addresses and forms bring them, written back. */
#include "portal/filter.h"
#include "unit.h"

struct pair {
    const char *name, *value;
};

static const char *pair_value(const void *source, const char *name)
{
    for (const struct pair *pair = source; pair->name; pair++) {
        if (strcmp(pair->name, name) == 0) {
            return pair->value;
        }
    }
    return NULL;
}

static struct filter read_pairs(const struct pair *pairs)
{
    struct filter filter;
    filter_read(&filter, PROFILE_RESPONSABLE, pair_value, pairs);
    return filter;
}

// clang-format off
#define READ(...) read_pairs((const struct pair[]){__VA_ARGS__, {NULL, NULL}})
// clang-format on

static void assert_written(const struct filter *filter, const char *wanted)
{
    char text[FILTER_HREF_SIZE];
    filter_write(filter, text);
    assert_string_equal(text, wanted);
}

static void assert_tag(const struct filter *filter, enum filter_key key, const char *wanted)
{
    char text[FILTER_TAG_SIZE];
    filter_tag(filter, key, text);
    assert_string_equal(text, wanted);
}

static void nothing_narrows_nothing(void **state)
{
    (void)state;
    struct filter filter = READ({"autre", "x"});
    assert_false(filter_narrows(&filter));
    assert_true(filter_is_understood(&filter));
    assert_int_equal(filter.sort, SORT_NAME);
    assert_int_equal(filter.rows, FILTER_ROWS_DEFAULT);
    assert_int_equal(filter.page, 1);
    assert_written(&filter, "");
}

static void what_is_read_is_written_alike(void **state)
{
    (void)state;
    struct filter filter = READ({"nom", "Zoé d'É"}, {"classe", "6A & B"}, {"niveau", "6EME"}, {"etat", "distribue"},
        {"origine", "etablissement"}, {"courriel", "revenu"}, {"mobile", "sans"}, {"notifie", "oui"},
        {"notifie_avant", "2026-11-02"}, {"notifie_apres", "2026-09-01"}, {"echeance", "15"},
        {"echeance_au", "2026-12-14"}, {"connexion", "jamais"}, {"tri", "-echeance"}, {"lignes", "100"},
        {"choix", "12"}, {"page", "3"});
    assert_true(filter_is_understood(&filter));
    assert_written(&filter,
        "?nom=Zo%C3%A9%20d%27%C3%89&classe=6A%20%26%20B&niveau=6EME&etat=distribue&origine=etablissement&courriel="
        "revenu"
        "&mobile=sans&notifie=oui&notifie_avant=2026-11-02&notifie_apres=2026-09-01&echeance=15&echeance_au=2026-12-14&"
        "connexion=jamais"
        "&tri=-echeance&lignes=100&choix=12&page=3");
}

static void every_filter_has_its_name_and_can_be_taken_off(void **state)
{
    (void)state;
    for (int key = 0; key < FILTER_KEY_COUNT; key++) {
        struct pair pairs[] = {
            {filter_name((enum filter_key)key), "1" },
            {"page",                            "4" },
            {NULL,                              NULL}
        };
        struct filter filter = read_pairs(pairs);
        assert_true(filter_narrows(&filter));
        struct filter without = filter_without(&filter, (enum filter_key)key);
        assert_false(filter_narrows(&without));
        assert_true(filter_is_understood(&without));
        assert_int_equal(without.page, 1);
    }
}

static void what_is_not_understood_is_told_and_kept_in_the_address(void **state)
{
    (void)state;
    static const struct pair wrong[] = {
        {"etat",          "perdu"               },
        {"origine",       "lune"                },
        {"courriel",      "AVEC"                },
        {"mobile",        "revenu"              },
        {"notifie",       "non"                 },
        {"notifie_avant", "2026-02-30"          },
        {"notifie_apres", "hier"                },
        {"echeance",      "-1"                  },
        {"echeance",      "7 "                  },
        {"echeance",      "99999999999999999999"},
        {"echeance_au",   "2026-13-01"          },
        {"connexion",     "oui"                 }
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct pair pairs[] = {
            wrong[i], {NULL, NULL}
        };
        struct filter filter = read_pairs(pairs);
        assert_false(filter_is_understood(&filter));
        assert_true(filter_narrows(&filter));
    }
    struct filter filter = READ({"etat", "perdu"});
    assert_written(&filter, "?etat=perdu");
    assert_tag(&filter, FILTER_STATE, "etat : « perdu » n’est pas compris");
}

static void a_value_without_end_is_nobodys(void **state)
{
    (void)state;
    char text[2 * FILTER_VALUE_MAX];
    memset(text, '%', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct filter filter = READ({"nom", text});
    assert_false(filter_is_understood(&filter));
    assert_written(&filter, "?nom=%E2%80%A6");
    text[FILTER_VALUE_MAX] = '\0';
    struct pair pairs[FILTER_KEY_COUNT + 1] = {{0}};
    for (int key = 0; key < FILTER_KEY_COUNT; key++) {
        pairs[key] = (struct pair){filter_name((enum filter_key)key), text};
    }
    filter = read_pairs(pairs);
    char written[FILTER_HREF_SIZE];
    filter_write(&filter, written);
    assert_int_equal(strlen(written) > (size_t)3 * FILTER_VALUE_MAX * FILTER_KEY_COUNT, 1);
    assert_non_null(strstr(written, "&connexion=%25%25"));
}

static void a_name_of_blanks_is_none(void **state)
{
    (void)state;
    struct filter filter = READ({"nom", "   "});
    assert_false(filter_narrows(&filter));
}

static void a_date_may_be_typed(void **state)
{
    (void)state;
    struct filter filter = READ({"notifie_avant", "3/9/2026"});
    assert_true(filter_is_understood(&filter));
    assert_int_equal(filter.days[FILTER_BEFORE].day, 3);
    assert_int_equal(filter.days[FILTER_BEFORE].month, 9);
    assert_tag(&filter, FILTER_BEFORE, "Notifié avant le 03/09/2026");
}

static void pages_and_sizes_that_are_none_are_the_usual_ones(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "0", "-1", "x", "1e3", " 2", "2 ", "99999999999999999999", "10001"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct filter filter = READ({"page", wrong[i]}, {"lignes", wrong[i]}, {"tri", wrong[i]}, {"choix", wrong[i]});
        assert_int_equal(filter.page, 1);
        assert_int_equal(filter.rows, FILTER_ROWS_DEFAULT);
        assert_int_equal(filter.sort, SORT_NAME);
        assert_true(filter.selection == 0 || strcmp(wrong[i], "10001") == 0);
    }
    for (size_t i = 0; filter_rows_at(i) > 0; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", (int)filter_rows_at(i));
        struct filter filter = READ({"lignes", text});
        assert_int_equal(filter.rows, filter_rows_at(i));
    }
}

static void a_heading_sorts_and_then_turns_round(void **state)
{
    (void)state;
    struct filter filter = READ({"page", "7"});
    struct filter once = filter_sorted(&filter, SORT_LOGIN);
    struct filter twice = filter_sorted(&once, SORT_LOGIN);
    struct filter other = filter_sorted(&twice, SORT_STATE);
    assert_written(&once, "?tri=identifiant");
    assert_written(&twice, "?tri=-identifiant");
    assert_written(&other, "?tri=etat");
    struct filter by_name = filter_sorted(&filter, SORT_NAME);
    assert_written(&by_name, "?tri=-nom");
}

static void active_filters_are_told_in_french(void **state)
{
    (void)state;
    struct filter filter = READ({"nom", "goff"}, {"classe", "6A"}, {"etat", "en_cours"}, {"origine", "franceconnect"},
        {"courriel", "revenu"}, {"echeance", "0"}, {"notifie_apres", "2026-09-01"});
    assert_tag(&filter, FILTER_NAME, "Nom : goff");
    assert_tag(&filter, FILTER_CLASS, "Classe 6A");
    assert_tag(&filter, FILTER_STATE, "En cours d’activation");
    assert_tag(&filter, FILTER_ORIGIN, "Origine : FranceConnect");
    assert_tag(&filter, FILTER_MAIL, "Courriel revenu en erreur");
    assert_tag(&filter, FILTER_EXPIRY, "Délai dépassé");
    assert_tag(&filter, FILTER_AFTER, "Notifié depuis le 01/09/2026");
    struct filter latest = READ({"echeance_au", "2026-12-14"});
    assert_tag(&latest, FILTER_LATEST, "Échéance au plus tard le 14/12/2026");
    assert_true(date_is_same(latest.days[FILTER_LATEST], (struct date){2026, 12, 14}));
    assert_false(date_is_valid(latest.days[FILTER_EXPIRY]));
    struct filter days = READ({"echeance", "45"});
    assert_tag(&days, FILTER_EXPIRY, "Échéance dans les 45 jours");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_narrows_nothing),
        cmocka_unit_test(what_is_read_is_written_alike),
        cmocka_unit_test(every_filter_has_its_name_and_can_be_taken_off),
        cmocka_unit_test(what_is_not_understood_is_told_and_kept_in_the_address),
        cmocka_unit_test(a_value_without_end_is_nobodys),
        cmocka_unit_test(a_name_of_blanks_is_none),
        cmocka_unit_test(a_date_may_be_typed),
        cmocka_unit_test(pages_and_sizes_that_are_none_are_the_usual_ones),
        cmocka_unit_test(a_heading_sorts_and_then_turns_round),
        cmocka_unit_test(active_filters_are_told_in_french),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
