/* What a CAS server answers to serviceValidate: the shapes of the field, and what no server of good will sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/ent_cas_answer.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <string.h>

#define BEGIN "<cas:serviceResponse xmlns:cas=\"http://www.yale.edu/tp/cas\">"
#define END "</cas:serviceResponse>"
#define SUCCESS(inner) BEGIN "<cas:authenticationSuccess>" inner "</cas:authenticationSuccess>" END
#define USER "<cas:user>lea</cas:user>"
#define KEY "<cas:ENTPersonJointure>4711</cas:ENTPersonJointure>"

static const char attribute[] = "ENTPersonJointure";

static void gives(const char *answer, const char *name, const char *wanted)
{
    char key[ENT_KEY_SIZE];
    struct fault fault;
    if (!ent_cas_answer_read(answer, strlen(answer), name, key, &fault)) {
        fail_msg("%s\n%s", fault.text, answer);
    }
    assert_string_equal(key, wanted);
}

static void is_refused(const char *answer, enum fault_code code)
{
    char key[ENT_KEY_SIZE];
    struct fault fault = {0};
    if (ent_cas_answer_read(answer, strlen(answer), attribute, key, &fault)) {
        fail_msg("taken: %s", answer);
    }
    assert_int_equal(fault.code, code);
}

static void the_shapes_of_the_field_give_the_key(void **state)
{
    (void)state;
    gives(SUCCESS(USER "<cas:attributes>" KEY "</cas:attributes>"), attribute, "4711");
    gives(SUCCESS(USER KEY), attribute, "4711");
    gives(SUCCESS(USER "<cas:attributes><ENTPersonJointure>\n 4711 </ENTPersonJointure></cas:attributes>"), attribute,
        "4711");
    gives(
        SUCCESS(USER
            "<cas:attributes><cas:ENTPersonJointure><![CDATA[AC-LYON$4711]]></cas:ENTPersonJointure></cas:attributes>"),
        attribute, "AC-LYON$4711");
    gives(SUCCESS(USER "<cas:attributes>" KEY KEY "</cas:attributes>"), attribute, "4711");
    gives(SUCCESS(USER "<cas:attributes><cas:eleve>" KEY "</cas:eleve></cas:attributes>"), "eleve/ENTPersonJointure",
        "4711");
    gives(SUCCESS(USER), "", "lea");
    gives("<cas:serviceResponse "
          "xmlns:cas='http://www.yale.edu/tp/cas'>\n\t<cas:authenticationSuccess>\n\t\t<cas:user>lea</cas:user>\n\t\t"
          "<cas:attributes>\n\t\t\t<cas:ENTPersonJointure>AC-ESSAI$3</cas:ENTPersonJointure>\n\t\t\t<cas:cn>Léa</"
          "cas:cn>\n\t\t"
          "</cas:attributes>\n\t</cas:authenticationSuccess>\n</cas:serviceResponse>\n",
        attribute, "AC-ESSAI$3");
    gives("<serviceResponse xmlns=\"http://www.yale.edu/tp/cas\"><authenticationSuccess><user>lea</user><attributes>"
          "<ENTPersonJointure>4711</ENTPersonJointure></attributes></authenticationSuccess></serviceResponse>",
        attribute, "4711");
}

static void no_key_and_several_keys_are_nobody(void **state)
{
    (void)state;
    is_refused(SUCCESS(USER), FAULT_MISSING);
    is_refused(SUCCESS(USER "<cas:attributes><cas:ENTPersonJointure/></cas:attributes>"), FAULT_MISSING);
    is_refused(
        SUCCESS(USER "<cas:attributes>" KEY "<cas:ENTPersonJointure>4712</cas:ENTPersonJointure></cas:attributes>"),
        FAULT_MISSING);
    is_refused(
        SUCCESS(USER "<cas:ENTPersonJointure>4712</cas:ENTPersonJointure><cas:attributes>" KEY "</cas:attributes>"),
        FAULT_MISSING);
    /* a child's key within is not the person's */
    is_refused(SUCCESS(USER "<cas:attributes><cas:enfant>" KEY "</cas:enfant></cas:attributes>"), FAULT_MISSING);
    is_refused(
        SUCCESS(USER "<cas:attributes><cas:ENTPersonJointure>4<b>7</b>11</cas:ENTPersonJointure></cas:attributes>"),
        FAULT_MISSING);
}

