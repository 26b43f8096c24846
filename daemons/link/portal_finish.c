/* The way back: the sign-in taken, once → the code exchanged and the tokens checked → what the portal says made an
 * administrator → the audit trail told, if nothing more is asked → what ends the session there kept → answered. */
#include "link/portal_sign_in.h"

#include "link/oidc_token.h"
#include "link/portal_person.h"
#include "link/portal_trouble.h"
#include "link/provider_hold.h"
#include "link/provider_way.h"
#include "link/tries.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/administrator.h"
#include "store/provider.h"

#include <stdio.h>

struct finishing {
    struct link *link;
    struct call *call;
    struct academy_portal *portal;
    const Preau__Link__FinishPortalSignInRequest *request;
    struct portal_person person;
    char subject[OIDC_SUBJECT_SIZE];
    struct portal_known known;
    struct provider_hold hold;
};

static void finishing_free(struct finishing *finishing)
{
    provider_hold_clear(&finishing->hold);
    secret_wipe(finishing, sizeof *finishing);
    memory_free(&finishing);
}

static void finishing_refuse(struct finishing *finishing, enum refusal refusal)
{
    metric_count(METRIC_LINK_SIGN_INS, "portal", portal_outcome(refusal));
    call_refuse(finishing->call, refusal);
    finishing_free(finishing);
}

static void finishing_fail(struct finishing *finishing, const struct fault *fault)
{
    metric_count(METRIC_LINK_SIGN_INS, "portal", "fault");
    call_fail(finishing->call, fault);
    finishing_free(finishing);
}

/* --- signed in --- */

/* What the portal did not prove is asked for here: of a wide role always, of others who have a second factor here too. */
static Preau__Link__AdministratorStep next_step(const struct finishing *finishing)
{
    const struct administrator_standing standing = {
        .has_second_factor = finishing->known.has_second_factor,
        .must_have_second_factor = portal_role_is_wide(finishing->person.role) || finishing->known.sees_more,
    };
    return finishing->person.proves_second_factor
               ? PREAU__LINK__ADMINISTRATOR_STEP__STEP_OPEN
               : (Preau__Link__AdministratorStep)(administrator_next_step(&standing, false) + 1);
}

static void finishing_answer(struct finishing *finishing)
{
    struct attempt attempt;
    tries_of_network(&finishing->link->bounds, "portal", finishing->request->address, &attempt);
    attempt_give_back(finishing->link->store, &attempt);
    metric_count(METRIC_LINK_SIGN_INS, "portal", "right");
    log_event(LOG_INFO, "portal_signed_in", F("portal", finishing->portal->name),
        F("administrator", finishing->known.id), F("role", role_code(finishing->person.role)),
        F("scopes", finishing->known.scopes));
    Preau__Link__FinishPortalSignInReply reply = PREAU__LINK__FINISH_PORTAL_SIGN_IN_REPLY__INIT;
    Preau__Link__AdministratorStanding standing = PREAU__LINK__ADMINISTRATOR_STANDING__INIT;
    standing.administrator = finishing->known.id.v;
    standing.role = (Preau__AdministratorRole)(finishing->person.role + 1);
    standing.name = finishing->person.name;
    standing.next = next_step(finishing);
    standing.credential_at = finishing->known.credential_at.us;
    reply.standing = &standing;
    reply.sign_out = finishing->hold.sign_out;
    call_answer(finishing->call, &reply.base);
    finishing_free(finishing);
}

/* Without it the person is signed in all the same, and signs out there by the portal's own pages. */
static void finishing_kept(void *arg, const struct fault *fault)
{
    struct finishing *finishing = arg;
    if (fault) {
        log_fault("portal_session_not_kept", fault);
        finishing->hold.sign_out[0] = '\0';
    }
    finishing_answer(finishing);
}

static void finishing_keep(struct finishing *finishing)
{
    provider_hold_keep(
        &finishing->hold, finishing->link, finishing->portal->name, finishing->known.id, finishing_kept, finishing);
}

/* Nobody is in before the audit trail knows. */
static void finishing_noted(void *arg, const struct fault *fault)
{
    struct finishing *finishing = arg;
    if (fault) {
        finishing_fail(finishing, fault);
    } else if (finishing->hold.sealed) {
        finishing_keep(finishing);
    } else {
        finishing_answer(finishing);
    }
}

static void finishing_let_in(struct finishing *finishing)
{
    const struct audit_author author = {.administrator = finishing->known.id, .trace = call_trace(finishing->call)};
    if (next_step(finishing) == PREAU__LINK__ADMINISTRATOR_STEP__STEP_OPEN) {
        administrator_note_sign_in(
            finishing->link->store, &author, finishing->portal->name, finishing_noted, finishing);
    } else { /* the code that is asked for signs in */
        finishing_noted(finishing, NULL);
    }
}

