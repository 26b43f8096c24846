/* What an operator's copy of a mail's template may hold, and what is said of one that is wrong. */
#include "unit.h"

#include "notify/mail_template.h"
#include "notify/mail_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/preau-templates-XXXXXX";
static const struct mail_template_folders folders = {.own = MAILS, .copies = folder};

static void write_copy(const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void remove_copy(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
}

struct wrong {
    const char *file, *text, *says, *advises;
};

static const struct wrong wrongs[] = {
    {"activation.txt",      "Bonjour\n",                                                                 "activation.txt:1: la première ligne", "Objet"         },
    {"activation.txt",      "Objet : x\n\n{{LIEN}}\n",                                                   ":3: valeur inconnue {{LIEN}}",         "LOGIN"         },
    {"activation.txt",      "Objet : x\n{{#LINK_END}}{{LINK}}\n",                                        ":2: partie inconnue {{LINK_END}}",     "LINK_ENDS"     },
    {"activation.txt",      "Objet : x\n{{#LINK_ENDS}}\n{{LINK}}\n",                                     ":2: partie qui n’est pas fermée",   ""              },
    {"activation.txt",      "Objet : x\n{{LINK}}{{/LINK_ENDS}}\n",                                       ":2: partie fermée",                   "{{/NOM}}"      },
    {"activation.txt",      "Objet : x\n{{#IS_PUPIL}}{{#LINK_ENDS}}{{LINK}}{{/IS_PUPIL}}{{/LINK_ENDS}}", ":2: partie fermée",
     ""                                                                                                                                                          },
    {"activation.txt",      "Objet : x\n{{LINK}}\n{{LINK_EXPIRES}}\n",                                   ":3: valeur hors de sa partie",         "{{#LINK_ENDS}}"},
    {"activation.txt",      "Objet : x\n{{LINK\n}}\n",                                                   ":2: marque sans fin",                  ""              },
    {"activation.txt",      "Objet : x\n{{}}\n",                                                         ":2: marque qui n’est pas un nom",    ""              },
    {"activation.txt",      "Objet : x\n{{LINK:none}}\n",                                                ":2: valeur inconnue",                  ""              },
    {"activation.txt",      "Objet : x\nrien\n",                                                         "il y manque {{LINK}}",                 ""              },
    {"activation.txt",      "Objet : x\xff\n{{LINK}}\n",                                                 "UTF-8",                                ""              },
    {"activation.html",     "<p>\n<img src=\"https://a/b.png\">{{LINK}}",                                "activation.html:2: <img",              "ailleurs"      },
    {"activation.html",     "{{LINK}}\n\n<p style=\"background:URL(x)\">",                               ":3: url(",                             "ailleurs"      },
    {"activation.html",     "{{LINK}}<table background=\"https://a/b.png\">",                            ":1: background=",                      "ailleurs"      },
    {"activation.html",     "{{LINK}}<meta http-equiv=\"refresh\">",                                     ":1: http-equiv",                       "ailleurs"      },
    {"activation.html",     "{{LINK}}<svg><image href=\"https://a/b.png\">",                             ":1: <svg",                             "ailleurs"      },
    {"activation.html",     "<a href=\"{{LINK}}\" ping=\"https://a\">",                                  ":1: ping=",                            "ailleurs"      },
    {"notification.html",   "{{LOGIN}} {{SIGN_IN}}",                                                     "il y manque {{PASSWORD}}",             ""              },
    {"reminder.txt",        "Objet : x\n{{LIST}} {{CHOICE}}",                                            ":2: valeur hors de sa partie",         "{{#SOON}}"     },
    {"reminder.txt",        "Objet : x\n{{#SOON_IN_CLASS}}",                                             ":2: partie hors de la sienne",         "{{#SOON}}"     },
    {"mail.html",           "{{SUBJECT}}",                                                               "mail.html:1: il y manque {{>BODY}}",   ""              },
    {"mail.html",           "{{>BODY}}{{>OTHER_BODY}}",                                                  "hors de sa partie",                    "{{#OTHER}}"    },
    {"activation.text.txt", "x",                                                                         "aucun courriel n’a ce nom",          "mail list"     },
    {"en/activations.txt",  "x",                                                                         "aucun courriel n’a ce nom",          "mail list"     },
    {"en/activation.txt",   "Objet : x\n",                                                               "en/activation.txt:1: il y manque",     ""              },
};

static void a_copy_that_is_wrong_is_told_by_file_and_line(void **state)
{
    (void)state;
    static const char *const languages[] = {"en"};
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        struct template_set *set = NULL;
        struct fault fault = {0};
        write_copy(wrongs[i].file, wrongs[i].text);
        bool loaded = mail_template_load(&folders, languages, 1, &set, 1, &fault);
        remove_copy(wrongs[i].file);
        if (loaded || !strstr(fault.text, wrongs[i].says) || !strstr(fault.hint, wrongs[i].advises) ||
            !strstr(fault.text, folder)) {
            fail_msg("%s: %s; %s", wrongs[i].text, fault.text, fault.hint);
        }
    }
}

