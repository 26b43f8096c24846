#include "portal/handlers.h"
#include "portal/page.h"

#include <string.h>

void home_show(struct visit *visit)
{
    struct view *body = page_begin(visit, "Accueil", "accueil.html");
    if (http_query(visit->request, "fin")) {
        page_notice(visit, "success", "Vous êtes déconnecté", "À bientôt.");
    }
    (void)body;
    page_send(visit, 200);
}

void files_send(struct visit *visit)
{
    const struct assets *assets = visit->portal->assets;
    struct http_request *request = visit->request;
    const char *name = arena_copy(visit_arena(visit), visit->path.rest);
    visit_end(visit, 200);
    assets_reply(assets, request, name);
}
