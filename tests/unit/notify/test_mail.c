/* Mails: what they say in which case, and that a reader gets back what was written. */
#include "unit.h"

#include "notify/mail_language.h"
#include "notify/mail_message.h"
#include "notify/mail_template.h"
#include "notify/reminder_line.h"
#include "notify/wording.h"
#include "runtime/clock.h"
#include "runtime/memory.h"

#include <gmime/gmime.h>
#include <string.h>

static struct template_set *templates;

static const struct owed_mail notification = {
    .kind = DELIVERY_NOTIFICATION,
    .profile = PROFILE_RESPONSABLE,
    .password = PASSWORD_PROVISIONAL,
    .created_at = {1788000000000000},
    .password_expires_at = {1803859200000000},
    .login = "a.durand",
    .nom = "DURAND",
    .prenom = "HÉLOÏSE",
    .children = "LÉA\nTom\nZoé",
    .school = "École <Les Tilleuls> & Cie",
    .city = "LYON",
    .reminder = "0690001B\tresponsable\t14\t2026-12-14\t2026-12-16\tCE1 B\tÉcole <Les Tilleuls> & Cie\tLYON\n"
                "0690001B\tresponsable\t3\t2026-12-13\t2026-12-13\t\tÉcole <Les Tilleuls> & Cie\tLYON\n"
                "0690001B\televe\t1\t2026-12-16\t2026-12-18\t6A\tÉcole <Les Tilleuls> & Cie\tLYON",
};

static struct mail_text make_in(const char *language, const struct owed_mail *mail, const char *password)
{
    const struct mail_words words = {
        password, "https://comptes.example.fr", "https://comptes.example.fr/activation/X", language};
    struct mail_text text;
    struct fault fault;
    assert_true(mail_text_make(templates, mail, &words, &text, &fault));
    assert_null(strstr(text.plain, "{{"));
    assert_null(strstr(text.html, "{{"));
    return text;
}

static struct mail_text make(const struct owed_mail *mail, const char *password)
{
    return make_in("", mail, password);
}

static void has(const char *text, const char *words)
{
    if (!strstr(text, words)) {
        fail_msg("\"%s\" is not in:\n%s", words, text);
    }
}

static void a_notification_says_all_that_opens_the_account(void **state)
{
    (void)state;
    struct mail_text text = make(&notification, "k7pr-wz4t-9hbn");
    const char *const words[] = {"Héloïse DURAND", "a.durand", "k7pr-wz4t-9hbn", "Léa, Tom et Zoé",
        "https://comptes.example.fr/connexion", "date de naissance de chaque enfant", "Lyon"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        has(text.plain, words[i]);
        has(text.html, words[i]);
    }
    has(text.plain, "École <Les Tilleuls> & Cie");
    has(text.html, "École &lt;Les Tilleuls&gt; &amp; Cie");
    mail_text_clear(&text);
}

static void a_pupil_is_not_asked_for_children(void **state)
{
    (void)state;
    struct owed_mail mail = notification;
    mail.profile = PROFILE_ELEVE;
    mail.children[0] = '\0';
    struct mail_text text = make(&mail, "k7pr-wz4t-9hbn");
    has(text.plain, "indiquez votre date de naissance");
    assert_null(strstr(text.plain, "enfant"));
    mail_text_clear(&text);
}

static void a_chosen_password_is_spoken_of_and_not_told(void **state)
{
    (void)state;
    struct mail_text text = make(&notification, NULL);
    has(text.plain, "celui que vous avez choisi");
    has(text.html, "celui que vous avez choisi");
    assert_null(strstr(text.plain, "provisoire"));
    mail_text_clear(&text);
}

static void who_opened_alone_reads_how_to_sign_in(void **state)
{
    (void)state;
    struct owed_mail mail = notification;
    mail.kind = DELIVERY_ACCOUNT_OPENED;
    mail.is_by_franceconnect = true;
    struct mail_text by_franceconnect = make(&mail, NULL);
    mail.is_by_franceconnect = false;
    struct mail_text by_password = make(&mail, NULL);
    has(by_franceconnect.plain, "a.durand");
    has(by_franceconnect.plain, "le bouton FranceConnect");
    has(by_franceconnect.html, "vous le dissocierez");
    assert_null(strstr(by_franceconnect.plain, "que vous avez choisi"));
    has(by_password.plain, "a.durand");
    has(by_password.plain, "celui que vous avez choisi");
    has(by_password.html, "Prévenez sans attendre");
    has(by_password.plain, "sans passer par l’établissement");
    assert_null(strstr(by_password.plain, "FranceConnect"));
    mail_text_clear(&by_franceconnect);
    mail_text_clear(&by_password);
}

