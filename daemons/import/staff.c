#include "import/staff.h"

#include "import/record.h"

static bool stage_one(
    const struct import_head *head, struct report *report, struct import_stage *stage, struct fault *fault)
{
    report_count_taken(report, AAF_STAFF);
    return import_stage_head(stage, head, fault);
}

/* Whoever it is may still head what a modification leaves as it was. */
static bool says_of_heads(const struct import_head *head)
{
    return head->functions.count > 0 || head->directs.count > 0 || head->functions.is_left || head->directs.is_left;
}

bool staff_take(const struct aaf_record *record, const struct import_place *place, bool may_be_delta,
    struct report *report, struct import_stage *stage, struct fault *fault)
{
    struct import_head head;
    if (!record_head(record, *place, report, &head) || !(may_be_delta || says_of_heads(&head))) {
        return true;
    }
    return stage_one(&head, report, stage, fault);
}

bool staff_delete(int64_t aaf_id, const struct import_place *place, struct report *report, struct import_stage *stage,
    struct fault *fault)
{
    return stage_one(&(struct import_head){.place = *place, .aaf_id = aaf_id}, report, stage, fault);
}
