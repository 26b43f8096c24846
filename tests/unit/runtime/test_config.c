/* Configuration: where values come from, and what is said of wrong ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "runtime/cleanup.h"
#include "runtime/config.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char directory[] = "/tmp/preau-config-XXXXXX";
static struct config_problems problems;

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) != NULL ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory);
}

static int clear(void **state)
{
    (void)state;
    config_problems_clear(&problems);
    return 0;
}

static char *file_of(const char *name, const char *text)
{
    char *path = checked_printf("%s/%s", directory, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void file_forget(char **path)
{
    assert_int_equal(unlink(*path), 0);
    memory_free(path);
}

static struct config *load_text(const char *text, const char *const *sections)
{
    _cleanup_(file_forget) char *path = file_of("a.conf", text);
    return config_load((const char *const[]){path}, 1, sections, &problems);
}

static void the_defaults_alone_are_a_right_configuration(void **state)
{
    (void)state;
    _cleanup_(config_free) struct config *config = config_load(NULL, 0, NULL, &problems);
    assert_non_null(config);
    assert_int_equal(config_count(config, CONFIG_NOTIFY_VALIDITY_MONTHS), 3);
    assert_int_equal(config_duration(config, CONFIG_BUS_TIMEOUT).us, 5000000);
    assert_int_equal(config_size(config, CONFIG_LINK_ARGON2_MEMORY), 64 << 20);
    assert_true(config_flag(config, CONFIG_PORTAL_SECURE_COOKIE));
    assert_string_equal(config_list(config, CONFIG_IMPORT_TIMES)[0], "08:20");
    assert_null(config_list(config, CONFIG_IMPORT_TIMES)[1]);
    assert_false(config_is_set(config, CONFIG_DATABASE_USER));
    assert_string_equal(config_origin(config, CONFIG_BUS_TIMEOUT), "default");
    assert_string_equal(config_key_name(CONFIG_LINK_ARGON2_MEMORY), "link.argon2_memory");
}

static void the_later_file_wins_and_the_environment_over_all(void **state)
{
    (void)state;
    _cleanup_(file_forget) char *first = file_of("1.conf", "bus { timeout = 1s\n retries = 1\n max_message = 1Mio }\n"
                                                           "import { times = {07:00, \"12:30\"} }\n");
    _cleanup_(file_forget) char *second =
        file_of("2.conf", "# site: \"x\n\nbus { # more\n  timeout = \"2s\"\n  retries = 2\n}\n");
    assert_int_equal(setenv("PREAU_BUS_RETRIES", "9", 1), 0);
    assert_int_equal(setenv("PREAU_PORTAL_TRUSTED_PROXIES", "10.0.0.1,10.0.0.2", 1), 0);
    _cleanup_(config_free) struct config *config =
        config_load((const char *const[]){first, second}, 2, NULL, &problems);
    assert_int_equal(unsetenv("PREAU_BUS_RETRIES"), 0);
    assert_int_equal(unsetenv("PREAU_PORTAL_TRUSTED_PROXIES"), 0);
    assert_non_null(config);
    assert_int_equal(config_duration(config, CONFIG_BUS_TIMEOUT).us, 2000000);
    assert_int_equal(config_size(config, CONFIG_BUS_MAX_MESSAGE), 1 << 20);
    assert_int_equal(config_count(config, CONFIG_BUS_RETRIES), 9);
    assert_string_equal(config_list(config, CONFIG_IMPORT_TIMES)[1], "12:30");
    assert_string_equal(config_list(config, CONFIG_PORTAL_TRUSTED_PROXIES)[1], "10.0.0.2");
    assert_string_equal(config_origin(config, CONFIG_BUS_RETRIES), "PREAU_BUS_RETRIES");
    _cleanup_(memory_free) char *origin = checked_printf("%s:4", second);
    assert_string_equal(config_origin(config, CONFIG_BUS_TIMEOUT), origin);
}

static void a_list_may_be_emptied(void **state)
{
    (void)state;
    _cleanup_(config_free) struct config *config = load_text("portal { trusted_proxies = {} }\n", NULL);
    assert_non_null(config);
    assert_false(config_is_set(config, CONFIG_PORTAL_TRUSTED_PROXIES));
}

static void what_is_wrong_is_told_with_its_place_and_remedy(void **state)
{
    (void)state;
    static const struct {
        const char *text, *place, *says;
    } cases[] = {
        {"bus { timeout = 5 }",                        ":1: bus.timeout: ",        "une durée avec son unité"     },
        {"bus { timeout = 5s parsecs }",               ":1: ",                     "inconnue"                       },
        {"\n\nbus {\n  timeout = 9min\n}",             ":4: bus.timeout: ",        "au plus 5min"                   },
        {"bus { timeout = 1ms }",                      "bus.timeout: ",            "au moins 100ms"                 },
        {"bus { max_message = 5Mo }",                  "bus.max_message: ",        "une taille avec son unité"     },
        {"bus { retries = -1 }",                       "bus.retries: ",            "un nombre entier"               },
        {"bus { retries = 99999999999999999999 }",     "bus.retries: ",            "un nombre entier"               },
        {"bus { retries = \"\" }",                     "bus.retries: ",            "un nombre entier"               },
        {"log { level = chatty }",                     "log.level: ",              "error|warning|notice|info|debug"},
        {"log { level = \"info|debug\" }",             "log.level: ",              "choisissez parmi"               },
        {"portal { secure_cookie = peut-être }",      "portal.secure_cookie: ",   "oui ou non"                     },
        {"portal { trusted_proxies = {10.0.0.0/33} }", "portal.trusted_proxies: ", "un réseau"                     },
        {"portal { trusted_proxies = {0.0.0.0/0} }",   "portal.trusted_proxies: ", "un réseau"                     },
        {"portal { listen = localhost }",              "portal.listen: ",          "hôte:port"                     },
        {"portal { listen = \"::1:80\" }",             "portal.listen: ",          "[IPv6]:port"                    },
        {"portal { listen = \"localhost:99999\" }",    "portal.listen: ",          "hôte:port"                     },
        {"import { times = {08:20, 25:00} }",          "import.times: ",           "n'est pas une heure"            },
        {"import { inbox_directory = inbox }",         "import.inbox_directory: ", "un chemin entier"               },
        {"bus { timeuot = 5s }",                       "bus.timeuot: ",            "vouliez-vous « timeout »"     },
        {"\nbuss { timeout = 5s }",                    ":2: buss: ",               "vouliez-vous « bus »"         },
        {"zzzzzzzz { timeout = 5s }",                  "zzzzzzzz: ",               "section inconnue"               },
        {"bus { timeout = }",                          ":1: ",                     "écriture incorrecte"           },
        {"notify { sender_name = \"Pr\xE9"
         "au\" }",                            "notify.sender_name: ",     "UTF-8"                          },
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        _cleanup_(config_free) struct config *config = load_text(cases[i].text, NULL);
        assert_null(config);
        assert_int_not_equal(problems.count, 0);
        const char *said = problems.texts[0];
        if (strstr(said, cases[i].place) == NULL || strstr(said, cases[i].says) == NULL)
            fail_msg("%s\n  told: %s\n  want: %s … %s", cases[i].text, said, cases[i].place, cases[i].says);
        assert_memory_equal(said, directory, strlen(directory));
        config_problems_clear(&problems);
    }
}

static void all_wrong_values_are_told_together(void **state)
{
    (void)state;
    assert_null(load_text("bus { timeout = 5\n retries = x }\nlog { level = loud }\n", NULL));
    assert_int_equal(problems.count, 3);
}

static void a_missing_file_is_told(void **state)
{
    (void)state;
    assert_null(config_load((const char *const[]){"/nonexistent/preau.conf"}, 1, NULL, &problems));
    assert_int_equal(problems.count, 1);
    assert_non_null(strstr(problems.texts[0], "/nonexistent/preau.conf: lecture impossible (No such file"));
}

static void a_mistyped_variable_is_told(void **state)
{
    (void)state;
    assert_int_equal(setenv("PREAU_PORTAL_LISTN", "x", 1), 0);
    assert_null(config_load(NULL, 0, NULL, &problems));
    assert_int_equal(unsetenv("PREAU_PORTAL_LISTN"), 0);
    assert_int_equal(problems.count, 1);
    assert_non_null(strstr(problems.texts[0], "PREAU_PORTAL_LISTN: clef inconnue"));
}

static void only_the_sections_needed_must_have_their_folders(void **state)
{
    (void)state;
    static const char text[] = "import { inbox_directory = /nonexistent/inbox\n archive_directory = /etc/passwd\n"
                               " work_directory = /tmp }\n";
    _cleanup_(config_free) struct config *config = load_text(text, (const char *const[]){"bus", NULL});
    assert_non_null(config);
    assert_null(load_text(text, (const char *const[]){"bus", "import", NULL}));
    assert_int_equal(problems.count, 2);
    assert_non_null(strstr(
        problems.texts[0], "a.conf:1: import.inbox_directory: le dossier « /nonexistent/inbox » est introuvable"));
    assert_non_null(strstr(problems.texts[1], "« /etc/passwd » n'est pas un dossier"));
}

static char *printed(void print(FILE *), size_t *out_length)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, out_length);
    assert_non_null(out);
    print(out);
    assert_int_equal(fclose(out), 0);
    return text;
}

/* The example of a section under a title is no comment any more. */
static void take_example_out(char *text)
{
    bool is_inside = false;
    for (char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1) {
        bool is_comment = strncmp(line, "# ", 2) == 0; /* # academy_portal "nom" { */
        size_t word = is_comment ? strspn(line + 2, "abcdefghijklmnopqrstuvwxyz_") : 0;
        is_inside = is_inside || (word > 0 && strncmp(line + 2 + word, " \"", 2) == 0);
        bool is_end = strncmp(line, "# }", 3) == 0;
        if (is_inside && line[0] == '#')
            line[0] = ' ';
        is_inside = is_inside && !is_end;
    }
}

