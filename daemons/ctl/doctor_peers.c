/* preauctl doctor: the servers of others. Daemons say on /status how theirs are; here they are tried from this host, also
 * when the daemon is dead, with what no daemon looks at: STARTTLS that is not offered, certificates about to end. */
#include "ctl/ask_peer.h"
#include "ctl/doctor.h"

#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/memory.h"

#include <string.h>

enum { CERTIFICATE_SOON_DAYS = 21, HTTP_OK = 200, HTTP_SERVER_FAULT = 500 };

/* --- what is said of any of them --- */

static void find_unreachable(
    struct doctor *doctor, const char *name, const struct peer_question *question, const struct peer_answer *answer)
{
    doctor_find(doctor, DOCTOR_BROKEN, "%s : %s : %s", name, question->address,
        answer->is_late ? "aucune réponse en 6 s" : answer->body);
    if (answer->is_tls_fault)
        doctor_advise(doctor, "TLS : le certificat a-t-il expiré, est-il au nom de ce serveur, et son autorité "
                              "est-elle connue ici (…ca_file) ?");
    else
        doctor_advise(
            doctor, "ce serveur tourne-t-il ? son nom, le port, le pare-feu, le mandataire sont-ils les bons ?");
}

static void check_certificate(struct doctor *doctor, const char *name, const struct peer_answer *answer)
{
    if (!instant_is_set(answer->certificate_end))
        return;
    long long days = (answer->certificate_end.us - clock_now().us) / HOURS(24).us;
    if (days >= CERTIFICATE_SOON_DAYS)
        return;
    char end[CLOCK_TEXT_SIZE];
    clock_format_local(answer->certificate_end, end);
    doctor_find(doctor, DOCTOR_LOOK, "%s : son certificat finit le %s, dans %lld jours", name, end, days);
    doctor_advise(doctor, "faites-le renouveler par qui tient ce serveur");
}

/* false, and told: it is not there. The caller clears. */
static bool knock(
    struct doctor *doctor, const char *name, const struct peer_question *question, struct peer_answer *out_answer)
{
    peer_ask(question, out_answer);
    if (out_answer->is_there)
        check_certificate(doctor, name, out_answer);
    else
        find_unreachable(doctor, name, question, out_answer);
    return out_answer->is_there;
}

/* "https://host:port" of an address, which may go on with what is none (%n of a provider of SMS), and may begin with a password. */
static char *origin_of(const char *address)
{
    const char *scheme = strstr(address, "://");
    size_t begin = scheme != NULL ? (size_t)(scheme - address) + 3 : 0;
    size_t end = begin + strcspn(address + begin, "/?#");
    const char *at = memrchr(address + begin, '@', end - begin);
    size_t host = at != NULL ? (size_t)(at - address) + 1 : begin;
    return checked_printf("%.*s%.*s", (int)begin, address, (int)(end - host), address + host);
}

/* --- mail --- */

static bool is_local(const char *address)
{
    return strstr(address, "://127.") != NULL || strstr(address, "://localhost") != NULL ||
           strstr(address, "://[::1]") != NULL;
}

void doctor_smtp(struct doctor *doctor, int index)
{
    (void)index;
    const struct config *config = doctor->config;
    const char *starttls = config_text(config, CONFIG_NOTIFY_SMTP_STARTTLS);
    const struct peer_question question = {
        .address = config_text(config, CONFIG_NOTIFY_SMTP_URL),
        .ca_file = config_text(config, CONFIG_NOTIFY_SMTP_CA_FILE),
        .proxy = "",
        .tls = strcmp(starttls, "always") == 0  ? PEER_TLS_WANTED
               : strcmp(starttls, "never") == 0 ? PEER_TLS_BY_ADDRESS
                                                : PEER_TLS_IF_OFFERED,
        .is_knock = true,
    };
    _cleanup_(peer_answer_clear) struct peer_answer answer = {0};
    if (!knock(doctor, "courriel", &question, &answer))
        return;
    if (!answer.has_tls && !is_local(question.address)) {
        doctor_find(doctor, DOCTOR_LOOK,
            "%s n’offre pas STARTTLS, ou notify.smtp_starttls le refuse : les courriels passent en clair",
            question.address);
        doctor_advise(doctor, "activez TLS sur ce serveur, puis notify.smtp_starttls = \"always\"");
    }
    doctor_detail(doctor, "%s%s", question.address, answer.has_tls ? ", TLS" : "");
}

