/* Prints what follows from the table of keys: `print_config reference` is config/preau.conf, `print_config manual` is
 * docs/operators/configuration.md. After a change of common/runtime/config_keys.def, write both again:
 *   ninja -C BUILD write-config */
#include "runtime/config.h"

#include <string.h>

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "reference") == 0)
        config_print_reference(stdout);
    else if (argc == 2 && strcmp(argv[1], "manual") == 0)
        config_print_manual(stdout);
    else
        return 2;
    return 0;
}
