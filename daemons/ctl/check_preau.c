/* check_preau: one daemon of Préau, for Nagios, Icinga and whoever runs plugins by the rules of the Monitoring Plugins
 * (https://www.monitoring-plugins.org/doc/guidelines.html).
 *
 * Job       Asks one status address for /status and says in one line whether all is well, with measures behind a bar.
 * Input     The command line only: no configuration, so that it runs on the monitoring host, alone.
 * Exit      0 OK; 1 WARNING: a check that is not required is not well, or the threshold -w; 2 CRITICAL: nobody answers, or not in
 *           time, not ready, or the threshold -c; 3 UNKNOWN: wrong command line, an answer that is none, a measure that is not there.
 * Promises  Ends within -t; what a peer says is bounded and stays in its line. */
#include "ctl/ask_status.h"
#include "ctl/check_answer.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/memory.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_SECONDS = 10, TIMEOUT_MAX = 3600, PORT_MAX = 65535, ACADEMY_MAX = 999 };

struct options {
    const char *host, *port, *url;
    long timeout;
    struct check_wish wish;
};

static int unknown(const char *what, const char *value)
{
    (void)printf(
        "PREAU UNKNOWN - %s%s%s ; check_preau --help dit comment faire\n", what, value[0] != '\0' ? " : " : "", value);
    return CHECK_UNKNOWN;
}

static void print_help(void)
{
    (void)printf("check_preau %s\n", PREAU_VERSION);
    (void)puts(
        "Surveille un démon de Préau, à son adresse d’état, pour Nagios et Icinga.\n\n"
        "Usage : check_preau (-H HÔTE -p PORT | -u URL) [-m MESURE | -a ACADÉMIE] [-w SEUIL] [-c SEUIL] [-t SECONDES] "
        "[-v]\n\n"
        "  -H, --hostname HÔTE      hôte du démon\n"
        "  -p, --port PORT          port de son adresse d’état (section « status » de la configuration)\n"
        "  -u, --url URL            ou l’adresse entière, par exemple https://surveillance.example/linkd (sans "
        "/status)\n"
        "  -m, --measure MESURE     juge un nombre de /status par -w et -c : mails_oldest_seconds, archives_held…\n"
        "  -a, --academy ACADÉMIE   juge l’âge de la dernière intégration d’une académie (preau-importd) : en "
        "secondes, "
        "par -w\n"
        "                           et -c ; sans eux, CRITICAL si import.late_after est passé, été excepté\n"
        "  -w, --warning SEUIL      WARNING si la mesure en sort : 10, 10:, ~:10, 10:20, @10:20 (alerte dedans)\n"
        "  -c, --critical SEUIL     CRITICAL, de même\n"
        "  -t, --timeout SECONDES   délai en tout (10) ; au-delà CRITICAL\n"
        "  -v, --verbose            dit aussi ce qui va bien\n"
        "  -V, --version            dit la version\n"
        "  -h, --help               cette aide\n\n"
        "Sans -m ni -a : OK si le démon est prêt et que tous ses contrôles vont bien, WARNING si l’un de ceux qu’il "
        "n’exige\n"
        "pas va mal, CRITICAL s’il n’est pas prêt ou ne répond pas, UNKNOWN si ce qui répond n’est pas un démon de "
        "Préau.");
}