static void whose_sheet_somebody_used_reads_how_it_was_opened(void **state)
{
    (void)state;
    struct owed_mail mail = notification;
    mail.kind = DELIVERY_ACCOUNT_OPENED;
    mail.is_by_school = true;
    struct mail_text text = make(&mail, NULL);
    has(text.plain, "avec le mot de passe provisoire");
    has(text.plain, "une feuille ou un courriel que quelqu’un d’autre a lu");
    assert_null(strstr(text.plain, "sans passer par"));
    assert_null(strstr(text.html, "ENT"));
    mail_text_clear(&text);
}

static void each_kind_has_its_subject(void **state)
{
    (void)state;
    struct owed_mail mail = notification;
    const struct {
        enum delivery_kind kind;
        bool is_repeat;
        const char *subject;
    } kinds[] = {
        {DELIVERY_NOTIFICATION,           false, "Votre compte d’accès"         },
        {DELIVERY_NOTIFICATION,           true,  "Rappel de votre compte"          },
        {DELIVERY_ACTIVATION,             false, "Confirmez votre"                 },
        {DELIVERY_EMAIL_CHANGE,           false, "Confirmez votre nouvelle"        },
        {DELIVERY_EMAIL_CHANGE_ASKED,     false, "est demandé"                    },
        {DELIVERY_EMAIL_CHANGED,          false, "a été changée"                },
        {DELIVERY_PASSWORD_RESET,         false, "réinitialisé"                  },
        {DELIVERY_PASSWORD_CHANGED,       false, "a été modifié"                },
        {DELIVERY_REMINDER,               false, "arrivent à échéance"          },
        {DELIVERY_GUARDIAN_RESET,         false, "réinitialisé"                  },
        {DELIVERY_FRANCECONNECT_LINKED,   false, "est lié"                        },
        {DELIVERY_FRANCECONNECT_UNLINKED, false, "plus lié"                       },
        {DELIVERY_ACCOUNTS_JOINED,        false, "ont été réunis"               },
        {DELIVERY_ACCOUNTS_SEPARATED,     false, "ont été séparés"             },
        {DELIVERY_ACCOUNT_OPENED,         false, "est ouvert"                      },
        {DELIVERY_MOBILE_CHANGED,         false, "mobile de votre compte"          },
        {DELIVERY_CONTACTS_FORGOTTEN,     false, "plus celle d’un compte"        },
        {DELIVERY_FORGOTTEN_IDENTIFIER,   false, "Votre identifiant"               },
        {DELIVERY_FORGOTTEN_PASSWORD,     false, "Choisissez un autre mot de passe"},
        {DELIVERY_NOT_OPENED,             false, "pas encore ouvert"               },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        mail.kind = kinds[i].kind;
        mail.is_repeat = kinds[i].is_repeat;
        struct mail_text text = make(&mail, NULL);
        has(text.subject, kinds[i].subject);
        if (mail.kind == DELIVERY_ACTIVATION) {
            has(text.html, "href=\"https://comptes.example.fr/activation/X\"");
        }
        mail_text_clear(&text);
    }
}

static void a_reminder_says_where_how_many_and_by_when(void **state)
{
    (void)state;
    struct owed_mail mail = notification;
    mail.kind = DELIVERY_REMINDER;
    strcpy(mail.nom, "Mme Girard");
    struct mail_text text = make(&mail, NULL);
    const char *const words[] = {"Bonjour Mme Girard,", "École <Les Tilleuls> & Cie (Lyon)",
        "Comptes de responsables à notifier de nouveau d’ici le 13 décembre 2026 : 17\n",
        "- CE1 B : 14, d’ici le 14 décembre 2026\n- sans classe : 3, d’ici le 13 décembre 2026\n",
        "https://comptes.example.fr/etablissements/0690001B/responsables?echeance_au=2026-12-16&tri=classe\n",
        "Comptes d’élèves à notifier de nouveau d’ici le 16 décembre 2026 : 1\n- 6A : 1, d’ici le 16 décembre 2026\n",
        "https://comptes.example.fr/etablissements/0690001B/eleves?echeance_au=2026-12-18&tri=classe\n",
        "https://comptes.example.fr/administration/mon-compte\n"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        has(text.plain, words[i]);
    }
    has(text.html,
        "href=\"https://comptes.example.fr/etablissements/0690001B/eleves?echeance_au=2026-12-18&amp;tri=classe\"");
    has(text.html, "École &lt;Les Tilleuls&gt; &amp; Cie");
    assert_null(strstr(text.plain, "a.durand"));
    mail_text_clear(&text);
}

