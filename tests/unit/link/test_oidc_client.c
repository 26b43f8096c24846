/* The file of a client's secret: one, or two while the provider changes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "link/oidc_client.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/preau-secrets-XXXXXX";

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

/* What is read of a file with this text: "first", "first|second"; the fault's text when it is refused. The caller frees. */
static char *read_of(const char *text)
{
    _cleanup_(memory_free) char *path = checked_printf("%s/secret", directory);
    _cleanup_(secret_free) struct secret *secret = NULL, *other = NULL;
    struct fault fault = {0};
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    assert_int_equal(close(file), 0);
    bool is_read = oidc_client_secrets_read(path, &secret, &other, &fault);
    assert_int_equal(unlink(path), 0);
    if (!is_read) {
        assert_int_equal(fault.code, FAULT_CONFIG);
        return checked_strdup(fault.text);
    }
    return checked_printf("%s%s%s", secret_text(secret), other ? "|" : "", other ? secret_text(other) : "");
}

static void lines_with_something_in_them_are_secrets_two_at_most(void **state)
{
    (void)state;
    static const struct {
        const char *text, *read;
    } cases[] = {
        {"first",                   "first"                                      },
        {"first\n",                 "first"                                      },
        {"first\nsecond",           "first|second"                               },
        {"first\r\nsecond\r\n",     "first|second"                               },
        {"\nfirst\n\n\nsecond\n\n", "first|second"                               },
        {" a space & more \n",      " a space & more "                           },
        {"",                        "client_secret_file: is empty"               },
        {"\n\r\n",                  "client_secret_file: is empty"               },
        {"first\nsecond\nthird\n",  "client_secret_file: has more than two lines"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        _cleanup_(memory_free) char *read = read_of(cases[i].text);
        assert_string_equal(read, cases[i].read);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_with_something_in_them_are_secrets_two_at_most),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
