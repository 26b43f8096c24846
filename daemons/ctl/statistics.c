/* preauctl statistics: today's snapshot, now; the open figures as a file. */
#include "ctl/author.h"
#include "ctl/call.h"
#include "ctl/output.h"
#include "statistics.pb-c.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* As long as statsd gives a snapshot. */
enum { COMPUTE_SECONDS = 2 * 3600 };

static void tell(const struct ctl *ctl, const Preau__Statistics__ComputeReply *reply)
{
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:s, s:I, s:I}", "day", reply->day, "accounts", (json_int_t)reply->accounts,
            "schools", (json_int_t)reply->schools));
    else
        (void)printf("Relevé du %s : %" PRIu64 " comptes, %" PRIu32 " établissements.\n", reply->day, reply->accounts,
            reply->schools);
}

enum ctl_exit ctl_statistics_compute(const struct ctl *ctl)
{
    enum ctl_exit code = CTL_UNREACHABLE;
    char by[CTL_AUTHOR_SIZE];
    struct ctl_service *service =
        ctl_service_open(ctl, CONFIG_BUS_STATISTICS, &preau__statistics__statistics__descriptor, "preau-statsd");
    if (service == NULL)
        return code;
    Preau__Statistics__ComputeRequest request = PREAU__STATISTICS__COMPUTE_REQUEST__INIT;
    ctl_author_write(ctl, by);
    request.by = by;
    ProtobufCMessage *answer = ctl_ask(service, "Compute", &request.base, COMPUTE_SECONDS, &code);
    if (answer != NULL) {
        tell(ctl, (const Preau__Statistics__ComputeReply *)(const void *)answer);
        protobuf_c_message_free_unpacked(answer, NULL);
    }
    ctl_service_close(&service);
    return code;
}

/* --- open --- */

/* A file that could not be written whole is not left behind. */
static enum ctl_exit file_write(const struct ctl *ctl, const char *path, const ProtobufCBinaryData *bytes)
{
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return ctl_fail(ctl, CTL_UNREACHABLE, "file", "fichier non écrit : %s : %s", path,
            strerror(errno)); // NOLINT(concurrency-mt-unsafe)
    bool is_written = fwrite(bytes->data, 1, bytes->len, file) == bytes->len;
    if (fclose(file) == 0 && is_written)
        return CTL_OK;
    (void)remove(path);
    return ctl_fail(
        ctl, CTL_UNREACHABLE, "file", "fichier non écrit : %s : il n’y a plus de place, ou le disque refuse", path);
}

static enum ctl_exit open_tell(const struct ctl *ctl, const Preau__Statistics__GetOpenFiguresReply *figures)
{
    const char *path = ctl_value(ctl, "output");
    if (path == NULL) {
        (void)fwrite(figures->csv.data, 1, figures->csv.len, stdout);
        return CTL_OK;
    }
    enum ctl_exit code = file_write(ctl, path, &figures->csv);
    if (code != CTL_OK)
        return code;
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:s, s:s, s:i}", "file", path, "day", figures->day, "step", (int)figures->step));
    else
        (void)printf("%s écrit : relevé du %s, par pas de %" PRIu32 " comptes.\n", path, figures->day, figures->step);
    return CTL_OK;
}

enum ctl_exit ctl_statistics_open(const struct ctl *ctl)
{
    enum ctl_exit code = CTL_UNREACHABLE;
    if (ctl->is_json && ctl_value(ctl, "output") == NULL)
        return ctl_fail(
            ctl, CTL_USAGE, "usage", "les chiffres ouverts sont un fichier CSV : avec --json, dites --output");
    struct ctl_service *service =
        ctl_service_open(ctl, CONFIG_BUS_STATISTICS, &preau__statistics__statistics__descriptor, "preau-statsd");
    if (service == NULL)
        return code;
    Preau__Statistics__GetOpenFiguresRequest request = PREAU__STATISTICS__GET_OPEN_FIGURES_REQUEST__INIT;
    ProtobufCMessage *answer = ctl_ask(service, "GetOpenFigures", &request.base, 0, &code);
    if (answer != NULL) {
        code = open_tell(ctl, (const Preau__Statistics__GetOpenFiguresReply *)(const void *)answer);
        protobuf_c_message_free_unpacked(answer, NULL);
    }
    ctl_service_close(&service);
    return code;
}
