#include "import/asked.h"

#include "import.pb-c.h"
#include "runtime/memory.h"
#include "store/audit.h"

struct asked {
    struct call *call;
    uint32_t archives;
};

static void remembered(void *arg, const struct fault *fault)
{
    struct asked *asked = arg;
    Preau__Import__RunImportsReply reply = PREAU__IMPORT__RUN_IMPORTS_REPLY__INIT;
    reply.archives = asked->archives;
    if (fault) {
        call_fail(asked->call, fault);
    } else {
        call_answer(asked->call, &reply.base);
    }
    memory_free(&asked);
}

void asked_remember(struct store *store, struct call *call, academy_code academy, const char *by, uint32_t archives)
{
    struct asked *asked = checked_malloc(sizeof *asked);
    *asked = (struct asked){call, archives};
    const struct audit_deed deed = {
        .author = {.operator_name = by, .trace = call_trace(call)},
        .action = AUDIT_IMPORT_ASKED,
        .academy = academy,
    };
    audit_write(store, &deed, remembered, asked);
}
