/* Which networks may be trusted, and who is in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/network.h"

static void an_address_or_a_network_is_valid(void **state)
{
    (void)state;
    static const char *const right[] = {"127.0.0.1", "::1", "10.42.0.0/16", "10.0.0.0/8", "192.168.7.128/25",
        "192.0.2.1/32", "2001:db8::/32", "fd00::/16", "::ffff:10.0.0.0/104", "2001:db8::1/128", "::ffff:10.0.0.1"};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        if (!network_is_valid(right[i])) {
            fail_msg("%s", right[i]);
        }
    }
}

static void what_would_trust_strangers_is_not(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "/", "/8", "proxy", "10.0.0.0/", "10.0.0.0/33", "0.0.0.0/0", "10.0.0.0/7",
        "::/0", "fc00::/7", "::ffff:0:0/96x", "::ffff:0:0/96", "::/16", "::/80", "::ffff:0:0/103", "10.42.0.1/16",
        "2001:db8::1/32", "10.0.0.0/+8", "10.0.0.0/ 8", "10.0.0.0/0x8", "10.0.0.0/8/8", "10.0.0.0/0008",
        "10.0.0.0/4294967304", "10.0.0/8", "010.0.0.0/8", "2001:db8::/129",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999/64", "1111:2222:3333:4444:5555:6666:123.123.123.1234"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (network_is_valid(wrong[i])) {
            fail_msg("%s", wrong[i]);
        }
        assert_false(network_holds(wrong[i], "10.0.0.0"));
    }
}

static void a_network_holds_its_own(void **state)
{
    (void)state;
    static const struct {
        const char *network, *address;
        bool is_in;
    } cases[] = {
        {"127.0.0.1",        "127.0.0.1",         true },
        {"127.0.0.1",        "127.0.0.2",         false},
        {"127.0.0.1",        "::ffff:127.0.0.1",  true },
        {"10.42.0.0/16",     "10.42.255.255",     true },
        {"10.42.0.0/16",     "10.43.0.0",         false},
        {"10.42.0.0/16",     "10.41.255.255",     false},
        {"10.42.0.0/16",     "::ffff:10.42.7.7",  true },
        {"192.168.7.128/25", "192.168.7.128",     true },
        {"192.168.7.128/25", "192.168.7.127",     false},
        {"10.32.0.0/11",     "10.63.0.1",         true },
        {"10.32.0.0/11",     "10.64.0.1",         false},
        {"::1",              "::1",               true },
        {"::1",              "0.0.0.1",           false},
        {"2001:db8::/32",    "2001:db8:ffff::1",  true },
        {"2001:db8::/32",    "2001:db9::1",       false},
        {"10.0.0.0/8",       "",                  false},
        {"10.0.0.0/8",       "10.0.0.1, 1.1.1.1", false},
        {"10.0.0.0/8",       "10.0.0.1 ",         false},
        {"10.0.0.0/8",       "10.0.0.0/8",        false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (network_holds(cases[i].network, cases[i].address) != cases[i].is_in) {
            fail_msg("%s and %s", cases[i].network, cases[i].address);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_or_a_network_is_valid),
        cmocka_unit_test(what_would_trust_strangers_is_not),
        cmocka_unit_test(a_network_holds_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