/* false: no whole number from 1 to `max`. */
static bool whole(const char *text, long max, long *out_number)
{
    char *end;
    *out_number = strtol(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && *out_number >= 1 && *out_number <= max;
}

/* -1: go on. */
static int take_number(int option, struct options *options)
{
    long number;
    if (option == 't')
        return whole(optarg, TIMEOUT_MAX, &options->timeout) ? -1 : unknown("délai faux (-t)", optarg);
    if (option == 'p') {
        options->port = optarg;
        return whole(optarg, PORT_MAX, &number) ? -1 : unknown("port faux (-p)", optarg);
    }
    bool is_good = whole(optarg, ACADEMY_MAX, &number);
    options->wish.academy = (int)number;
    return is_good ? -1 : unknown("académie fausse (-a)", optarg);
}

static int take_range(int option, struct check_wish *wish)
{
    bool is_warning = option == 'w';
    if (!check_range_parse(optarg, is_warning ? &wish->if_warning : &wish->if_critical))
        return unknown(is_warning ? "seuil faux (-w)" : "seuil faux (-c)", optarg);
    *(is_warning ? &wish->warning : &wish->critical) = optarg;
    return -1;
}

static int take(int option, struct options *options)
{
    switch (option) {
    case 'H':
        options->host = optarg;
        return -1;
    case 'u':
        options->url = optarg;
        return -1;
    case 'm':
        options->wish.measure = optarg;
        return -1;
    case 'v':
        options->wish.verbosity++;
        return -1;
    case 'V':
        (void)printf("check_preau %s\n", PREAU_VERSION);
        return CHECK_OK;
    case 'h':
        print_help();
        return CHECK_OK;
    case 't':
    case 'p':
    case 'a':
        return take_number(option, options);
    case 'w':
    case 'c':
        return take_range(option, &options->wish);
    default:
        return unknown("option inconnue, ou sans sa valeur", "");
    }
}

static int judge_options(const struct options *options)
{
    const struct check_wish *wish = &options->wish;
    bool has_place = options->host != NULL && options->port != NULL;
    bool has_threshold = wish->warning != NULL || wish->critical != NULL;
    if ((options->url == NULL && !has_place) ||
        (options->url != NULL && (options->host != NULL || options->port != NULL)))
        return unknown("il faut -H et -p, ou -u seul", "");
    if (wish->measure != NULL && wish->academy != 0)
        return unknown("-m ou -a, non les deux", "");
    if (wish->measure != NULL && !has_threshold)
        return unknown("-m demande -w ou -c", "");
    if (has_threshold && wish->measure == NULL && wish->academy == 0)
        return unknown("-w ou -c vont avec -m ou -a", "");
    if (wish->measure != NULL && strspn(wish->measure, "abcdefghijklmnopqrstuvwxyz0123456789_") < strlen(wish->measure))
        return unknown("nom de mesure faux (-m)", "");
    return -1;
}

static int read_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"hostname", required_argument, NULL, 'H'},
        {"port",     required_argument, NULL, 'p'},
        {"url",      required_argument, NULL, 'u'},
        {"measure",  required_argument, NULL, 'm'},
        {"academy",  required_argument, NULL, 'a'},
        {"warning",  required_argument, NULL, 'w'},
        {"critical", required_argument, NULL, 'c'},
        {"timeout",  required_argument, NULL, 't'},
        {"verbose",  no_argument,       NULL, 'v'},
        {"version",  no_argument,       NULL, 'V'},
        {"help",     no_argument,       NULL, 'h'},
        {NULL,       0,                 NULL, 0  },
    };
    int option;
    int code = -1;
    opterr = 0; /* what is wrong goes into the one line that a plugin says */
    while (code < 0 && (option = getopt_long(argc, argv, "H:p:u:m:a:w:c:t:vVh", known, NULL)) != -1)
        code = take(option, options);
    if (code < 0 && optind < argc)
        return unknown("argument en trop", argv[optind]);
    return code < 0 ? judge_options(options) : code;
}

static int judge_answer(const struct options *options, const struct status_answer *answer, double seconds)
{
    if (answer->code == 0) {
        (void)printf("PREAU CRITICAL - %s\n", answer->is_late ? "pas de réponse dans le délai (-t)" : answer->body);
        return CHECK_CRITICAL;
    }
    struct check_verdict verdict = check_answer_judge(&options->wish, answer->code == 200 ? answer->body : "", seconds);
    (void)puts(verdict.text);
    memory_free(&verdict.text);
    return (int)verdict.state;
}

static int ask(const struct options *options)
{
    _cleanup_(memory_free) char *place = NULL;
    _cleanup_(status_asker_free) struct status_asker *asker = status_asker_new(options->timeout * 1000);
    if (asker == NULL)
        return unknown("libcurl ne fonctionne pas sur cette machine", "");
    if (options->host != NULL) /* an address of IPv6 has brackets in front of a port */
        place = checked_printf(strchr(options->host, ':') != NULL ? "[%s]:%s" : "%s:%s", options->host, options->port);
    _cleanup_(status_answer_clear) struct status_answer answer;
    struct tick start = clock_tick();
    status_ask(asker, place != NULL ? place : options->url, "/status", &answer);
    return judge_answer(options, &answer, (double)clock_since(start).us / 1e6);
}

int main(int argc, char **argv)
{
    struct options options = {.timeout = TIMEOUT_SECONDS};
    int code = read_options(argc, argv, &options);
    return code >= 0 ? code : ask(&options);
}
