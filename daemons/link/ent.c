#include "link/ent.h"

#include "domain/portal_claim.h"
#include "link/ent_key.h"
#include "link/provider_watch.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "runtime/worker.h"

#include <string.h>

enum {
    THREADS = 2,       /* each peer's */
    QUEUE_LIMIT = 200, /* people who wait for one: more would be gone before their turn came */
};
#define STOP_BOUND SECONDS(2)

static const char section[] = "ent";

static const struct ent_protocol *const protocols[] = {&ent_cas, &ent_saml, &ent_oidc};

struct ent_peer {
    struct ent_settings settings;
    const struct ent_protocol *protocol;
    void *own; /* the protocol's */
    bool is_open;
    struct ent_key_pattern pattern;
    char *provider, *back_url;
    struct workers *workers;
};

/* --- the configuration --- */

static bool wrong(struct fault *fault, const char *key, const char *what, const char *hint)
{
    (void)fault_set(fault, FAULT_CONFIG, "%s: %s", key, what);
    return fault_hint(fault, "%s", hint);
}

static bool read_pattern(struct ent_peer *peer, const struct config *config, struct fault *fault)
{
    return ent_key_pattern_read(config_text(config, CONFIG_ENT_KEY_PATTERN), &peer->pattern) ||
           wrong(fault, "key_pattern", "is no regular expression with one group, not repeated, and no alternative",
               "The group is the AAF key, as in AC-LYON[$]([0-9]+).");
}

static bool read_protocol(struct ent_peer *peer, const struct config *config, struct fault *fault)
{
    const char *word = config_text(config, CONFIG_ENT_PROTOCOL);
    for (size_t i = 0; i < ARRAY_LENGTH(protocols); i++) {
        if (strcmp(protocols[i]->word, word) == 0) {
            peer->protocol = protocols[i];
        }
    }
    return peer->protocol || wrong(fault, "protocol", "is none that this version speaks", "See docs/operators/ent.md.");
}

static bool read_settings(
    struct ent_peer *peer, const struct config *config, const struct config *whole, struct fault *fault)
{
    struct ent_settings *settings = &peer->settings;
    bool is_aten = strcmp(config_text(config, CONFIG_ENT_ORIGIN), "aten") == 0;
    settings->action = is_aten ? ACTION_OPEN_ATEN : ACTION_OPEN_ENT;
    settings->label = config_text(config, CONFIG_ENT_LABEL);
    settings->address = config_text(config, CONFIG_ENT_ADDRESS);
    settings->key_attribute = config_text(config, CONFIG_ENT_KEY_ATTRIBUTE);
    settings->public_url = config_text(whole, CONFIG_PORTAL_PUBLIC_URL);
    settings->ca_file = config_text(config, CONFIG_ENT_CA_FILE);
    settings->proxy = config_text(whole, CONFIG_LINK_PROVIDER_PROXY);
    settings->bound = config_duration(whole, CONFIG_LINK_PROVIDER_TIMEOUT);
    settings->skew = config_duration(whole, CONFIG_LINK_PROVIDER_CLOCK_SKEW);
    settings->keys_interval = config_duration(whole, CONFIG_LINK_PROVIDER_KEYS_INTERVAL);
    settings->section = config;
    peer->back_url = checked_printf("%s/ent/%s/retour", settings->public_url, settings->name);
    settings->back_url = peer->back_url;
    if (!academy_parse(config_text(config, CONFIG_ENT_ACADEMY), &settings->academy)) {
        return wrong(fault, "academy", "is no academy", "Its code (10) or its name (Lyon).");
    }
    return settings->label[0] != '\0' || wrong(fault, "label", "is to be given", "The name that families know it by.");
}

static void *client_start(void *arg)
{
    const struct ent_peer *peer = arg;
    const struct http_client_options options = {peer->provider, peer->settings.ca_file, peer->settings.proxy};
    return http_client_new(&options);
}

static void client_stop(void *context)
{
    struct http_client *client = context;
    http_client_free(&client);
}

static void threads_open(struct ent_peer *peer, struct loop *loop)
{
    const struct worker_options options = {
        .name = "ent",
        .threads = THREADS,
        .queue_limit = QUEUE_LIMIT,
        .start = client_start,
        .stop = client_stop,
        .arg = peer,
    };
    peer->workers = workers_new(loop, &options);
    metric_label_add(METRIC_LINK_PROVIDER_SECONDS, 1, peer->provider);
    metric_label_add(METRIC_CERTIFICATE_END, 1, peer->provider);
}

static bool peer_open(
    struct ent_peer *peer, const struct config *config, const struct daemon_run *run, struct fault *fault)
{
    peer->provider = checked_printf("ent/%s", peer->settings.name);
    if (!portal_name_is_valid(peer->settings.name)) {
        return wrong(fault, "title", "is no name", "Small letters, digits and hyphens: it stands in addresses.");
    }
    if (!read_protocol(peer, config, fault) || !read_settings(peer, config, run->config, fault) ||
        !read_pattern(peer, config, fault) || !peer->protocol->open(&peer->settings, &peer->own, fault)) {
        return false;
    }
    peer->is_open = true;
    threads_open(peer, run->loop);
    return true;
}

