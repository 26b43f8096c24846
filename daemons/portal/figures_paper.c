/* The figures of a school on paper: statsd draws them, this passes them on. */
#include "portal/figures_view.h"
#include "portal/handlers.h"
#include "portal/page.h"

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
    figures_ask_school(visit, "GetSchoolPaper", paper_come);
}