static void the_printed_file_is_read_back_as_the_defaults(void **state)
{
    (void)state;
    size_t length;
    _cleanup_(memory_free) char *text = printed(config_print_reference, &length);
    take_example_out(text);
    /* every key taken out of its comment */
    for (char *at = text; (at = strstr(at, "    # ")) != NULL; at++)
        if (strcspn(at + 6, " ") == strspn(at + 6, "abcdefghijklmnopqrstuvwxyz0123456789_") &&
            strncmp(at + 6 + strcspn(at + 6, " "), " = ", 3) == 0)
            at[4] = ' ';
    _cleanup_(config_free) struct config *config = load_text(text, NULL);
    if (config == NULL)
        fail_msg("%s", problems.texts[0]);
    _cleanup_(config_free) struct config *standard = config_load(NULL, 0, NULL, &problems);
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        enum config_key key = (enum config_key)i;
        const char *section = config_titled_section(key);
        const struct config *of = section != NULL ? config_titled(config, section, 0) : config;
        assert_string_not_equal(config_origin(of, key), "default");
        if (section == NULL)
            assert_int_equal(config_is_set(config, key), config_is_set(standard, key));
    }
}

#define PORTAL "academy_portal"

static void a_section_may_stand_several_times_under_titles(void **state)
{
    (void)state;
    _cleanup_(file_forget) char *first =
        file_of("1.conf", "academy_portal lyon { issuer = \"https://a\" }\n"
                          "academy_portal \"aix-2\" { scopes = {a, b}\n pkce = non }\n");
    _cleanup_(file_forget) char *second = file_of("2.conf", "academy_portal lyon { client_id = \"x\" }\n");
    _cleanup_(config_free) struct config *config =
        config_load((const char *const[]){first, second}, 2, NULL, &problems);
    assert_non_null(config);
    assert_int_equal(config_titled_count(config, PORTAL), 2);
    assert_string_equal(config_title(config, PORTAL, 0), "lyon");
    assert_string_equal(config_title(config, PORTAL, 1), "aix-2");
    const struct config *lyon = config_titled(config, PORTAL, 0);
    const struct config *aix = config_titled(config, PORTAL, 1);
    assert_string_equal(config_text(lyon, CONFIG_ACADEMY_PORTAL_ISSUER), "https://a");
    assert_string_equal(config_text(lyon, CONFIG_ACADEMY_PORTAL_CLIENT_ID), "x");
    assert_string_equal(config_list(lyon, CONFIG_ACADEMY_PORTAL_SCOPES)[0], "openid");
    assert_true(config_flag(lyon, CONFIG_ACADEMY_PORTAL_PKCE));
    assert_string_equal(config_list(aix, CONFIG_ACADEMY_PORTAL_SCOPES)[1], "b");
    assert_false(config_flag(aix, CONFIG_ACADEMY_PORTAL_PKCE));
    assert_false(config_is_set(aix, CONFIG_ACADEMY_PORTAL_ISSUER));
}