static void a_copy_stands_for_the_houses_own(void **state)
{
    (void)state;
    static const char *const languages[] = {"it", "pt"};
    const struct owed_mail mail = {.kind = DELIVERY_ACTIVATION, .login = "c.exemple"};
    struct mail_words words = {.portal_url = "https://a", .link = "https://a/activation/X", .language = "pt"};
    struct template_set *set = NULL;
    struct mail_text text;
    struct fault fault;
    assert_false(mail_template_load(&folders, languages, 2, &set, 1, &fault)); /* nobody wrote the texts of it */
    assert_non_null(strstr(fault.text, "/it/notification.txt"));
    write_copy("activation.txt", "Objet : À nous\nAllez à {{LINK}}\n");
    write_copy("note.md", "nothing of ours");
    assert_true(mail_template_is_copied(&folders, "activation.txt"));
    assert_false(mail_template_is_copied(&folders, "activation.html"));
    assert_true(mail_template_load(&folders, languages + 1, 1, &set, 1, &fault));
    assert_true(mail_text_make(set, &mail, &words, &text, &fault));
    assert_memory_equal(text.subject, "À nous / ", strlen("À nous / "));
    assert_memory_equal(text.plain, "Allez à https://a/activation/X\n", 31);
    assert_non_null(strstr(text.plain, "ligação"));
    assert_non_null(strstr(text.html, "Activer mon compte")); /* not copied */
    mail_text_clear(&text);
    template_set_free(&set);
    remove_copy("activation.txt");
    remove_copy("note.md");
}

struct heard {
    unsigned count;
    char texts[100][250];
};

static void hear(void *arg, const struct fault *fault)
{
    struct heard *heard = arg;
    assert_true(heard->count < 100);
    snprintf(heard->texts[heard->count++], sizeof heard->texts[0], "%s", fault->text);
}

static void what_is_wrong_is_told_and_the_houses_own_goes(void **state)
{
    (void)state;
    static const char *const languages[] = {"en"};
    static struct heard heard;
    const struct mail_template_folders forgiving = {MAILS, folder, hear, &heard};
    const struct owed_mail mail = {.kind = DELIVERY_ACTIVATION, .login = "c.exemple"};
    const struct mail_words words = {.portal_url = "https://a", .link = "https://a/activation/X", .language = "en"};
    struct template_set *set = NULL;
    struct mail_text text;
    struct fault fault;
    write_copy("activation.txt", "Objet : À nous\n{{LIEN}}\n");
    write_copy("en/activation.txt", "Objet : Ours\n{{LIEN}}\n");
    write_copy("reset.html", "Réinitialisé : {{LOGIN}}\n");
    write_copy("activations.txt", "x");
    assert_true(mail_template_load(&forgiving, languages, 1, &set, 1, &fault));
    assert_true(mail_text_make(set, &mail, &words, &text, &fault));
    assert_null(strstr(text.subject, "À nous"));
    assert_null(strstr(text.subject, "Ours"));
    assert_non_null(strstr(text.subject, " / "));
    assert_non_null(strstr(text.plain, "https://a/activation/X"));
    assert_string_equal(text.language, "en");
    assert_int_equal(heard.count, 3);
    assert_non_null(strstr(heard.texts[0], "/activations.txt: aucun courriel"));
    assert_non_null(strstr(heard.texts[1], "/activation.txt:2: valeur inconnue {{LIEN}}"));
    assert_non_null(strstr(heard.texts[2], "/en/activation.txt:2: valeur inconnue {{LIEN}}"));
    mail_text_clear(&text);
    template_set_free(&set);
    remove_copy("activation.txt");
    remove_copy("en/activation.txt");
    remove_copy("reset.html");
    remove_copy("activations.txt");
}

