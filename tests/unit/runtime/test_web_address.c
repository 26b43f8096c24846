/* Addresses that a page may lead to, and those that hostile or hurried hands write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/web_address.h"

static void https_with_a_host_is_safe(void **state)
{
    (void)state;
    static const char *const right[] = {"https://ent.example.fr", "https://ent.example.fr/",
        "https://ent.example.fr:8443/familles?uai=0690001A&x=%C3%A9#haut", "HTTPS://ENT.example.fr/",
        "https://[2001:db8::1]/"};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        if (!web_address_is_safe(right[i])) {
            fail_msg("%s", right[i]);
        }
    }
}

static void all_else_is_not(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "ent.example.fr", "//ent.example.fr/", "/guichet", "http://ent.example.fr/",
        "javascript:alert(1)", "JavaScript:alert(1)//https://a", "java\tscript:alert(1)", "data:text/html,x",
        "ftp://ent.example.fr/", "https:", "https://", "https:///familles", "https:ent.example.fr",
        "https://ent.example.fr@piege.example/", "https://a:b@piege.example/", "https://ent.example.fr/a b",
        " https://ent.example.fr/", "https://ent.example.fr/\r\nSet-Cookie: x", "https://ent.example.fr/é",
        "https://ent.example.fr\\@piege.example/", "https://ent.example.fr/\"><script>",
        "https://ent.example.fr:99999/"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (web_address_is_safe(wrong[i])) {
            fail_msg("%s", wrong[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(https_with_a_host_is_safe),
        cmocka_unit_test(all_else_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
