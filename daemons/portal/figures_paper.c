/* Figures on paper, of a school, an academy, the nation: statsd draws them, this passes them on. */
#include "portal/figures_view.h"
#include "portal/handlers.h"
#include "portal/page.h"

static void paper_come(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Statistics__PaperReply *reply = (const void *)answer;
    if (reply) {
        page_send_file(visit, "application/pdf", reply->file_name, reply->document.data, reply->document.len);
    } else {
        page_refuse(visit, refusal);
    }
}

void figures_paper(struct visit *visit)
{
    figures_ask_school(visit, "GetSchoolPaper", paper_come);
}

void figures_area_paper(struct visit *visit)
{
    const char *text = http_query(visit->request, "academie");
    academy_code academy = {0};
    if (text && !academy_parse(text, &academy)) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    Preau__Statistics__GetAreaPaperRequest request = PREAU__STATISTICS__GET_AREA_PAPER_REQUEST__INIT;
    request.academy = (uint32_t)academy.v;
    visit_call(
        visit, &(struct visit_call){visit->portal->statistics, "GetAreaPaper", &request.base, paper_come, NULL, false});
}
