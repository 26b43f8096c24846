/* An administrator's own account: what it may do, how it proves who it is, where it is signed in. */
#include "domain/administrator.h"
#include "link.pb-c.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/my_reminder.h"
#include "portal/note.h"
#include "portal/page.h"
#include "portal/wording.h"
#include "store/administrator_session.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void scope_fill(struct view *row, const Preau__Scope *scope)
{
    char day[WORDING_SIZE];
    if (scope->uai[0] != '\0') {
        view_print(row, "PLACE", "Établissement %s", scope->uai);
    } else if (scope->academy != 0) {
        view_print(row, "PLACE", "Académie %02u, tous les établissements", scope->academy);
    } else {
        view_set(row, "PLACE", "Tous les établissements");
    }
    if (scope->by_aaf) {
        view_show(row, "BY_AAF");
    }
    if (!scope->given) {
        return;
    }
    struct view *given = view_add(row, "GIVEN");
    view_set(given, "WHOSE",
        scope->profile == PREAU__PROFILE__PROFILE_RESPONSABLE ? "responsables"
        : scope->profile == PREAU__PROFILE__PROFILE_ELEVE     ? "élèves"
                                                              : "responsables et élèves");
    wording_day((struct instant){scope->from_at}, day);
    view_set(given, "FROM", day);
    wording_day((struct instant){scope->until_at - 1}, day); /* the last day, of which that is the last instant */
    view_set(given, "UNTIL", day);
}

static void second_factor_fill(struct view *body, const Preau__Link__GetAdministratorReply *reply)
{
    const Preau__Link__Administrator *own = reply->administrator;
    char text[WORDING_SIZE];
    if (own->second_factor_since == 0) {
        view_show(body, "FACTOR_OFF");
        return;
    }
    struct view *on = view_add(body, "FACTOR_ON");
    wording_day((struct instant){own->second_factor_since}, text);
    view_set(on, "SINCE", text);
    wording_count(reply->recovery_left, "code de secours", "codes de secours", text);
    view_set(on, "LEFT", text);
    form_proof_fill(on, reply->proof);
    if (own->second_factor_required) {
        view_show(on, "MUST");
    } else {
        form_proof_fill(view_add(on, "MAY"), reply->proof);
    }
}

static bool session_is_mine(const struct visit *visit, const Preau__Link__AdministratorSession *session)
{
    unsigned char digest[DIGEST_SIZE];
    visit_session_digest(visit, digest);
    return session->digest.len == DIGEST_SIZE && memcmp(session->digest.data, digest, DIGEST_SIZE) == 0;
}

static void session_fill(const struct visit *visit, struct view *row, const Preau__Link__AdministratorSession *session)
{
    char moment[WORDING_SIZE];
    wording_moment((struct instant){session->created_at}, moment);
    view_set(row, "BEGAN", moment);
    wording_moment((struct instant){session->seen_at}, moment);
    view_set(row, "SEEN", moment);
    view_set(row, "BROWSER", session->browser);
    view_set(row, "ADDRESS", session->address);
    if (!session->open) {
        view_show(row, "HALF");
    }
    if (session_is_mine(visit, session)) {
        view_show(row, "THIS");
    } else {
        view_number(view_add(row, "OTHER"), "NUMBER", session->number);
    }
}

static void sessions_fill(const struct visit *visit, struct view *body, const Preau__Link__GetAdministratorReply *reply)
{
    char text[WORDING_SIZE];
    wording_count((int64_t)reply->n_sessions, "connexion", "connexions", text);
    view_set(body, "SESSION_COUNT", text);
    for (size_t i = 0; i < reply->n_sessions; i++) {
        session_fill(visit, view_add(body, "SESSION"), reply->sessions[i]);
    }
    if (reply->n_sessions > 1) {
        view_show(body, "OTHERS");
    }
}

/* What stands beside linkd's answer. */
struct my_account {
    enum refusal refused;              /* of a form of the page; REFUSAL_NONE: none */
    struct reminder_standing reminder; /* of a role that may be reminded */
};

