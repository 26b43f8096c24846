#include "portal/page.h"

#include "domain/audit.h"
#include "portal/csrf.h"
#include "portal/help_topic.h"
#include "portal/note.h"
#include "portal/sentence.h"
#include "portal/tabs.h"
#include "portal/visit_language.h"
#include "portal/wording.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define RETRY_AFTER_SECONDS "15"

static const char *home_of(const struct visit *visit)
{
    return visit->has_session ? visit_home(visit) : "/";
}

/* What is printed says when it was true. */
static void paper_fill(struct view *layout)
{
    char moment[WORDING_SIZE];
    wording_moment(clock_now(), moment);
    view_set(view_add(layout, "PAPER"), "SHOWN_AT", moment);
}

/* Who has one place only needs no way to it. */
static void places_fill(const struct visit *visit, struct view *layout)
{
    enum administrator_role role = visit->session.role;
    if (!audit_role_reads(role) && !role_follows_deliveries(role)) {
        return;
    }
    struct view *places = view_add(layout, "PLACES");
    if (role != ROLE_INTEGRATEUR) {
        view_show(places, "SCHOOLS");
    }
    if (role_follows_deliveries(role)) {
        view_show(places, "DELIVERIES");
    }
    if (audit_role_reads(role)) {
        view_show(places, "JOURNAL");
    }
}

/* Half signed in, one has no account to see. */
static void own_fill(const struct visit *visit, struct view *signed_in)
{
    if (visit->session.stage != WEB_OPEN) {
        view_show(signed_in, "OWN_NAME");
        return;
    }
    view_set(view_add(signed_in, "OWN_ACCOUNT"), "ACCOUNT",
        visit->session.administrator.v != 0 ? "/administration/mon-compte" : "/guichet/compte");
}

static void header_fill(struct visit *visit, struct view *layout, const char *csrf)
{
    bool is_head = visit->has_session && visit->session.administrator.v != 0;
    view_set(layout, "HOME", home_of(visit));
    view_set(layout, "ASSETS", assets_prefix(visit->portal->assets));
    view_say(layout, "TAGLINE",
        is_head ? "Administration des comptes des élèves et de leurs responsables"
                : "Les comptes des élèves et de leurs responsables");
    if (visit->has_session) {
        struct view *signed_in = view_add(layout, "SIGNED_IN");
        view_set(signed_in, "NAME", visit->session.name);
        view_set(signed_in, "CSRF", csrf);
        own_fill(visit, signed_in);
    }
    if (is_head && visit->session.stage == WEB_OPEN) {
        places_fill(visit, layout);
        paper_fill(layout);
    }
    if (visit->school.uai.text[0] != '\0') {
        tabs_fill(visit, layout);
    }
}

static const char *say(int language, const char *french)
{
    return language_say((enum language)language, french);
}

/* A field of the form that says whose password it is, for what keeps passwords: an input of type hidden is not heeded by it. */
static void owner_fill(const struct visit *visit, struct view *body)
{
    if (visit->has_session && visit->session.administrator.v == 0) {
        view_set(view_add(body, "OWNER"), "OWN_LOGIN", visit->session.name);
    }
}

struct view *page_begin(struct visit *visit, const char *title, const char *file)
{
    char csrf[CSRF_SIZE];
    csrf_make(visit, csrf);
    view_free(&visit->layout); /* a page that was begun before something failed */
    visit->language = visit_language(visit, file);
    visit->layout = view_new_said(say, (int)visit->language);
    view_say(visit->layout, "TITLE", title);
    visit_language_fill(visit, visit->language, visit->layout);
    if (!visit_is_of_administrators(visit)) {
        view_show(visit->layout, "FAMILIES");
    }
    header_fill(visit, visit->layout, csrf);
    struct view *body = view_include(visit->layout, "BODY", file);
    view_set(body, "CSRF", csrf);
    owner_fill(visit, body);
    return body;
}

void page_notice(struct visit *visit, const char *kind, const char *title, const char *text)
{
    struct view *notice = view_add(visit->layout, "NOTICE");
    view_set(notice, "KIND", kind);
    view_set(notice, "ROLE", strcmp(kind, "error") == 0 ? "alert" : "status");
    sentence_set(notice, "NOTICE_TITLE", title);
    sentence_set(notice, "NOTICE_TEXT", text);
}

