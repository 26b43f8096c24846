#include "portal/family.h"

#include "runtime/clock.h"

struct desk_owner family_owner(const struct visit *visit)
{
    return (struct desk_owner){visit->session.academy, visit->session.account};
}

Preau__AccountRef *family_account_ref(const struct visit *visit)
{
    Preau__AccountRef *ref = arena_alloc(visit_arena(visit), 1, sizeof *ref);
    preau__account_ref__init(ref);
    ref->academy = (uint32_t)visit->session.academy.v;
    ref->id = visit->session.account.v;
    return ref;
}

void family_mobile_days_set(const struct visit *visit, struct view *body)
{
    view_number(body, "DAYS", visit->portal->mobile_validity.us / DAYS(1).us);
}

bool family_mobile_is_old(const struct visit *visit, const struct desk_account *account)
{
    return visit->portal->offers_sms && account->mobile[0] != '\0' &&
           !duration_longer(visit->portal->mobile_validity, instant_since(clock_now(), account->mobile_since));
}