static void a_line_of_another_form_is_not_read(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "0690001B", "0690001A\televe\t1\t2026-12-16\t2026-12-18\t6A\tÉcole\tLYON",
        "0690001B\tparent\t1\t2026-12-16\t2026-12-18\t6A\tÉcole\tLYON",
        "0690001B\televe\t0\t2026-12-16\t2026-12-18\t6A\tÉcole\tLYON",
        "0690001B\televe\t1\t2026-02-30\t2026-12-18\t6A\tÉcole\tLYON",
        "0690001B\televe\t1\t2026-12-16\tdemain\t6A\tÉcole\tLYON",
        "0690001B\televe\t1\t2026-12-16\t2026-12-18\t6A\tÉcole\tLYON\tRHÔNE"};
    struct reminder_line line, last = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *at = wrong[i];
        if (reminder_line_next(&at, &line)) {
            fail_msg("read: %s", wrong[i]);
        }
    }
    const char *at = notification.reminder;
    int count = 0;
    while (reminder_line_next(&at, &line)) {
        count++;
        last = line;
    }
    assert_int_equal(count, 3);
    assert_string_equal(at, "");
    assert_string_equal(last.class, "6A");
    assert_string_equal(last.city, "LYON");
}

/* The mail to the address before may be read by somebody else: it is enough for who gave the new one. */
static void a_new_address_is_told_in_part(void **state)
{
    (void)state;
    static const enum delivery_kind kinds[] = {DELIVERY_EMAIL_CHANGE_ASKED, DELIVERY_EMAIL_CHANGED};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct owed_mail mail = notification;
        mail.kind = kinds[i];
        snprintf(mail.new_email, sizeof mail.new_email, "heloise.durand@example.net");
        struct mail_text text = make_in("pt", &mail, NULL);
        has(text.plain, "h•••@e•••.net");
        has(text.html, "h•••@e•••.net");
        assert_null(strstr(text.plain, "heloise.durand@"));
        assert_null(strstr(text.html, "heloise.durand@"));
        mail_text_clear(&text);
    }
}

static void a_second_language_follows_the_first(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < DELIVERY_KIND_COUNT; kind++) {
        struct owed_mail mail = notification;
        mail.kind = (enum delivery_kind)kind;
        struct mail_text french = make(&mail, "k7pr-wz4t-9hbn"), both = make_in("en", &mail, "k7pr-wz4t-9hbn");
        assert_memory_equal(both.plain, french.plain, strlen(french.plain));
        assert_memory_equal(both.subject, french.subject, strlen(french.subject));
        has(both.subject, " / ");
        has(both.html, "<div lang=\"en\"");
        assert_true(strlen(both.html) > strlen(french.html) + 300);
        has(both.plain + strlen(french.plain), "No one will ever ask you for your password");
        mail_text_clear(&french);
        mail_text_clear(&both);
    }
}

static void a_second_language_has_its_own_dates_and_lists(void **state)
{
    (void)state;
    struct mail_text english = make_in("en", &notification, "k7pr-wz4t-9hbn");
    has(english.plain, "Léa, Tom and Zoé");
    has(english.html, "Léa, Tom and Zoé");
    has(english.plain, "1 March 2027");
    mail_text_clear(&english);
    char date[WORDING_DATE_SIZE];
    mail_language_date("pt", notification.password_expires_at, date);
    assert_string_equal(date, "1 de março de 2027");
    mail_language_date("it", notification.password_expires_at, date);
    assert_string_equal(date, "01/03/2027");
    mail_language_date("", notification.password_expires_at, date);
    assert_string_equal(date, "1er mars 2027");
}

static GMimeMessage *parse(const char *bytes, size_t length)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, length);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    assert_non_null(message);
    return message;
}

static void a_reader_gets_back_what_was_written(void **state)
{
    (void)state;
    struct mail_text text = make(&notification, "k7pr-wz4t-9hbn");
    const struct mail_head head = {"Préau, école", "ne-pas-repondre@preau.example",
        "Héloïse \"Zo\" BŒUF\r\nBcc: x@y.fr", "heloise@example.org", "10.7.abc@preau.example", "",
        notification.created_at};
    size_t length;
    char *bytes = mail_message_make(&head, &text, &length);
    assert_null(strstr(bytes, "\nBcc:")); /* a name makes no header */
    for (size_t i = 1; i < length; i++) {
        assert_true(bytes[i] != '\n' || bytes[i - 1] == '\r');
        assert_true((unsigned char)bytes[i] < 0x80);
    }
    GMimeMessage *message = parse(bytes, length);
    assert_string_equal(g_mime_message_get_subject(message), text.subject);
    assert_string_equal(g_mime_message_get_message_id(message), head.message_id);
    assert_string_equal(g_mime_object_get_header(GMIME_OBJECT(message), "Auto-Submitted"), "auto-generated");
    InternetAddress *from = internet_address_list_get_address(g_mime_message_get_from(message), 0);
    assert_string_equal(internet_address_get_name(from), head.sender_name);
    assert_int_equal(internet_address_list_length(g_mime_message_get_to(message)), 1);
    GMimeMultipart *body = GMIME_MULTIPART(g_mime_message_get_mime_part(message));
    assert_int_equal(g_mime_multipart_get_count(body), 2);
    char *plain = g_mime_text_part_get_text(GMIME_TEXT_PART(g_mime_multipart_get_part(body, 0)));
    has(plain, "Léa, Tom et Zoé");
    has(plain, "k7pr-wz4t-9hbn");
    g_free(plain);
    g_object_unref(message);
    memory_free(&bytes);
    mail_text_clear(&text);
}