/* --- SMS --- */

void doctor_sms(struct doctor *doctor, int index)
{
    (void)index;
    const char *section = "sms_provider";
    size_t count = config_titled_count(doctor->config, section);
    if (count == 0)
        doctor_skip(doctor, "aucun fournisseur : l’inscription par SMS n’est pas proposée");
    for (size_t i = 0; i < count; i++) {
        const struct config *one = config_titled(doctor->config, section, i);
        _cleanup_(memory_free) char *origin = origin_of(config_text(one, CONFIG_SMS_PROVIDER_URL));
        const struct peer_question question = {
            .address = origin, .ca_file = config_text(one, CONFIG_SMS_PROVIDER_CA_FILE), .proxy = "", .is_knock = true};
        _cleanup_(peer_answer_clear) struct peer_answer answer = {0};
        (void)knock(doctor, config_title(doctor->config, section, i), &question, &answer);
    }
    if (count > 0)
        doctor_detail(doctor, "%zu", count);
}

/* --- identity providers --- */

static void check_discovery(struct doctor *doctor, const char *name, const char *issuer, const char *ca_file)
{
    size_t length = strlen(issuer);
    length -= length > 0 && issuer[length - 1] == '/'; /* OpenID Connect Discovery 4.1 */
    _cleanup_(memory_free) char *address = checked_printf("%.*s/.well-known/openid-configuration", (int)length, issuer);
    const struct peer_question question = {
        .address = address, .ca_file = ca_file, .proxy = config_text(doctor->config, CONFIG_LINK_PROVIDER_PROXY)};
    _cleanup_(peer_answer_clear) struct peer_answer answer = {0};
    if (!knock(doctor, name, &question, &answer))
        return;
    json_t *description = answer.code == HTTP_OK ? json_loads(answer.body, 0, NULL) : NULL;
    const char *told = json_string_value(json_object_get(description, "issuer"));
    if (told == NULL) {
        doctor_find(doctor, DOCTOR_BROKEN, "%s : %s ne décrit aucun fournisseur OpenID Connect (HTTP %ld)", name,
            address, answer.code);
        doctor_advise(doctor, "l’émetteur (issuer) est-il celui que l’on vous a donné ?");
    } else if (strcmp(told, issuer) != 0) {
        doctor_find(doctor, DOCTOR_BROKEN, "%s : l’émetteur se nomme %s, non %s", name, told, issuer);
        doctor_advise(doctor, "écrivez l’émetteur exactement comme il se nomme, barre finale comprise");
    }
    json_decref(description);
}

void doctor_franceconnect(struct doctor *doctor, int index)
{
    (void)index;
    if (!config_is_set(doctor->config, CONFIG_FRANCECONNECT_ISSUER)) {
        doctor_skip(doctor, "franceconnect.issuer n’est pas donné");
        return;
    }
    const char *issuer = config_text(doctor->config, CONFIG_FRANCECONNECT_ISSUER);
    check_discovery(doctor, "FranceConnect", issuer, config_text(doctor->config, CONFIG_FRANCECONNECT_CA_FILE));
    doctor_detail(doctor, "%s", issuer);
}

void doctor_academy_portals(struct doctor *doctor, int index)
{
    (void)index;
    const char *section = "academy_portal";
    size_t count = config_titled_count(doctor->config, section);
    if (count == 0)
        doctor_skip(doctor, "aucun dans la configuration");
    for (size_t i = 0; i < count; i++) {
        const struct config *one = config_titled(doctor->config, section, i);
        check_discovery(doctor, config_title(doctor->config, section, i),
            config_text(one, CONFIG_ACADEMY_PORTAL_ISSUER), config_text(one, CONFIG_ACADEMY_PORTAL_CA_FILE));
    }
    if (count > 0)
        doctor_detail(doctor, "%zu", count);
}