static void without_any_there_is_none(void **state)
{
    (void)state;
    _cleanup_(config_free) struct config *config = config_load(NULL, 0, (const char *const[]){PORTAL, NULL}, &problems);
    assert_non_null(config);
    assert_int_equal(config_titled_count(config, PORTAL), 0);
}

static void what_is_wrong_under_a_title_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"academy_portal lyon { }\nacademy_portal lyon { }",           ":2: "                                       },
        {"academy_portal { }",                                         ":1: "                                       },
        {"academy_portal \"Lyon 2\" { }",                              ":1: academy_portal: « Lyon 2 »"           },
        {"academy_portal lyon { isuer = x }",                          "vouliez-vous « issuer »"                  },
        {"academy_portal lyon {\n pkce = peut }",                      ":2: academy_portal.pkce: "                  },
        {"academy_portal lyon { }",                                    "academy_portal \"lyon\": issuer: cette clef"},
        {"online_service ent {\n address = \"javascript:alert(1)\" }", ":2: online_service.address: "               },
        {"academy_portal lyon { ca_file = \"/x/y\" }",                 "academy_portal \"lyon\": ca_file: "         },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        _cleanup_(config_free) struct config *config = load_text(cases[i].text, (const char *const[]){PORTAL, NULL});
        bool is_said = false;
        assert_null(config);
        for (size_t n = 0; n < problems.count; n++)
            is_said = is_said || strstr(problems.texts[n], cases[i].says) != NULL;
        if (!is_said)
            fail_msg("%s: not said, but: %s", cases[i].text, problems.texts[0]);
        config_problems_clear(&problems);
    }
}

