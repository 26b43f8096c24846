/* preauctl statistics compute: today's snapshot, now. */
#include "ctl/author.h"
#include "ctl/call.h"
#include "ctl/output.h"
#include "statistics.pb-c.h"

#include <inttypes.h>
#include <stdio.h>

/* A nation's snapshot takes minutes. */
enum { COMPUTE_SECONDS = 1800 };

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
