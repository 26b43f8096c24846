#include "portal/administrator_step.h"

#include <stdio.h>

static enum web_stage stage_of(Preau__Link__AdministratorStep step)
{
    switch (step) {
    case PREAU__LINK__ADMINISTRATOR_STEP__STEP_NEW_PASSWORD:
        return WEB_NEW_PASSWORD;
    case PREAU__LINK__ADMINISTRATOR_STEP__STEP_ENROLMENT:
        return WEB_ENROLMENT;
    case PREAU__LINK__ADMINISTRATOR_STEP__STEP_OPEN:
        return WEB_OPEN;
    case PREAU__LINK__ADMINISTRATOR_STEP__STEP_CODE:
    case PREAU__LINK__ADMINISTRATOR_STEP__STEP_UNSPECIFIED:
    case _PREAU__LINK__ADMINISTRATOR_STEP_IS_INT_SIZE:
        break;
    }
    return WEB_CODE; /* where the least can be done */
}

struct web_session session_of_standing(const Preau__Link__AdministratorStanding *standing)
{
    struct web_session session = {
        .stage = stage_of(standing->next),
        .administrator = {standing->administrator},
        .role = (enum administrator_role)(standing->role - 1), /* the .proto counts from 1 */
        .credential_at = {standing->credential_at},
    };
    snprintf(session.name, sizeof session.name, "%s", standing->name);
    return session;
}

void administrator_step_go(struct visit *visit, const Preau__Link__AdministratorStanding *standing, const char *open)
{
    struct web_session session = session_of_standing(standing);
    visit_sign_in(visit, &session, session.stage == WEB_OPEN && open ? open : session_home(&session));
}