/* One server that is declared for two academies is told apart by its keys alone: a number means another person in each. */
static bool are_told_apart(const struct config *one, const struct config *other)
{
    static const enum config_key places[] = {CONFIG_ENT_ADDRESS, CONFIG_ENT_ISSUER, CONFIG_ENT_METADATA_FILE};
    academy_code here, there;
    bool is_same_academy = academy_parse(config_text(one, CONFIG_ENT_ACADEMY), &here) &&
                           academy_parse(config_text(other, CONFIG_ENT_ACADEMY), &there) && here.v == there.v;
    if (is_same_academy ||
        strcmp(config_text(one, CONFIG_ENT_KEY_PATTERN), config_text(other, CONFIG_ENT_KEY_PATTERN)) != 0) {
        return true;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        const char *place = config_text(one, places[i]);
        if (place[0] != '\0' && strcmp(place, config_text(other, places[i])) == 0) {
            return false;
        }
    }
    return true;
}

static bool is_told_apart(const struct config *whole, size_t number, struct fault *fault)
{
    for (size_t before = 0; before < number; before++) {
        if (!are_told_apart(config_titled(whole, section, before), config_titled(whole, section, number))) {
            (void)fault_set(fault, FAULT_CONFIG, "key_pattern: is that of \"%s\", the same server for another academy",
                config_title(whole, section, before));
            return fault_hint(fault, "Write what only this academy's keys begin with, as in AC-LYON[$]([0-9]+).");
        }
    }
    return true;
}

bool ent_peers_open(const struct daemon_run *run, struct ent_peers *out_peers, struct fault *fault)
{
    size_t count = config_titled_count(run->config, section);
    http_client_begin();
    out_peers->list = checked_calloc(count + 1, sizeof *out_peers->list);
    for (; out_peers->count < count; out_peers->count++) {
        struct ent_peer *peer = &out_peers->list[out_peers->count];
        peer->settings.name = config_title(run->config, section, out_peers->count);
        if (!is_told_apart(run->config, out_peers->count, fault) ||
            !peer_open(peer, config_titled(run->config, section, out_peers->count), run, fault)) {
            out_peers->count++; /* what it has already is closed with the others */
            return fault_add(fault, "%s \"%s\"", section, peer->settings.name);
        }
    }
    return true;
}

/* False: a thread still asks a silent peer; what it uses stays until the process ends. */
static bool peer_close(struct ent_peer *peer)
{
    if (peer->workers && !workers_stop(&peer->workers, STOP_BOUND)) {
        return false;
    }
    if (peer->is_open) {
        peer->protocol->close(peer->own);
    }
    ent_key_pattern_clear(&peer->pattern);
    memory_free(&peer->provider);
    memory_free(&peer->back_url);
    return true;
}

void ent_peers_close(struct ent_peers *peers)
{
    bool are_stopped = true;
    for (size_t i = 0; i < peers->count; i++) {
        are_stopped = peer_close(&peers->list[i]) && are_stopped;
    }
    if (are_stopped) {
        memory_free(&peers->list);
    }
    *peers = (struct ent_peers){0};
}

struct ent_peer *ent_peer_named(const struct ent_peers *peers, const char *name)
{
    for (size_t i = 0; i < peers->count; i++) {
        if (strcmp(peers->list[i].settings.name, name) == 0) {
            return &peers->list[i];
        }
    }
    return NULL;
}

void ent_peers_watch(const struct daemon_run *run, const struct ent_peers *peers, struct provider_watch **out_watch)
{
    struct provider_watched *watched = checked_calloc(peers->count + 1, sizeof *watched);
    for (size_t i = 0; i < peers->count; i++) {
        watched[i] = (struct provider_watched){.name = peers->list[i].settings.name, .ent = &peers->list[i]};
    }
    provider_watch_new(run, "ent", watched, peers->count, out_watch);
    memory_free(&watched);
}

const struct ent_settings *ent_peer_settings(const struct ent_peer *peer)
{
    return &peer->settings;
}

const char *ent_peer_metadata(const struct ent_peer *peer)
{
    return peer->protocol->metadata ? peer->protocol->metadata(peer->own) : NULL;
}

const char *ent_peer_provider(const struct ent_peer *peer)
{
    return peer->provider;
}

bool ent_peer_key(const struct ent_peer *peer, const char *value, int64_t *out_aaf_id)
{
    return ent_key_read(&peer->pattern, value, out_aaf_id);
}

/* --- steps on the threads --- */