/* As after an upgrade that sends one mail more than the operator's language has texts for. */
static void a_mail_goes_without_the_language_that_lacks_it(void **state)
{
    (void)state;
    static const char *const languages[] = {"it"};
    static struct heard heard;
    const struct mail_template_folders forgiving = {MAILS, folder, hear, &heard};
    const struct owed_mail mail = {.kind = DELIVERY_ACTIVATION, .login = "c.exemple"};
    const struct owed_mail other = {.kind = DELIVERY_PASSWORD_CHANGED, .login = "c.exemple"};
    const struct mail_words words = {.portal_url = "https://a", .link = "https://a/activation/X", .language = "it"};
    struct template_set *set = NULL;
    struct mail_text text;
    struct fault fault;
    write_copy("it/activation.txt", "Objet : Ecco\n{{LINK}}\n");
    write_copy("it/activation.html", "<p>Ecco {{LINK}}</p>\n");
    write_copy("it/changed.txt", "Objet : Ecco\n{{LOGIN}}\n");
    write_copy("it/changed.html", "<p>{{IDENTIFIANT}}</p>\n");
    assert_true(mail_template_load(&forgiving, languages, 1, &set, 1, &fault));
    assert_true(mail_text_make(set, &mail, &words, &text, &fault));
    assert_non_null(strstr(text.subject, " / Ecco"));
    assert_string_equal(text.language, "it");
    mail_text_clear(&text);
    assert_true(mail_text_make(set, &other, &words, &text, &fault));
    assert_null(strstr(text.subject, " / "));
    assert_null(strstr(text.html, "lang=\"it\""));
    assert_string_equal(text.language, "");
    mail_text_clear(&text);
    template_set_free(&set);
    assert_int_equal(
        heard.count, 2 * MAIL_TEMPLATE_COUNT - 3); /* each file that there is not, and the wrong one once */
    remove_copy("it/activation.txt");
    remove_copy("it/activation.html");
    remove_copy("it/changed.txt");
    remove_copy("it/changed.html");
}

static void each_mail_has_its_name(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < DELIVERY_KIND_COUNT; kind++) {
        struct owed_mail mail = {.kind = (enum delivery_kind)kind};
        const struct mail_template *first = mail_template_of(&mail);
        mail.is_repeat = true;
        const struct mail_template *again = mail_template_of(&mail);
        assert_true(first->kind == kind && again->kind == kind);
        assert_int_equal(first != again, kind == DELIVERY_NOTIFICATION);
        assert_ptr_equal(mail_template_named(first->name), first);
    }
    assert_null(mail_template_named(""));
    assert_null(mail_template_named("mail"));
    assert_null(mail_template_named("../notification"));
}

static int make_folder(void **state)
{
    (void)state;
    char path[200];
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/it", folder);
    if (mkdir(path, 0700) != 0) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/en", folder);
    return mkdir(path, 0700);
}

static int remove_folder(void **state)
{
    (void)state;
    char path[200];
    snprintf(path, sizeof path, "%s/it", folder);
    int left = rmdir(path);
    snprintf(path, sizeof path, "%s/en", folder);
    return left + rmdir(path) + rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_that_is_wrong_is_told_by_file_and_line),
        cmocka_unit_test(a_copy_stands_for_the_houses_own),
        cmocka_unit_test(what_is_wrong_is_told_and_the_houses_own_goes),
        cmocka_unit_test(a_mail_goes_without_the_language_that_lacks_it),
        cmocka_unit_test(each_mail_has_its_name),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