static void the_environment_does_not_reach_under_titles(void **state)
{
    (void)state;
    assert_int_equal(setenv("PREAU_ACADEMY_PORTAL_ISSUER", "https://x", 1), 0);
    _cleanup_(config_free) struct config *config = config_load(NULL, 0, NULL, &problems);
    assert_int_equal(unsetenv("PREAU_ACADEMY_PORTAL_ISSUER"), 0);
    assert_null(config);
    assert_non_null(strstr(problems.texts[0], "PREAU_ACADEMY_PORTAL_ISSUER"));
}

/* LoadCredential=bus.key:… of the daemon that reads the section; others read the same file and have no such folder. */
static void what_systemd_gives_is_named(void **state)
{
    (void)state;
    static const char text[] = "bus { curve_secret_file = \"credential:bus.key\" }";
    const char *const bus[] = {"bus", NULL};
    _cleanup_(config_free) struct config *of_others = load_text(text, NULL);
    assert_non_null(of_others);
    assert_string_equal(config_text(of_others, CONFIG_BUS_CURVE_SECRET_FILE), "credential:bus.key");
    assert_null(load_text(text, bus));
    assert_non_null(strstr(problems.texts[0], "« credential:bus.key » : systemd n'a rien donné"));
    config_problems_clear(&problems);

    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", directory, 1), 0);
    assert_null(load_text(text, bus));
    assert_non_null(strstr(problems.texts[0], "systemd ne donne pas « bus.key » à ce démon (No such file"));
    config_problems_clear(&problems);
    _cleanup_(file_forget) char *given = file_of("bus.key", "a key");
    _cleanup_(config_free) struct config *config = load_text(text, bus);
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
    assert_non_null(config);
    assert_string_equal(config_text(config, CONFIG_BUS_CURVE_SECRET_FILE), given);
}

static void a_name_that_leads_elsewhere_is_none_of_systemds(void **state)
{
    (void)state;
    static const char *const names[] = {"", ".", "..", "../smtp", "a/b", "a:b", "é"};
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", directory, 1), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        _cleanup_(memory_free) char *text = checked_printf("bus { curve_secret_file = \"credential:%s\" }", names[i]);
        assert_null(load_text(text, NULL));
        assert_non_null(strstr(problems.texts[0], "le nom que LoadCredential= donne"));
        config_problems_clear(&problems);
    }
    assert_null(load_text("keys { directory = \"credential:keys\" }", NULL)); /* a folder is a path: %d of the unit */
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_defaults_alone_are_a_right_configuration, clear),
        cmocka_unit_test_teardown(the_later_file_wins_and_the_environment_over_all, clear),
        cmocka_unit_test_teardown(a_list_may_be_emptied, clear),
        cmocka_unit_test_teardown(what_is_wrong_is_told_with_its_place_and_remedy, clear),
        cmocka_unit_test_teardown(all_wrong_values_are_told_together, clear),
        cmocka_unit_test_teardown(a_missing_file_is_told, clear),
        cmocka_unit_test_teardown(a_mistyped_variable_is_told, clear),
        cmocka_unit_test_teardown(only_the_sections_needed_must_have_their_folders, clear),
        cmocka_unit_test_teardown(the_printed_file_is_read_back_as_the_defaults, clear),
        cmocka_unit_test_teardown(a_section_may_stand_several_times_under_titles, clear),
        cmocka_unit_test_teardown(without_any_there_is_none, clear),
        cmocka_unit_test_teardown(what_is_wrong_under_a_title_is_told, clear),
        cmocka_unit_test_teardown(the_environment_does_not_reach_under_titles, clear),
        cmocka_unit_test_teardown(what_systemd_gives_is_named, clear),
        cmocka_unit_test_teardown(a_name_that_leads_elsewhere_is_none_of_systemds, clear),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