static void check_cas(struct doctor *doctor, const char *name, const struct config *ent)
{
    _cleanup_(memory_free) char *address = checked_printf("%s/login", config_text(ent, CONFIG_ENT_ADDRESS));
    const struct peer_question question = {.address = address,
        .ca_file = config_text(ent, CONFIG_ENT_CA_FILE),
        .proxy = config_text(doctor->config, CONFIG_LINK_PROVIDER_PROXY)};
    _cleanup_(peer_answer_clear) struct peer_answer answer = {0};
    if (knock(doctor, name, &question, &answer) && answer.code >= HTTP_SERVER_FAULT) {
        doctor_find(doctor, DOCTOR_BROKEN, "%s : %s répond %ld", name, address, answer.code);
        doctor_advise(doctor, "prévenez qui tient cet ENT ; docs/operators/ent.md");
    }
}

/* CAS and OpenID Connect are asked by linkd; a SAML provider only by browsers: linkd's own word on it is all there is. */
static void check_ent(struct doctor *doctor, const char *name, const struct config *ent)
{
    if (config_is_set(ent, CONFIG_ENT_ISSUER))
        check_discovery(doctor, name, config_text(ent, CONFIG_ENT_ISSUER), config_text(ent, CONFIG_ENT_CA_FILE));
    else if (config_is_set(ent, CONFIG_ENT_ADDRESS))
        check_cas(doctor, name, ent);
}

void doctor_ents(struct doctor *doctor, int index)
{
    (void)index;
    size_t count = config_titled_count(doctor->config, "ent");
    if (count == 0)
        doctor_skip(doctor, "aucun dans la configuration");
    for (size_t i = 0; i < count; i++)
        check_ent(doctor, config_title(doctor->config, "ent", i), config_titled(doctor->config, "ent", i));
    if (count > 0)
        doctor_detail(doctor, "%zu", count);
}

/* --- ourselves, as families come --- */

void doctor_public_address(struct doctor *doctor, int index)
{
    (void)index;
    const char *public_url = config_text(doctor->config, CONFIG_PORTAL_PUBLIC_URL);
    _cleanup_(memory_free) char *address = checked_printf("%s/connexion", public_url);
    const struct peer_question question = {.address = address, .ca_file = "", .proxy = ""};
    _cleanup_(peer_answer_clear) struct peer_answer answer = {0};
    peer_ask(&question, &answer);
    if (!answer.is_there) {
        doctor_find(doctor, DOCTOR_LOOK, "%s : %s", address, answer.is_late ? "aucune réponse en 6 s" : answer.body);
        doctor_advise(doctor, "nom, mandataire inverse, certificat (docs/operators/mandataire.md) ; cet hôte peut "
                              "aussi ne pas joindre sa propre adresse publique");
    } else if (answer.code != HTTP_OK) {
        doctor_find(doctor, DOCTOR_LOOK, "%s répond %ld", address, answer.code);
        doctor_advise(doctor, "le mandataire inverse mène-t-il à portal.listen (docs/operators/mandataire.md) ?");
    }
    check_certificate(doctor, "mandataire inverse", &answer);
    if (strncmp(public_url, "https://", 8) != 0 && config_flag(doctor->config, CONFIG_PORTAL_SECURE_COOKIE)) {
        doctor_find(doctor, DOCTOR_BROKEN,
            "portal.public_url n’est pas en https:// et le témoin de session y est réservé : personne ne peut se "
            "connecter");
        doctor_advise(
            doctor, "portal.public_url = \"https://…\" ; portal.secure_cookie = non seulement pour un essai local");
    }
    doctor_detail(doctor, "%s", public_url);
}
