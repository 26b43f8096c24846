/* Prints what follows from the tables of keys, metrics and refusals: `print_config reference` is config/preau.conf,
 * `manual` is docs/operators/configuration.md, `metrics` is docs/operators/metrics.md, `refusals` is
 * docs/operators/codes.md. After a change of config_keys.def or metrics.def in common/runtime, or of
 * common/domain/refusal.def, write them again:
 *   ninja -C BUILD write-config */
#include "domain/refusal.h"
#include "runtime/config.h"
#include "runtime/metric.h"

#include <stdio.h>
#include <string.h>

static void refusals_print(FILE *out)
{
    fputs(
        "# Codes de refus\n\n"
        "<!-- Écrit par « ninja write-config » d’après common/domain/refusal.def : ne pas modifier ici. -->\n\n"
        "Un refus est la réponse d’une règle, jamais une panne. Son code est dans les réponses de [`preauctl "
        "--json`](preauctl.md#pour-les-programmes----json), dans les comptes rendus d’intégration ([ceux-là, un par un]"
        "(../integrators/depot.md)) et dans les journaux des démons ; il ne change jamais de sens. Les phrases sont "
        "celles que "
        "lit la personne ; le statut est celui de la page du portail.\n\n"
        "| code | statut | ce qui se passe | ce qu’il faut faire |\n| --- | --- | --- | --- |\n",
        out);
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        enum refusal refusal = (enum refusal)i;
        fprintf(out, "| `%s` | %d | %s | %s |\n", refusal_code(refusal), refusal_status(refusal),
            refusal_sentence(refusal), refusal_next(refusal));
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "reference") == 0)
        config_print_reference(stdout);
    else if (argc == 2 && strcmp(argv[1], "manual") == 0)
        config_print_manual(stdout);
    else if (argc == 2 && strcmp(argv[1], "metrics") == 0)
        metric_print_manual(stdout);
    else if (argc == 2 && strcmp(argv[1], "refusals") == 0)
        refusals_print(stdout);
    else
        return 2;
    return 0;
}
