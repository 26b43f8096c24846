/* Whom an online service is for, and what may be the name of its picture. */
#include "unit.h"

#include "domain/online_service.h"

#include <string.h>

static const academy_code lyon[] = {{10}};
static const struct uai schools[] = {{"0690001A"}, {"0690002B"}};

static const struct {
    const char *what;
    struct service_audience audience;
    enum account_profile profile;
    struct schooling where;
    bool fits;
} cases[] = {
    {"nothing said is everybody",  {0},                                                                            PROFILE_ELEVE,       {{13}, DEGREE_2, {"0130001A"}}, true },
    {"in no school, nothing said", {0},                                                                            PROFILE_RESPONSABLE, {{13}, DEGREE_1, {""}},         true },
    {"profile",                    {.profiles = 1u << PROFILE_RESPONSABLE},                                        PROFILE_RESPONSABLE, {{13}, DEGREE_1, {"0130001A"}}, true },
    {"other profile",              {.profiles = 1u << PROFILE_RESPONSABLE},                                        PROFILE_ELEVE,       {{13}, DEGREE_2, {"0130001A"}}, false},
    {"degree",                     {.degrees = 1u << DEGREE_2},                                                    PROFILE_ELEVE,       {{13}, DEGREE_2, {"0130001A"}}, true },
    {"other degree",               {.degrees = 1u << DEGREE_2},                                                    PROFILE_RESPONSABLE, {{13}, DEGREE_1, {"0130001A"}}, false},
    {"academy",                    {.academies = lyon, .academy_count = 1},                                        PROFILE_ELEVE,       {{10}, DEGREE_2, {"0690003C"}}, true },
    {"other academy",              {.academies = lyon, .academy_count = 1},                                        PROFILE_ELEVE,       {{13}, DEGREE_2, {"0130001A"}}, false},
    {"school",                     {.schools = schools, .school_count = 2},                                        PROFILE_ELEVE,       {{10}, DEGREE_2, {"0690002B"}}, true },
    {"other school",               {.schools = schools, .school_count = 2},                                        PROFILE_ELEVE,       {{10}, DEGREE_2, {"0690003C"}}, false},
    {"in no school",               {.schools = schools, .school_count = 2},                                        PROFILE_ELEVE,       {{10}, DEGREE_2, {""}},         false},
    {"school of another academy",  {.academies = lyon, .academy_count = 1, .schools = schools, .school_count = 2},
     PROFILE_ELEVE,                                                                                                                     {{13}, DEGREE_2, {"0690002B"}}, false},
    {"all at once",                {1u << PROFILE_ELEVE, 1u << DEGREE_2, lyon, 1, schools, 2},                     PROFILE_ELEVE,
     {{10}, DEGREE_2, {"0690001A"}},                                                                                                                                    true },
};

static void a_service_fits_when_all_that_is_said_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (service_fits(&cases[i].audience, cases[i].profile, &cases[i].where) != cases[i].fits) {
            fail_msg("%s", cases[i].what);
        }
    }
}

static void a_picture_is_a_plain_name_of_a_kind_that_pages_show(void **state)
{
    (void)state;
    static const char *const right[] = {"ent.svg", "Cantine_2.png", "a-b.c.jpg", "x.webp"};
    static const char *const wrong[] = {"", ".svg", ".x.svg", "../ent.svg", "a/b.svg", "ent.gif", "ent.svg.html", "ent",
        "é.png", "a b.png", "a%2e.png", "ent.SVG"};
    char too_long[140];
    memset(too_long, 'a', sizeof too_long);
    memcpy(too_long + sizeof too_long - 5, ".svg", 5);
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        assert_true(service_picture_is_valid(right[i]));
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (service_picture_is_valid(wrong[i])) {
            fail_msg("%s", wrong[i]);
        }
    }
    assert_false(service_picture_is_valid(too_long));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_service_fits_when_all_that_is_said_holds),
        cmocka_unit_test(a_picture_is_a_plain_name_of_a_kind_that_pages_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
