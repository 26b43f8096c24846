#include "portal/my_reminder.h"

#include "notify.pb-c.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/page.h"
#include "portal/wording.h"

#include <stdlib.h>
#include <string.h>

static void choice_add(struct view *section, int days, int chosen)
{
    struct view *choice = view_add(section, "CHOICE");
    view_number(choice, "DAYS", days);
    view_show(choice, days > 0 ? "AHEAD" : "NEVER");
    if (days == chosen) {
        view_show(choice, "SELECTED");
    }
}

static void last_fill(struct view *section, const struct reminder_standing *standing)
{
    static const char *const parts[] = {
        [REMINDER_WAITS] = "WAITS",
        [REMINDER_SENT] = "SENT",
        [REMINDER_FAILED] = "FAILED",
        [REMINDER_CANCELLED] = "CANCELLED",
    };
    char day[WORDING_SIZE];
    if (standing->last != REMINDER_NONE) {
        struct view *last = view_add(section, "LAST");
        wording_day(standing->last_at, day);
        view_set(last, "LAST_AT", day);
        view_show(last, parts[standing->last]);
    }
}

void my_reminder_fill(struct view *section, const struct reminder_standing *standing, const char *mail)
{
    if (mail[0] != '\0') {
        view_set(view_add(section, "TO_MAIL"), "MAIL", mail);
    } else {
        view_show(section, "NO_MAIL");
    }
    last_fill(section, standing);
    choice_add(section, 0, standing->days);
    for (size_t i = 0; reminder_days_at(i) > 0; i++) {
        choice_add(section, reminder_days_at(i), standing->days);
    }
}

static void chosen(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (!answer) {
        my_account_refuse(visit, refusal);
        return;
    }
    bool is_wanted = strcmp(http_form(visit->request, "jours"), "0") != 0;
    page_go_noted(visit, is_wanted ? "rappel" : "sans-rappel", "/administration/mon-compte");
}

void my_reminder_do(struct visit *visit)
{
    const char *text = http_form(visit->request, "jours");
    char *end = NULL;
    long days = text ? strtol(text, &end, 10) : -1;
    if (!text || end == text || *end != '\0' || !reminder_days_are_offered(days)) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    unsigned char id[REQUEST_ID_SIZE];
    Preau__Notify__ChooseReminderRequest request = PREAU__NOTIFY__CHOOSE_REMINDER_REQUEST__INIT;
    request.days_ahead = (uint32_t)days;
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->notify, "ChooseReminder", &request.base, chosen, id, true});
}
