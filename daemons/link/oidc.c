#include "link/oidc.h"

#include "crypto/random.h"
#include "link/oidc_exchange.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/worker.h"

#include <stdio.h>
#include <string.h>

enum {
    THREADS = 2,       /* each provider's */
    QUEUE_LIMIT = 200, /* sign-ins that wait for one: more would be over before their turn came */
};
#define STOP_BOUND SECONDS(2)

struct oidc {
    const struct oidc_settings *settings;
    struct oidc_provider *provider;
    struct workers *workers;
};

/* One step, of one of the three kinds; copies of all it was given. */
struct step {
    const struct oidc *oidc;
    struct tick asked; /* and began to wait for a thread: its bound counts from here */
    bool is_done;      /* without a fault */
    struct fault fault;
    char *state, *code, *issuer, *id_token;
    struct oidc_secrets secrets;
    char *url;
    json_t *claims;
    oidc_way_found *found;
    oidc_came_back *came;
    void *arg;
};

void oidc_begin_all(void)
{
    http_client_begin();
}

void oidc_secrets_make(struct oidc_secrets *out_secrets)
{
    token_random_letters(out_secrets->nonce); /* FranceConnect asks for digits and letters of both kinds */
    token_random(out_secrets->verifier);
}

/* --- the threads --- */

static void *client_start(void *arg)
{
    const struct oidc_settings *settings = arg;
    const struct http_client_options options = {settings->name, settings->ca_file, settings->proxy};
    return http_client_new(&options);
}

static void client_stop(void *context)
{
    struct http_client *client = context;
    http_client_free(&client);
}

struct oidc *oidc_open(struct loop *loop, const struct oidc_settings *settings)
{
    struct oidc *oidc = checked_calloc(1, sizeof *oidc);
    const struct worker_options options = {
        .name = "provider",
        .threads = THREADS,
        .queue_limit = QUEUE_LIMIT,
        .start = client_start,
        .stop = client_stop,
        .arg = (void *)(uintptr_t)settings,
    };
    oidc->settings = settings;
    oidc->provider = oidc_provider_new();
    oidc->workers = workers_new(loop, &options);
    metric_label_add(METRIC_LINK_PROVIDER_SECONDS, 1, settings->name);
    metric_label_add(METRIC_CERTIFICATE_END, 1, settings->name);
    return oidc;
}

bool oidc_close(struct oidc **oidc)
{
    bool is_stopped = !*oidc || workers_stop(&(*oidc)->workers, STOP_BOUND);
    if (*oidc && is_stopped) {
        oidc_provider_free(&(*oidc)->provider);
        memory_free(oidc);
    }
    *oidc = NULL;
    return is_stopped;
}

bool oidc_has_sign_out(struct oidc *oidc)
{
    return oidc_provider_has_sign_out(oidc->provider);
}

/* --- steps --- */

static void step_free(struct step *step)
{
    secret_text_free(&step->state);
    secret_text_free(&step->code);
    secret_text_free(&step->issuer);
    secret_text_free(&step->id_token);
    secret_text_free(&step->url);
    json_decref(step->claims);
    secret_wipe(step, sizeof *step);
    memory_free(&step);
}

static char *copy_of(const char *text)
{
    return text ? checked_strdup(text) : NULL;
}

static bool step_submit(struct oidc *oidc, worker_run *run, worker_done *done, struct step *step)
{
    step->oidc = oidc;
    step->asked = clock_tick();
    bool is_taken = worker_submit(oidc->workers, run, done, step);
    if (!is_taken) {
        step_free(step);
    }
    return is_taken;
}

static struct oidc_work work_of(const struct step *step, struct http_client *client)
{
    return (struct oidc_work){step->oidc->settings, step->oidc->provider, client, step->asked};
}

static void measure(const struct oidc_work *work, const struct step *step)
{
    metric_observe(METRIC_LINK_PROVIDER_SECONDS, clock_since(work->begun), work->settings->name,
        step->is_done ? "ok" : fault_code_name(step->fault.code));
}

static const struct fault *fault_of(struct step *step, bool was_run)
{
    if (!was_run) {
        (void)fault_set(&step->fault, FAULT_UNAVAILABLE, "stopping");
    }
    return step->is_done ? NULL : &step->fault;
}

static void way_done(void *arg, bool was_run)
{
    struct step *step = arg;
    const struct fault *fault = fault_of(step, was_run);
    step->found(step->arg, fault ? NULL : step->url, fault);
    step_free(step);
}

static void way_out_run(void *arg, void *context)
{
    struct step *step = arg;
    const struct oidc_work work = work_of(step, context);
    step->url = oidc_address_out(&work, step->state, &step->secrets, &step->fault);
    step->is_done = step->url != NULL;
    measure(&work, step);
}

bool oidc_way_out(
    struct oidc *oidc, const char *state, const struct oidc_secrets *secrets, oidc_way_found *found, void *arg)
{
    struct step *step = checked_calloc(1, sizeof *step);
    *step = (struct step){.state = copy_of(state), .secrets = *secrets, .found = found, .arg = arg};
    return step_submit(oidc, way_out_run, way_done, step);
}

static void way_back_run(void *arg, void *context)
{
    struct step *step = arg;
    const struct oidc_work work = work_of(step, context);
    const struct oidc_return back = {.code = step->code, .issuer = step->issuer, .secrets = &step->secrets};
    step->is_done = oidc_exchange(&work, &back, &step->claims, &step->id_token, &step->fault);
    measure(&work, step);
}

static void way_back_done(void *arg, bool was_run)
{
    struct step *step = arg;
    const struct fault *fault = fault_of(step, was_run);
    step->came(step->arg, fault ? NULL : step->claims, fault ? NULL : step->id_token, fault);
    step_free(step);
}

bool oidc_way_back(struct oidc *oidc, const char *code, const char *issuer, const struct oidc_secrets *secrets,
    oidc_came_back *came, void *arg)
{
    struct step *step = checked_calloc(1, sizeof *step);
    *step =
        (struct step){.code = copy_of(code), .issuer = copy_of(issuer), .secrets = *secrets, .came = came, .arg = arg};
    return step_submit(oidc, way_back_run, way_back_done, step);
}

static void sign_out_run(void *arg, void *context)
{
    struct step *step = arg;
    const struct oidc_work work = work_of(step, context);
    step->url = oidc_address_sign_out(&work, step->state, step->id_token, &step->fault);
    step->is_done = step->url != NULL;
    measure(&work, step);
}

bool oidc_sign_out(struct oidc *oidc, const char *state, const char *id_token, oidc_way_found *found, void *arg)
{
    struct step *step = checked_calloc(1, sizeof *step);
    *step = (struct step){.state = copy_of(state), .id_token = copy_of(id_token), .found = found, .arg = arg};
    return step_submit(oidc, sign_out_run, way_done, step);
}

static void look_run(void *arg, void *context)
{
    struct step *step = arg;
    struct oidc_work work = work_of(step, context);
    work.begun = clock_tick(); /* that many were before it is no news of the provider */
    step->is_done = oidc_provider_look(&work, &step->fault);
    step->url = checked_strdup("");
}

bool oidc_look(struct oidc *oidc, oidc_way_found *found, void *arg)
{
    struct step *step = checked_calloc(1, sizeof *step);
    *step = (struct step){.found = found, .arg = arg};
    return step_submit(oidc, look_run, way_done, step);
}
