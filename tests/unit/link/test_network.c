/* Which addresses are one somebody's, and which are around them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/network.h"
#include "runtime/cleanup.h"

#include <string.h>

static void an_address_is_one_of_a_network_and_of_the_one_around(void **state)
{
    (void)state;
    static const struct {
        const char *address, *own, *around;
    } cases[] = {
        {"192.0.2.77",                  "192.0.2.77",               "192.0.2.0/24"       },
        {"255.255.255.255",             "255.255.255.255",          "255.255.255.0/24"   },
        {"::ffff:192.0.2.77",           "192.0.2.77",               "192.0.2.0/24"       },
        {"::ffff:c000:24d",             "192.0.2.77",               "192.0.2.0/24"       },
        {"2001:db8:1:2:3:4:5:6",        "2001:db8:1:2::/64",        "2001:db8:1::/48"    },
        {"2001:0DB8:0001:0002::1",      "2001:db8:1:2::/64",        "2001:db8:1::/48"    },
        {"2001:db8:1:fffe::",           "2001:db8:1:fffe::/64",     "2001:db8:1::/48"    },
        {"ffff:ffff:ffff:ffff:ffff::1", "ffff:ffff:ffff:ffff::/64", "ffff:ffff:ffff::/48"},
        {"::1",                         "::/64",                    "::/48"              },
        {"",                            "",                         ""                   },
        {"192.0.2",                     "192.0.2",                  "192.0.2"            },
        {"fe80::1%eth0",                "fe80::1%eth0",             "fe80::1%eth0"       },
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char network[NETWORK_SIZE];
        network_of(cases[i].address, network);
        assert_string_equal(network, cases[i].own);
        network_around(cases[i].address, network);
        assert_string_equal(network, cases[i].around);
    }
}

static void of_one_subscriber_are_an_ipv4_address_and_a_48_of_ipv6(void **state)
{
    (void)state;
    char network[NETWORK_SIZE];
    network_of_site("::ffff:192.0.2.77", network);
    assert_string_equal(network, "192.0.2.77");
    network_of_site("2001:db8:1:2:3:4:5:6", network);
    assert_string_equal(network, "2001:db8:1::/48");
    network_of_site("192.0.2", network);
    assert_string_equal(network, "192.0.2");
}

static void what_is_no_address_has_room_enough_or_is_cut(void **state)
{
    (void)state;
    char address[200], network[NETWORK_SIZE];
    memset(address, 'x', sizeof address);
    address[sizeof address - 1] = '\0';
    network_of(address, network);
    assert_int_equal(strlen(network), INET6_ADDRSTRLEN);
    network_around(address, network);
    assert_int_equal(strlen(network), INET6_ADDRSTRLEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_one_of_a_network_and_of_the_one_around),
        cmocka_unit_test(of_one_subscriber_are_an_ipv4_address_and_a_48_of_ipv6),
        cmocka_unit_test(what_is_no_address_has_room_enough_or_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
