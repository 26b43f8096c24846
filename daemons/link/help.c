/* Who cannot sign in says what is lost: counted, kept, answered. Nobody is looked for here, so that there is nothing that
 * could make the answer, or its time, another one for who exists: notifyd looks afterwards, at its own pace.
 *
 * A channel besides the mail (a code by SMS) is another wish of the same table, with a proof of its own. */
#include "link/help.h"

#include "domain/email.h"
#include "domain/identifier.h"
#include "link/device.h"
#include "link/tries.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/help.h"

#include <stdio.h>

struct keeping {
    struct link *link;
    struct call *call;
    enum help_wanted wanted;
    char subject[EMAIL_SIZE];
    bool is_known;
    struct attempt attempt;
};

static void keeping_end(struct keeping *keeping, const char *outcome)
{
    metric_count(METRIC_LINK_ACTIONS, "ask_help", outcome);
    memory_free(&keeping);
}

static void keeping_fail(struct keeping *keeping, const struct fault *fault)
{
    call_fail(keeping->call, fault);
    keeping_end(keeping, "fault");
}

static void kept(void *arg, const struct fault *fault)
{
    struct keeping *keeping = arg;
    if (fault) {
        attempt_give_back(keeping->link->store, &keeping->attempt);
        keeping_fail(keeping, fault);
        return;
    }
    Preau__Link__AskHelpReply reply = PREAU__LINK__ASK_HELP_REPLY__INIT;
    call_answer(keeping->call, &reply.base);
    keeping_end(keeping, "done");
}

static void keeping_begun(void *arg, bool granted, const struct fault *fault)
{
    struct keeping *keeping = arg;
    if (fault) {
        keeping_fail(keeping, fault);
    } else if (!granted) {
        call_refuse(keeping->call, REFUSAL_TOO_MANY_ATTEMPTS);
        keeping_end(keeping, "refused");
    } else {
        const struct help_request request = {
            call_request_id(keeping->call), keeping->wanted, keeping->subject, keeping->is_known};
        help_ask(keeping->link->store, &request, kept, keeping);
    }
}

/* What is no identifier is nobody's, and is answered like one that nobody has. */
static enum refusal subject_read(struct keeping *keeping, const char *typed)
{
    struct email email;
    struct identifier login;
    if (keeping->wanted != HELP_IDENTIFIER) {
        bool is_one = identifier_normalise(typed, &login);
        snprintf(keeping->subject, sizeof keeping->subject, "%s", is_one ? login.text : "");
        return REFUSAL_NONE;
    }
    if (!email_parse(typed, &email)) {
        return REFUSAL_EMAIL_INVALID;
    }
    snprintf(keeping->subject, sizeof keeping->subject, "%s", email.text);
    return REFUSAL_NONE;
}

void help_keep(struct link *link, struct call *call, const Preau__Link__AskHelpRequest *request)
{
    int wanted = (int)request->wanted - 1;
    if (wanted < 0 || wanted >= HELP_COUNT) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    struct keeping *keeping = checked_calloc(1, sizeof *keeping);
    *keeping = (struct keeping){.link = link, .call = call, .wanted = (enum help_wanted)wanted};
    enum refusal refusal = subject_read(keeping, request->subject);
    if (refusal != REFUSAL_NONE) {
        call_refuse(call, refusal);
        keeping_end(keeping, "refused");
        return;
    }
    int64_t device;
    keeping->is_known = keeping->wanted != HELP_IDENTIFIER &&
                        device_read(link->keys, "person", keeping->subject, request->device, &device);
    tries_of_help(&link->bounds, help_code(keeping->wanted), keeping->subject, request->address, &keeping->attempt);
    attempt_begin(link->store, &keeping->attempt, &link->bounds.sign_in, keeping_begun, keeping);
}