/* What a form of this page, or one that came back to it, has done. */
static void notice_fill(struct visit *visit)
{
    static const struct {
        const char *word, *title, *text;
    } done[] = {
        {"mot-de-passe", "Votre mot de passe est changé",            "Vos autres connexions ont pris fin."         },
        {"retrait",      "La double authentification est retirée",
         "Votre mot de passe suffit de nouveau. Vos autres connexions ont pris fin."                                },
        {"session",      "La connexion a pris fin",                   "Ce navigateur devra se connecter de nouveau."},
        {"rappel",       "Votre choix est enregistré",               "Vous serez prévenu par courriel."           },
        {"sans-rappel",  "Votre choix est enregistré",               "Vous ne recevrez plus de rappel."            },
        {"sessions",     "Vos autres connexions ont pris fin",        "Seul ce navigateur reste connecté."         },
        {"secours",      "Vous êtes entré avec un code de secours",
         "Il ne servira plus. Si vous n’avez plus votre téléphone, mettez en place la double authentification sur "
            "un autre."                                                                                             },
    };
    const char *word = note_take(visit);
    for (size_t i = 0; i < sizeof done / sizeof done[0]; i++) {
        if (strcmp(word, done[i].word) == 0) {
            page_notice(visit, strcmp(word, "secours") == 0 ? "warning" : "success", done[i].title, done[i].text);
        }
    }
}

static void loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__GetAdministratorReply *reply = (const void *)answer;
    const struct my_account *own_page = visit->own;
    if (!reply) {
        page_refuse(visit, refusal);
        return;
    }
    const Preau__Link__Administrator *own = reply->administrator;
    struct view *body = page_begin(visit, "Mon compte", "mon-compte.html");
    view_set(body, "OWN_LOGIN", own->login);
    view_set(body, "OWN_NAME", own->name);
    view_set(body, "ROLE", role_label((enum administrator_role)(own->role - 1))); /* the .proto counts from 1 */
    if (own->mail[0] != '\0') {
        view_set(view_add(body, "WITH_MAIL"), "MAIL", own->mail);
    }
    for (size_t i = 0; i < own->n_scopes; i++) {
        scope_fill(view_add(body, "SCOPE"), own->scopes[i]);
    }
    form_request_set(body);
    view_show(body, reply->proof == PREAU__LINK__PROOF__PROOF_PASSWORD ? "WITH_PASSWORD" : "BY_PORTAL");
    second_factor_fill(body, reply);
    if (reminder_role_may(visit->session.role)) {
        my_reminder_fill(view_add(body, "REMINDER"), &own_page->reminder, own->mail);
    }
    sessions_fill(visit, body, reply);
    if (own_page->refused != REFUSAL_NONE) {
        page_form_error(body, own_page->refused);
    } else {
        notice_fill(visit);
    }
    page_send(visit, own_page->refused != REFUSAL_NONE ? refusal_status(own_page->refused) : 200);
}

static void administrator_ask(struct visit *visit)
{
    Preau__Link__GetAdministratorRequest request = PREAU__LINK__GET_ADMINISTRATOR_REQUEST__INIT;
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "GetAdministrator", &request.base, loaded, NULL, false});
}

static void reminder_known(void *arg, const struct reminder_standing *standing, const struct fault *fault)
{
    struct visit *visit = arg;
    struct my_account *own_page = visit->own;
    if (!standing) {
        page_fail(visit, fault);
        return;
    }
    own_page->reminder = *standing;
    administrator_ask(visit);
}

void my_account_refuse(struct visit *visit, enum refusal refusal)
{
    struct my_account *own_page = arena_alloc(visit_arena(visit), 1, sizeof *own_page);
    *own_page = (struct my_account){.refused = refusal};
    visit->own = own_page;
    if (reminder_role_may(visit->session.role)) {
        reminder_load(visit->portal->store, visit->session.administrator, reminder_known, visit);
    } else {
        administrator_ask(visit);
    }
}

void my_account_show(struct visit *visit)
{
    my_account_refuse(visit, REFUSAL_NONE);
}

/* ---- ending sessions: the portal's own table */

static void ended(void *arg, int64_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    bool is_one = http_form(visit->request, "numero") != NULL;
    (void)count; /* one that was over is over */
    if (fault) {
        page_fail(visit, fault);
    } else {
        page_go_noted(visit, is_one ? "session" : "sessions", "/administration/mon-compte");
    }
}

void my_sessions_do(struct visit *visit)
{
    const char *text = http_form(visit->request, "numero");
    unsigned char digest[DIGEST_SIZE];
    int64_t number = text ? strtoll(text, NULL, 10) : 0;
    if (text && number <= 0) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    visit_session_digest(visit, digest);
    const struct audit_author author = {
        .administrator = visit->session.administrator, .trace = http_request_id(visit->request)};
    administrator_end_own_sessions(visit->portal->store, &author, number, digest, ended, visit);
}