static void what_is_no_success_of_cas_is_none(void **state)
{
    (void)state;
    is_refused("", FAULT_FORMAT);
    is_refused("yes\nlea\n", FAULT_FORMAT);
    is_refused(BEGIN END, FAULT_FORMAT);
    is_refused("<html><body>" KEY "</body></html>", FAULT_FORMAT);
    is_refused(SUCCESS(KEY), FAULT_FORMAT);
    is_refused(BEGIN "<cas:authenticationSuccess>" USER KEY, FAULT_FORMAT);
    is_refused("<cas:serviceResponse xmlns:cas=\"urn:other\"><cas:authenticationSuccess>" USER KEY
               "</cas:authenticationSuccess></cas:serviceResponse>",
        FAULT_FORMAT);
    is_refused(BEGIN "<cas:authenticationFailure "
                     "code=\"INVALID_TICKET\">no</cas:authenticationFailure><cas:authenticationSuccess>" USER KEY
                     "</cas:authenticationSuccess>" END,
        FAULT_FORMAT);
    is_refused(
        BEGIN "<cas:authenticationFailure code=\"INVALID_TICKET\">no</cas:authenticationFailure>" END, FAULT_FORMAT);
    is_refused(
        BEGIN "<cas:authenticationFailure code=\"INTERNAL_ERROR\">no</cas:authenticationFailure>" END, FAULT_PEER);
}

static void a_document_type_is_not_read(void **state)
{
    (void)state;
    is_refused("<!DOCTYPE x [<!ENTITY k \"4711\">]>" SUCCESS(USER "<cas:ENTPersonJointure>&k;</cas:ENTPersonJointure>"),
        FAULT_FORMAT);
    is_refused("<!DOCTYPE x SYSTEM \"file:///etc/hostname\">" SUCCESS(USER KEY), FAULT_FORMAT);
    is_refused("<!DOCTYPE x>" SUCCESS(USER KEY), FAULT_FORMAT);
    is_refused("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
               "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>" SUCCESS(
                   USER "<cas:ENTPersonJointure>&c;</cas:ENTPersonJointure>"),
        FAULT_FORMAT);
}

static void what_is_too_long_or_too_deep_is_nobody(void **state)
{
    (void)state;
    char digits[2 * ENT_KEY_SIZE];
    memset(digits, '4', sizeof digits - 1);
    digits[sizeof digits - 1] = '\0';
    _cleanup_(memory_free) char *longer =
        checked_printf(SUCCESS(USER "<cas:ENTPersonJointure>%s</cas:ENTPersonJointure>"), digits);
    is_refused(longer, FAULT_MISSING);
    enum { DEEP = 5000 };
    static const char element[] = "<a>";
    _cleanup_(memory_free) char *deep = checked_calloc(1, (size_t)3 * DEEP + 1);
    for (size_t i = 0; i < (size_t)3 * DEEP; i++) {
        deep[i] = element[i % 3];
    }
    is_refused(deep, FAULT_FORMAT);
}

static void a_refusal_of_a_ticket_is_known(void **state)
{
    (void)state;
    static const char refusal[] =
        BEGIN "<cas:authenticationFailure code=\"INVALID_TICKET\">no</cas:authenticationFailure>" END;
    static const char success[] = SUCCESS(USER KEY);
    assert_true(ent_cas_answer_refuses(refusal, sizeof refusal - 1));
    assert_false(ent_cas_answer_refuses(success, sizeof success - 1));
    assert_false(ent_cas_answer_refuses("<html/>", 7));
}

int main(void)
{
    ent_cas_answer_begin();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shapes_of_the_field_give_the_key),
        cmocka_unit_test(no_key_and_several_keys_are_nobody),
        cmocka_unit_test(what_is_no_success_of_cas_is_none),
        cmocka_unit_test(a_document_type_is_not_read),
        cmocka_unit_test(what_is_too_long_or_too_deep_is_nobody),
        cmocka_unit_test(a_refusal_of_a_ticket_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
