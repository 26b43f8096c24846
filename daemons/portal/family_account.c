/* A family's own account: the mail address, the password, where it is signed in, what happened lately. */
#include "domain/phone.h"
#include "portal/family.h"
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/page.h"
#include "portal/sentence.h"
#include "portal/wording.h"
#include "runtime/clock.h"

#include <stdlib.h>
#include <string.h>

enum { LATELY = 8 };

/* What a form that leads here has done. */
static void notice_fill(struct visit *visit)
{
    static const struct {
        const char *word, *kind, *title, *text;
    } done[] = {
        {"adresse",       "info",    "Il reste à confirmer votre nouvelle adresse",
         "Un message vient d’y être envoyé : suivez le lien qu’il contient. D’ici là, rien n’est changé."                 },
        {"annulation",    "success", "Le changement d’adresse est annulé",
         "Le lien du message ne vaut plus rien. Votre adresse reste la même."                                                        },
        {"mobile",        "success", "Votre téléphone mobile est confirmé",
         "Si vous oubliez votre identifiant ou votre mot de passe, un SMS à ce numéro vous les rend. Il faudra le "
            "confirmer de nouveau plus tard : votre guichet vous le dira."                                                            },
        {"mobile-retire", "success", "Votre téléphone mobile est retiré",            "Ce compte n’a plus de numéro à lui."     },
        {"franceconnect", "success", "FranceConnect est lié à votre compte",
         "Vous pouvez maintenant vous connecter d’un clic par FranceConnect."                                                       },
        {"dissociation",  "success", "FranceConnect n’est plus lié à votre compte",
         "Vous vous connectez désormais avec votre mot de passe."                                                                    },
        {"reunion",       "success", "Vos deux comptes sont réunis",
         "Tous les enfants sont dans ce compte. L’identifiant de l’autre ne sert plus."                                           },
        {"session",       "success", "La connexion a pris fin",                         "Ce navigateur devra se connecter de nouveau."},
        {"sessions",      "success", "Vos autres connexions ont pris fin",              "Seul ce navigateur reste connecté."         },
    };
    const char *word = note_take(visit);
    for (size_t i = 0; i < sizeof done / sizeof done[0]; i++) {
        if (strcmp(word, done[i].word) == 0) {
            page_notice(visit, done[i].kind, done[i].title, done[i].text);
        }
    }
}

static void email_fill(struct view *body, const struct desk_account *account)
{
    if (account->email[0] != '\0') {
        view_set(view_add(body, "EMAIL"), "ADDRESS", account->email);
    } else {
        view_show(body, "NO_EMAIL");
    }
    if (account->pending_email[0] == '\0') {
        return;
    }
    struct view *pending = view_add(body, "PENDING");
    view_set(pending, "PENDING_ADDRESS", account->pending_email);
    sentence_moment(pending, "UNTIL", account->pending_until);
    view_show(pending, account->pending_came_back ? "CAME_BACK" : "WAITS");
}

/* What was confirmed may be taken away also where no SMS is sent any more. */
static void mobile_fill(const struct visit *visit, struct view *body, const struct desk_account *account)
{
    struct phone phone;
    char text[PHONE_TEXT_SIZE], day[WORDING_SIZE];
    if (account->mobile[0] != '\0' && phone_parse(account->mobile, &phone)) {
        struct view *view = view_add(body, "MOBILE");
        phone_display(&phone, text);
        wording_day(account->mobile_since, day);
        view_set(view, "NUMBER", text);
        view_set(view, "MOBILE_SINCE", day);
        view_show(view, family_mobile_is_old(visit, account) ? "OLD" : "GOOD");
        if (visit->portal->offers_sms) {
            view_show(view, "REPLACE");
        }
    } else if (visit->portal->offers_sms) {
        view_show(body, "NO_MOBILE");
    }
    if (phone_parse(account->pending_mobile, &phone)) {
        phone_display(&phone, text);
        view_set(view_add(body, "PENDING_MOBILE"), "NUMBER", text);
    }
}

static void password_fill(struct view *body, const struct desk_account *account)
{
    char day[WORDING_SIZE];
    if (!account->has_password) {
        view_show(body, "NO_PASSWORD");
        return;
    }
    wording_day(account->password_at, day);
    view_set(view_add(body, "HAS_PASSWORD"), "PASSWORD_SINCE", day);
}