void page_french_only(const struct visit *visit, struct view *body)
{
    enum language wanted = visit_language(visit, "layout.html"); /* each has that one */
    if (wanted == LANGUAGE_FRENCH) {
        return;
    }
    struct view *said = view_include(body, "FRENCH_ONLY", "en-francais.html");
    view_set(said, "LANG", language_code(wanted));
    view_set(said, "DIR", language_direction(wanted));
    view_set(
        said, "TEXT", language_say(wanted, "Cette page n’est écrite qu’en français, et c’est ce texte qui fait foi."));
}

void page_refresh(struct visit *visit, int seconds)
{
    view_number(view_add(visit->layout, "REFRESH"), "SECONDS", seconds);
}

/* cache_control: NULL: nobody may keep it. */
static void answer_kept(struct visit *visit, int status, const char *content_type, const void *body, size_t length,
    const char *cache_control)
{
    struct http_request *request = visit->request;
    http_set_security_headers(request);
    if (cache_control) {
        http_set_header(request, "Cache-Control", cache_control);
    }
    visit_end(visit, status);
    http_reply(request, status, content_type, body, length);
}

static void answer(struct visit *visit, int status, const char *content_type, const void *body, size_t length)
{
    answer_kept(visit, status, content_type, body, length, NULL);
}

void page_send(struct visit *visit, int status)
{
    struct fault fault;
    char *text = NULL;
    size_t length = 0;
    if (status >= 400) { /* the title is what is read out first */
        view_show(visit->layout, "IN_ERROR");
    }
    if (status == 503) {
        http_set_header(visit->request, "Retry-After", RETRY_AFTER_SECONDS);
    }
    if (template_render(
            visit->portal->templates[visit->language], "layout.html", visit->layout, &text, &length, &fault)) {
        answer(visit, status, "text/html; charset=utf-8", text, length);
        secret_wipe(text, length); /* it may show a password */
        memory_free(&text);
        return;
    }
    log_fault("page_failed", &fault);
    static const char sorry[] = "Le service rencontre un incident. Recommencez dans quelques instants.\n";
    answer(visit, 500, "text/plain; charset=utf-8", sorry, sizeof sorry - 1);
}

void page_go(struct visit *visit, const char *location)
{
    struct http_request *request = visit->request;
    char *where = arena_copy(visit_arena(visit), location); /* lives with the request */
    http_set_security_headers(request);
    visit_end(visit, 303);
    http_reply_redirect(request, where);
}

void page_go_noted(struct visit *visit, const char *word, const char *location)
{
    note_leave(visit, word, location);
    page_go(visit, location);
}