/* --- who came back --- */

static struct portal_told finishing_told(const struct finishing *finishing)
{
    const struct portal_person *person = &finishing->person;
    return (struct portal_told){
        .portal = finishing->portal->name,
        .issuer = finishing->portal->settings.issuer,
        .subject = finishing->subject,
        .login = person->login,
        .name = person->name,
        .mail = person->mail.text[0] != '\0' ? person->mail.text : NULL,
        .academy = finishing->portal->academy,
        .role = person->role,
        .schools = person->schools.list,
        .school_count = person->schools.count,
        .has_whole_academy = portal_role_is_wide(person->role),
        .trace = call_trace(finishing->call),
    };
}

/* The person is known by the portal. */
static void finishing_turn_away(struct finishing *finishing, enum refusal refusal)
{
    const struct portal_told told = finishing_told(finishing);
    portal_sign_in_refuse(finishing->link->store, &told, refusal_code(refusal));
    finishing_refuse(finishing, refusal);
}

static void finishing_applied(void *arg, const struct portal_known *known, const struct fault *fault)
{
    struct finishing *finishing = arg;
    if (fault) {
        finishing_fail(finishing, fault);
        return;
    }
    finishing->known = *known;
    if (known->is_disabled) {
        finishing_turn_away(finishing, REFUSAL_PORTAL_DISABLED);
    } else if (known->scopes == 0) {
        finishing_turn_away(finishing, REFUSAL_PORTAL_NO_SCHOOL);
    } else {
        finishing_let_in(finishing);
    }
}

static void finishing_apply(struct finishing *finishing)
{
    const struct portal_person *person = &finishing->person;
    const struct portal_told told = finishing_told(finishing);
    if (person->schools.refused > 0) {
        log_event(LOG_WARNING, "portal_schools_unreadable", F("portal", finishing->portal->name),
            F("values", person->schools.refused));
    }
    portal_sign_in_apply(finishing->link->store, &told, finishing_applied, finishing);
}

static void finishing_came_back(void *arg, const json_t *claims, const char *id_token, const struct fault *fault)
{
    struct finishing *finishing = arg;
    if (fault) {
        finishing_refuse(finishing, portal_trouble(finishing->portal->name, "way back", fault));
        return;
    }
    enum refusal refusal = portal_person_read(finishing->portal, claims, &finishing->person);
    snprintf(finishing->subject, sizeof finishing->subject, "%s", finishing->person.subject);
    finishing->person.subject = NULL; /* the claims go */
    if (refusal != REFUSAL_NONE) {
        finishing_turn_away(finishing, refusal);
        return;
    }
    provider_hold_make(&finishing->hold, finishing->link, finishing->portal->oidc, NULL, id_token);
    finishing_apply(finishing);
}

/* --- the sign-in that it belongs to --- */

static void finishing_exchange(struct finishing *finishing, const struct oidc_secrets *secrets)
{
    const Preau__Link__FinishPortalSignInRequest *request = finishing->request;
    const char *issuer = request->issuer[0] != '\0' ? request->issuer : NULL;
    if (request->error[0] != '\0') {
        finishing_refuse(finishing, portal_error(finishing->portal->name, request->error));
    } else if (request->code[0] == '\0') {
        finishing_refuse(finishing, REFUSAL_PORTAL_ANSWER_WRONG);
    } else if (!oidc_way_back(
                   finishing->portal->oidc, request->code, issuer, secrets, finishing_came_back, finishing)) {
        finishing_refuse(finishing, REFUSAL_BUSY);
    }
}

static void finishing_taken(void *arg, const struct provider_way_kept *kept, const struct fault *fault)
{
    struct finishing *finishing = arg;
    if (fault) {
        finishing_fail(finishing, fault);
    } else if (!kept) {
        finishing_refuse(finishing, REFUSAL_PORTAL_SIGN_IN_OVER);
    } else {
        finishing_exchange(finishing, &kept->secrets);
    }
}

void portal_finish(struct link *link, struct call *call, const Preau__Link__FinishPortalSignInRequest *request)
{
    struct academy_portal *portal = academy_portal_named(&link->portals, request->portal);
    if (!portal) {
        call_refuse(call, REFUSAL_PORTAL_UNKNOWN);
        return;
    }
    struct finishing *finishing = checked_calloc(1, sizeof *finishing);
    *finishing = (struct finishing){.link = link, .call = call, .portal = portal, .request = request};
    provider_way_back(link, portal->name, request->browser, request->state, finishing_taken, finishing);
}