/* What was linked may be unlinked also where it is offered no more. */
static void franceconnect_fill(const struct visit *visit, struct view *body, const struct desk_account *account)
{
    char day[WORDING_SIZE];
    if (instant_is_set(account->franceconnect_since)) {
        wording_day(account->franceconnect_since, day);
        view_set(view_add(body, "FRANCECONNECT"), "FRANCECONNECT_SINCE", day);
    } else if (visit->portal->offers_franceconnect && account->profile == PROFILE_RESPONSABLE) {
        view_show(body, "NO_FRANCECONNECT");
    }
}

static void owner_loaded(void *arg, const struct desk_account *account, const struct fault *fault);
static void sessions_loaded(void *arg, const struct desk_session *sessions, size_t count, const struct fault *fault);
static void life_loaded(void *arg, const struct desk_happening *happenings, size_t count, const struct fault *fault);

void family_account_show(struct visit *visit)
{
    desk_load_account(visit->portal->store, family_owner(visit), owner_loaded, visit);
}

static void owner_loaded(void *arg, const struct desk_account *account, const struct fault *fault)
{
    struct visit *visit = arg;
    char name[WORDING_NAME_SIZE];
    if (fault) {
        page_fail(visit, fault);
        return;
    }
    if (!account) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    struct view *body = page_begin(visit, "Mon compte", "compte-famille.html");
    wording_name(account->prenom, account->nom, name);
    view_set(body, "PERSON", name);
    view_set(body, "LOGIN", account->login);
    password_fill(body, account);
    franceconnect_fill(visit, body, account);
    email_fill(body, account);
    mobile_fill(visit, body, account);
    if (account->profile == PROFILE_RESPONSABLE) {
        view_show(body, "GUARDIAN");
    }
    notice_fill(visit);
    visit->own = body;
    desk_load_sessions(visit->portal->store, family_owner(visit), clock_now(), visit->portal->sessions.idle.idle_family,
        sessions_loaded, visit);
}

static bool session_is_mine(const struct visit *visit, const struct desk_session *session)
{
    unsigned char digest[DIGEST_SIZE];
    visit_session_digest(visit, digest);
    return memcmp(session->digest, digest, DIGEST_SIZE) == 0;
}

static void session_fill(const struct visit *visit, struct view *row, const struct desk_session *session)
{
    view_say(row, "BROWSER", session->browser[0] != '\0' ? session->browser : "Navigateur inconnu");
    sentence_moment(row, "BEGAN", session->created_at);
    sentence_moment(row, "SEEN", session->seen_at);
    if (session_is_mine(visit, session)) {
        view_show(row, "THIS");
    } else {
        view_number(view_add(row, "OTHER"), "NUMBER", session->number);
    }
}

static void sessions_loaded(void *arg, const struct desk_session *sessions, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    struct view *body = visit->own;
    if (!sessions) {
        page_fail(visit, fault);
        return;
    }
    static const struct counted words = {"connexion", "connexions", "Nombre de connexions"};
    sentence_count(body, "SESSION_COUNT", (int64_t)count, &words);
    for (size_t i = 0; i < count; i++) {
        session_fill(visit, view_add(body, "SESSION"), &sessions[i]);
    }
    if (count > 1) {
        view_show(body, "OTHERS");
    }
    desk_load_life(visit->portal->store, family_owner(visit), LATELY, life_loaded, visit);
}

static void life_loaded(void *arg, const struct desk_happening *happenings, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    struct view *body = visit->own;
    if (!happenings) {
        page_fail(visit, fault);
        return;
    }
    if (count > 0) {
        family_life_fill(view_add(body, "LIFE"), happenings, count);
    }
    page_send(visit, 200);
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
        page_go_noted(visit, is_one ? "session" : "sessions", FAMILY_ACCOUNT);
    }
}

void family_sessions_do(struct visit *visit)
{
    const char *text = http_form(visit->request, "numero");
    unsigned char digest[DIGEST_SIZE];
    int64_t number = text ? strtoll(text, NULL, 10) : 0;
    if (text && number <= 0) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    visit_session_digest(visit, digest);
    desk_end_sessions(visit->portal->store, family_owner(visit), number, digest, ended, visit);
}