void page_go_to(struct visit *visit, const char *format, ...)
{
    char location[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(location, sizeof location, format, arguments);
    va_end(arguments);
    page_go(visit, location);
}

/* Nearest home of what was asked for. */
static void back_fill(const struct visit *visit, struct view *body)
{
    if (visit->school.uai.text[0] != '\0') {
        view_print(body, "BACK", "/etablissements/%s", visit->school.uai.text);
        view_say(body, "BACK_WORDS", "Revenir à l’accueil de l’établissement");
    } else {
        view_set(body, "BACK", home_of(visit));
        view_say(body, "BACK_WORDS", "Revenir à l’accueil");
    }
}

static struct view *error_begin(struct visit *visit, const char *heading, const char *text, const char *advice)
{
    struct view *body = page_begin(visit, heading, "erreur.html");
    view_say(body, "HEADING", heading);
    sentence_set(body, "TEXT", text);
    back_fill(visit, body);
    if (advice[0] != '\0') {
        sentence_set(view_add(body, "ADVICE"), "ADVICE_TEXT", advice);
    }
    return body;
}

static const char *heading_of(int status)
{
    switch (status) {
    case 404:
        return "Page introuvable";
    case 503:
    case 504:
        return "Service momentanément indisponible";
    case 403:
        return "Action refusée";
    default:
        return "La demande n’a pas pu être traitée";
    }
}

bool page_is_link_bad(enum refusal refusal)
{
    return refusal != REFUSAL_BUSY && refusal != REFUSAL_TOO_MANY_ATTEMPTS && refusal != REFUSAL_TOO_LATE;
}

void page_link_refused(struct view *body, enum refusal refusal)
{
    struct view *refused = view_add(body, "REFUSED");
    sentence_set(refused, "TEXT", refusal_sentence(refusal));
    sentence_set(refused, "ADVICE", refusal_next(refusal));
}

/* The help page's question, where there is one. */
static void topic_fill(struct view *view, enum refusal refusal)
{
    const char *topic = help_topic_of(refusal);
    if (topic) {
        view_set(view_add(view, "HELP"), "TOPIC", topic);
    }
}

void page_refuse(struct visit *visit, enum refusal refusal)
{
    int status = refusal_status(refusal);
    struct view *body = error_begin(visit, heading_of(status), refusal_sentence(refusal), refusal_next(refusal));
    if (!visit_is_of_administrators(visit)) {
        topic_fill(body, refusal);
    }
    page_send(visit, status);
}

static bool may_work_soon(const struct fault *fault)
{
    return fault->code == FAULT_TIMEOUT || fault->code == FAULT_BUSY || fault->code == FAULT_UNAVAILABLE ||
           fault->code == FAULT_PEER;
}

void page_fail(struct visit *visit, const struct fault *fault)
{
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(http_request_id(visit->request));
    log_event(LOG_ERR, "visit_failed", F("route", visit->route ? visit->route->pattern : ""), F("fault", fault));
    bool soon = may_work_soon(fault);
    int status = soon ? 503 : 500;
    struct view *body = error_begin(visit, soon ? heading_of(503) : "Incident technique",
        fault->outcome_unknown ? "La réponse n’est pas venue : ce que vous avez demandé a pu être fait."
                               : "Ce que vous avez demandé n’a pas été fait.",
        fault->outcome_unknown
            ? "Vérifiez avant de recommencer ; la même demande envoyée à nouveau n’est pas faite deux fois."
            : "Recommencez dans quelques instants.");
    view_print(view_add(body, "INCIDENT"), "INCIDENT_ID", "%.12s", http_request_id(visit->request));
    page_send(visit, status);
}

static void file_name_set(struct visit *visit, const char *file_name)
{
    char disposition[256];
    snprintf(disposition, sizeof disposition, "attachment; filename=\"%s\"", file_name);
    http_set_header(visit->request, "Content-Disposition", disposition);
}

void page_send_file(
    struct visit *visit, const char *content_type, const char *file_name, const void *bytes, size_t length)
{
    file_name_set(visit, file_name);
    answer(visit, 200, content_type, bytes, length);
}

void page_send_open_file(
    struct visit *visit, const char *content_type, const char *file_name, const void *bytes, size_t length)
{
    file_name_set(visit, file_name);
    answer_kept(visit, 200, content_type, bytes, length, "public, max-age=3600");
}

void page_send_image(struct visit *visit, const char *content_type, const void *bytes, size_t length)
{
    answer(visit, 200, content_type, bytes, length);
}

void page_send_text(struct visit *visit, const char *text, size_t length)
{
    answer_kept(visit, 200, "text/plain; charset=utf-8", text, length, "public, max-age=3600");
}

static void form_error_fill(
    struct view *body, enum refusal refusal, const char *field_id, const char *text, const char *advice)
{
    struct view *problem = view_add(view_include(body, "ERROR", "erreur-formulaire.html"), "PROBLEM");
    struct view *words = view_add(problem, field_id ? "AT_FIELD" : "OF_FORM");
    view_set(words, "FIELD_ID", field_id);
    topic_fill(problem, refusal);
    sentence_set(words, "TEXT", text);
    if (advice[0] != '\0') {
        sentence_set(view_add(problem, "ADVICE"), "ADVICE_TEXT", advice);
    }
}

void page_form_error(struct view *body, enum refusal refusal)
{
    page_form_error_at(body, refusal, NULL);
}

void page_form_error_at(struct view *body, enum refusal refusal, const char *field_id)
{
    if (refusal ==
        REFUSAL_NOT_DISTRIBUTED) { /* who fills in a form is the family; the refusal's own words are a head's */
        form_error_fill(body, refusal, field_id, "Votre compte n’a pas encore été remis par l’établissement.",
            "Adressez-vous à l’école ou à l’établissement, qui vous enverra votre identifiant et votre mot de passe.");
    } else {
        form_error_fill(body, refusal, field_id, refusal_sentence(refusal), refusal_next(refusal));
    }
}

void page_credentials_error(struct view *body, enum refusal refusal)
{
    if (refusal == REFUSAL_WRONG_CREDENTIALS) {
        form_error_fill(body, refusal, NULL, refusal_sentence(refusal),
            "Vérifiez votre saisie. Identifiant ou mot de passe oublié ? Les liens de cette page vous aident ; sinon, "
            "adressez-vous à l’école ou à l’établissement.");
    } else {
        page_form_error(body, refusal);
    }
}
