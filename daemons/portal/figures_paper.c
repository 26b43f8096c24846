/* The figures of a school on paper: statsd draws them, this passes them on. */
#include "portal/handlers.h"
#include "portal/page.h"
#include "statistics.pb-c.h"

static void paper_come(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Statistics__GetSchoolPaperReply *reply = (const void *)answer;
    if (reply) {
        page_send_file(visit, "application/pdf", reply->file_name, reply->document.data, reply->document.len);
    } else {
        page_refuse(visit, refusal);
    }
}

void figures_paper(struct visit *visit)
{
    Preau__Statistics__GetSchoolRequest request = PREAU__STATISTICS__GET_SCHOOL_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    visit_call(visit,
        &(struct visit_call){visit->portal->statistics, "GetSchoolPaper", &request.base, paper_come, NULL, false});
}
