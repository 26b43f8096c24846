/* Who is at the other end of a socket of this host: read of what ZeroMQ says, and of nothing that is not it. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "bus/peer.h"

static void the_account_is_the_third_from_the_end(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        uid_t uid;
    } cases[] = {
        {"localhost:0:0:1",             0         },
        {"localhost:993:7400:31337",    993       },
        {"un:hote:5:6:7",               5         },
        {":65534:65534:2",              65534     },
        {"localhost:4294967295:0:4711", 4294967295},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uid_t uid = 1;
        assert_true(bus_peer_read_account(cases[i].address, &uid));
        assert_int_equal(uid, cases[i].uid);
    }
}

static void an_address_without_an_account_is_nobodys(void **state)
{
    (void)state;
    static const char *const addresses[] = {"", "localhost", "192.0.2.1", "0:0", "2001:db8::1",
        "localhost:0:0:", "localhost:0::1", "localhost::0:1", "localhost:0x0:0:1", "localhost:-0:0:1",
        "localhost: 0:0:1", "localhost:root:0:1", "localhost:0:0:1 ", "localhost:4294967296:0:1",
        "localhost:18446744073709551616:0:1"};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        uid_t uid = 1;
        if (bus_peer_read_account(addresses[i], &uid)) {
            fail_msg("\"%s\" is of %u", addresses[i], (unsigned)uid);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_account_is_the_third_from_the_end),
        cmocka_unit_test(an_address_without_an_account_is_nobodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
