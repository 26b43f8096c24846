/* store-migrate CONNINFO: applies the migrations; 1 with the fault on stderr when that fails. */
#include "store/migrate.h"

#include <stdio.h>

static void tell(void *arg, int number, const char *name, bool done)
{
    (void)arg;
    if (done) {
        printf("%04d_%s\n", number, name);
    }
}

int main(int argc, char **argv)
{
    struct fault fault;
    int applied = 0;
    if (argc != 2) {
        return 2;
    }
    if (!migrate_run(argv[1], tell, NULL, &applied, &fault)) {
        fprintf(stderr, "%s %s %s (%s)\n", fault_code_name(fault.code), fault.sqlstate, fault.text, fault.hint);
        return 1;
    }
    printf("%d applied\n", applied);
    return 0;
}