/* One step, of one of the three kinds; copies of all it was given. */
struct step {
    struct ent_peer *peer;
    char *state, *ticket, *response, *code, *issuer, *error, *kept;
    struct tick asked;
    bool is_done; /* without a fault */
    struct fault fault;
    struct ent_departure departure;
    struct ent_identity identity;
    ent_started *started;
    ent_ended *ended;
    ent_looked *looked;
    void *arg;
};

static void step_free(struct step *step)
{
    secret_text_free(&step->state);
    secret_text_free(&step->ticket);
    secret_text_free(&step->response);
    secret_text_free(&step->code);
    secret_text_free(&step->issuer);
    secret_text_free(&step->error);
    secret_text_free(&step->kept);
    secret_text_free(&step->departure.url);
    secret_text_free(&step->departure.kept);
    secret_wipe(step, sizeof *step);
    memory_free(&step);
}

static char *copy_of(const char *text)
{
    return text ? checked_strdup(text) : NULL;
}

static bool step_submit(struct step whole, worker_run *run, worker_done *done)
{
    struct step *step = checked_malloc(sizeof *step);
    *step = whole;
    step->asked = clock_tick();
    bool is_taken = worker_submit(step->peer->workers, run, done, step);
    if (!is_taken) {
        step_free(step);
    }
    return is_taken;
}

/* As long as the person waits for it: with those before it. */
static void measure(const struct step *step)
{
    metric_observe(METRIC_LINK_PROVIDER_SECONDS, clock_since(step->asked), step->peer->provider,
        step->is_done ? "ok" : fault_code_name(step->fault.code));
}

static const struct fault *fault_of(struct step *step, bool was_run)
{
    if (!was_run) {
        (void)fault_set(&step->fault, FAULT_UNAVAILABLE, "stopping");
    }
    return step->is_done ? NULL : &step->fault;
}

/* Behind others that a silent peer kept, it may be over before its turn: the person is told at once, and the thread is for the next. */
static bool is_in_time(struct step *step)
{
    return duration_longer(step->peer->settings.bound, clock_since(step->asked)) ||
           fault_set(&step->fault, FAULT_TIMEOUT, "over before its turn: all threads of this peer wait for it");
}

static void start_run(void *arg, void *context)
{
    struct step *step = arg;
    const struct ent_attempt attempt = {step->state, step->asked};
    struct ent_peer *peer = step->peer;
    step->is_done = is_in_time(step) && peer->protocol->start(&peer->settings, peer->own, context, &attempt,
                                            &step->departure, &step->fault);
    measure(step);
}

static void start_done(void *arg, bool was_run)
{
    struct step *step = arg;
    const struct fault *fault = fault_of(step, was_run);
    step->started(step->arg, fault ? NULL : &step->departure, fault);
    step_free(step);
}

bool ent_peer_start(struct ent_peer *peer, const char *state, ent_started *started, void *arg)
{
    return step_submit(
        (struct step){.peer = peer, .state = copy_of(state), .started = started, .arg = arg}, start_run, start_done);
}

static void end_run(void *arg, void *context)
{
    struct step *step = arg;
    const struct ent_attempt attempt = {step->state, step->asked};
    const struct ent_return back = {.ticket = step->ticket,
        .saml_response = step->response,
        .code = step->code,
        .issuer = step->issuer,
        .error = step->error,
        .kept = step->kept};
    struct ent_peer *peer = step->peer;
    step->is_done = is_in_time(step) && peer->protocol->end(&peer->settings, peer->own, context, &attempt, &back,
                                            &step->identity, &step->fault);
    measure(step);
}

static void end_done(void *arg, bool was_run)
{
    struct step *step = arg;
    const struct fault *fault = fault_of(step, was_run);
    step->ended(step->arg, fault ? NULL : &step->identity, fault);
    step_free(step);
}

bool ent_peer_end(struct ent_peer *peer, const char *state, const struct ent_return *back, ent_ended *ended, void *arg)
{
    return step_submit((struct step){.peer = peer,
                           .state = copy_of(state),
                           .ticket = copy_of(back->ticket),
                           .response = copy_of(back->saml_response),
                           .code = copy_of(back->code),
                           .issuer = copy_of(back->issuer),
                           .error = copy_of(back->error),
                           .kept = copy_of(back->kept),
                           .ended = ended,
                           .arg = arg},
        end_run, end_done);
}

static void look_run(void *arg, void *context)
{
    struct step *step = arg;
    const struct ent_attempt attempt = {"", clock_tick()}; /* that many were before it is no news of the peer */
    const struct ent_peer *peer = step->peer;
    step->is_done =
        !peer->protocol->look || peer->protocol->look(&peer->settings, peer->own, context, &attempt, &step->fault);
    measure(step);
}

static void look_done(void *arg, bool was_run)
{
    struct step *step = arg;
    step->looked(step->arg, fault_of(step, was_run));
    step_free(step);
}

bool ent_peer_look(struct ent_peer *peer, ent_looked *looked, void *arg)
{
    return step_submit((struct step){.peer = peer, .looked = looked, .arg = arg}, look_run, look_done);
}
