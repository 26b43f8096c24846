/* What the law wants said of a public service: accessibility, who answers for it, personal data and cookies. */
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/wording.h"

static const char *or_else(const char *text, const char *other)
{
    return text[0] != '\0' ? text : other;
}

static struct view *statement_begin(struct visit *visit, const char *title, const char *file, const char *email)
{
    const struct statements *statements = &visit->portal->statements;
    struct view *body = page_begin(visit, title, file);
    page_french_only(visit, body);
    struct view *contact = view_include(body, "CONTACT", "contact.html");
    view_set(body, "PUBLISHER", or_else(statements->publisher, "L’organisme qui héberge ce service"));
    if (email[0] != '\0') {
        view_set(view_add(contact, "BY_MAIL"), "EMAIL", email);
    } else {
        view_show(contact, "BY_SCHOOL");
    }
    return body;
}

void accessibility_show(struct visit *visit)
{
    const struct statements *statements = &visit->portal->statements;
    struct view *body = statement_begin(visit, "Accessibilité", "accessibilite.html", statements->contact);
    view_set(body, "ADDRESS", statements->address);
    page_send(visit, 200);
}

void legal_show(struct visit *visit)
{
    static const char untold[] = "Non renseigné par l’exploitant.";
    const struct statements *statements = &visit->portal->statements;
    struct view *body = statement_begin(visit, "Mentions légales", "mentions-legales.html", statements->contact);
    view_set(body, "DIRECTOR", or_else(statements->director, untold));
    view_set(body, "HOSTED_BY", or_else(statements->hosted_by, untold));
    page_send(visit, 200);
}

static void days_set(struct view *view, const char *name, struct duration length)
{
    char text[WORDING_SIZE];
    wording_count(length.us / DAYS(1).us, "jour", "jours", text);
    view_set(view, name, text);
}

void privacy_show(struct visit *visit)
{
    const struct statements *statements = &visit->portal->statements;
    struct view *body = statement_begin(visit, "Données personnelles et cookies", "donnees-personnelles.html",
        or_else(statements->privacy_contact, statements->contact));
    days_set(body, "GRACE", statements->grace);
    days_set(body, "ERASE_AFTER", statements->erase_after);
    page_send(visit, 200);
}
