#include "portal/password_first.h"

#include "portal/family.h"
#include "portal/page.h"

struct wanted {
    visit_handler *form;
};

static void ways_show(struct visit *visit, const struct desk_account *account)
{
    struct view *body = page_begin(visit, "Choisir d’abord un mot de passe", "mot-de-passe-a-choisir.html");
    if (visit->portal->offers_sms && account->profile == PROFILE_RESPONSABLE) {
        view_show(body, "BY_SMS");
    }
    if (account->email[0] != '\0') {
        view_show(body, "BY_MAIL");
    }
    page_send(visit, 200);
}

static void owner_loaded(void *arg, const struct desk_account *account, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct wanted *wanted = visit->own;
    if (fault) {
        page_fail(visit, fault);
    } else if (!account) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
    } else if (account->has_password) {
        wanted->form(visit);
    } else {
        ways_show(visit, account);
    }
}

void password_first(struct visit *visit, visit_handler *form)
{
    struct wanted *wanted = arena_alloc(visit_arena(visit), 1, sizeof *wanted);
    wanted->form = form;
    visit->own = wanted;
    desk_load_account(visit->portal->store, family_owner(visit), owner_loaded, visit);
}