/* What is sent again is the same to the last byte: who gets both sees one. */
static void a_mail_made_again_is_the_same(void **state)
{
    (void)state;
    struct mail_text text = make(&notification, "k7pr-wz4t-9hbn");
    const struct mail_head head = {"Préau", "ne-pas-repondre@preau.example", "Zoé", "zoe@example.org",
        "32767.9223372036854775807.00112233445566778899aabbccddeeff@preau.example", "", notification.created_at};
    size_t length, other_length;
    char *bytes = mail_message_make(&head, &text, &length);
    char *other = mail_message_make(&head, &text, &other_length);
    assert_int_equal(length, other_length);
    assert_memory_equal(bytes, other, length);
    GMimeMessage *message = parse(bytes, length);
    GMimeMultipart *body = GMIME_MULTIPART(g_mime_message_get_mime_part(message));
    assert_string_equal(
        g_mime_multipart_get_boundary(body), "=_32767.9223372036854775807.00112233445566778899aabbccddeeff");
    assert_int_equal(g_mime_multipart_get_count(body), 2);
    g_object_unref(message);
    memory_free(&bytes);
    memory_free(&other);
    mail_text_clear(&text);
}

static void dates_and_lists_are_written_as_people_do(void **state)
{
    (void)state;
    char date[WORDING_DATE_SIZE];
    char list[64];
    wording_date((struct instant){1788220800000000}, date);
    assert_string_equal(date, "1er septembre 2026");
    wording_list("", " et ", list, sizeof list);
    assert_string_equal(list, "");
    wording_list("LÉA", " et ", list, sizeof list);
    assert_string_equal(list, "Léa");
    wording_list("Léa\nTom", " et ", list, sizeof list);
    assert_string_equal(list, "Léa et Tom");
    wording_list("Maximilien\nGuillaume", " et ", list, 14);
    assert_string_equal(list, "Maximilien");
}

static void smtp_carries_a_mail_with_its_dots_stuffed(void **state)
{
    (void)state;
    static const char *const mails[][2] = {
        {"A: b\r\n\r\n.\r\n..c\r\nd.\r\n", "A: b\r\n\r\n..\r\n...c\r\nd.\r\n.\r\n"},
        {".a",                             "..a\r\n.\r\n"                         },
    };
    for (size_t i = 0; i < 2; i++) {
        size_t length;
        char *content = mail_message_for_smtp(mails[i][0], strlen(mails[i][0]), &length);
        assert_int_equal(length, strlen(mails[i][1]));
        assert_memory_equal(content, mails[i][1], length);
        memory_free(&content);
    }
}

static int begin(void **state)
{
    (void)state;
    static const char *const languages[] = {"en", "pt"};
    const struct mail_template_folders folders = {.own = MAILS, .copies = ""};
    struct fault fault;
    mail_message_begin();
    return clock_zone_set("Europe/Paris", &fault) && mail_template_load(&folders, languages, 2, &templates, 1, &fault)
               ? 0
               : 1;
}

static int end(void **state)
{
    (void)state;
    template_set_free(&templates);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_notification_says_all_that_opens_the_account),
        cmocka_unit_test(a_pupil_is_not_asked_for_children),
        cmocka_unit_test(a_chosen_password_is_spoken_of_and_not_told),
        cmocka_unit_test(who_opened_alone_reads_how_to_sign_in),
        cmocka_unit_test(whose_sheet_somebody_used_reads_how_it_was_opened),
        cmocka_unit_test(each_kind_has_its_subject),
        cmocka_unit_test(a_reminder_says_where_how_many_and_by_when),
        cmocka_unit_test(a_line_of_another_form_is_not_read),
        cmocka_unit_test(a_new_address_is_told_in_part),
        cmocka_unit_test(a_second_language_follows_the_first),
        cmocka_unit_test(a_second_language_has_its_own_dates_and_lists),
        cmocka_unit_test(a_reader_gets_back_what_was_written),
        cmocka_unit_test(a_mail_made_again_is_the_same),
        cmocka_unit_test(dates_and_lists_are_written_as_people_do),
        cmocka_unit_test(smtp_carries_a_mail_with_its_dots_stuffed),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
