#include "store/server_trouble.h"

#include "runtime/clock.h"
#include "store/sqlstate.h"

#define TOLD_FOR SECONDS(30)

void server_trouble_watch(struct server_trouble *trouble, struct status *status)
{
    trouble->check = status_check_add(status, "database_server", false);
    status_check_set(trouble->check, STATUS_OK, "");
}

void server_trouble_note(struct server_trouble *trouble, const struct fault *fault)
{
    if (trouble->check && fault_is_of_server(fault)) {
        trouble->noted = clock_tick();
        trouble->is_told = true;
        status_check_set(trouble->check, STATUS_DEGRADED, fault->text);
    }
}

void server_trouble_look(struct server_trouble *trouble)
{
    if (trouble->is_told && duration_longer(clock_since(trouble->noted), TOLD_FOR)) {
        trouble->is_told = false;
        status_check_set(trouble->check, STATUS_OK, "");
    }
}
