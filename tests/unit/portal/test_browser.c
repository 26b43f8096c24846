#include "unit.h"

#include "portal/browser.h"

/* What browsers of 2026 say of themselves. */
static const struct {
    const char *says, *name;
} browsers[] = {
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",                             "Firefox sur Windows"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 "
     "Edg/141.0.0.0",                                                                                           "Edge sur Windows"   },
    {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
     "Chrome sur Linux"                                                                                                                   },
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 "
     "Mobile/15E148 Safari/604.1",                                                                              "Safari sur iPhone"  },
    {"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
     "Chrome sur Android"                                                                                                                 },
    {"curl/8.5",                                                                                                     "Navigateur inconnu" },
    {"",                                                                                                             "Navigateur inconnu" },
    {NULL,                                                                                                           "Navigateur inconnu" },
};

static void a_browser_is_named_as_people_know_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof browsers / sizeof browsers[0]; i++) {
        char name[BROWSER_SIZE];
        browser_name(browsers[i].says, name);
        assert_string_equal(name, browsers[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_browser_is_named_as_people_know_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
