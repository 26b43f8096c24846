/* Prints what follows from the tables of keys and metrics: `print_config reference` is config/preau.conf, `manual` is
 * docs/operators/configuration.md, `metrics` is docs/operators/metrics.md. After a change of config_keys.def or
 * metrics.def in common/runtime, write them again:
 *   ninja -C BUILD write-config */
#include "runtime/config.h"
#include "runtime/metric.h"

#include <string.h>

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "reference") == 0)
        config_print_reference(stdout);
    else if (argc == 2 && strcmp(argv[1], "manual") == 0)
        config_print_manual(stdout);
    else if (argc == 2 && strcmp(argv[1], "metrics") == 0)
        metric_print_manual(stdout);
    else
        return 2;
    return 0;
}
