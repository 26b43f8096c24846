#include "link/hashing.h"

#include "runtime/memory.h"
#include "runtime/worker.h"

#include <stdio.h>

#define STOP_BOUND SECONDS(5)

struct hashing {
    struct workers *workers;
    struct password_cost cost;
};

/* One calculation; tells one of the two. */
struct job {
    const struct password_cost *cost;
    const char *password;
    char hash[PASSWORD_HASH_SIZE]; /* to be verified, or made */
    bool is_right;
    hashing_verified *verified;
    hashing_made *made;
    void *arg;
};

struct hashing *hashing_new(const struct daemon_run *run, const char *name, unsigned threads)
{
    struct hashing *hashing = checked_calloc(1, sizeof *hashing);
    hashing->cost = (struct password_cost){
        .memory = config_size(run->config, CONFIG_LINK_ARGON2_MEMORY),
        .operations = (unsigned long long)config_count(run->config, CONFIG_LINK_ARGON2_OPERATIONS),
    };
    const struct worker_options options = {
        .name = name,
        .threads = threads,
        .queue_limit = (size_t)config_count(run->config, CONFIG_LINK_ARGON2_QUEUE),
    };
    hashing->workers = workers_new(run->loop, &options);
    return hashing;
}

void hashing_free(struct hashing **hashing)
{
    if (*hashing) {
        (void)workers_stop(&(*hashing)->workers, STOP_BOUND);
        memory_free(hashing);
    }
}

bool hashing_is_outdated(const struct hashing *hashing, const char *hash)
{
    return hash[0] != '\0' && password_hash_is_outdated(hash, &hashing->cost);
}

static void verify_run(void *arg, void *context)
{
    (void)context;
    struct job *job = arg;
    if (job->hash[0] != '\0') {
        job->is_right = password_hash_verify(job->password, job->hash);
        password_hash_waste_rest(job->password, job->hash, job->cost);
    } else {
        password_hash_waste(job->password, job->cost);
    }
}

static void verify_done(void *arg, bool was_run)
{
    struct job *job = arg;
    struct fault fault;
    if (!was_run) {
        (void)fault_set(&fault, FAULT_UNAVAILABLE, "stopping");
    }
    job->verified(job->arg, job->is_right, was_run ? NULL : &fault);
    memory_free(&job);
}

static void make_run(void *arg, void *context)
{
    (void)context;
    struct job *job = arg;
    job->is_right = password_hash_make(job->password, job->cost, job->hash);
}

static void make_done(void *arg, bool was_run)
{
    struct job *job = arg;
    struct fault fault;
    if (!was_run) {
        (void)fault_set(&fault, FAULT_UNAVAILABLE, "stopping");
    } else if (!job->is_right) {
        (void)fault_set(&fault, FAULT_LIMIT, "no memory for Argon2id");
        (void)fault_hint(&fault, "Lower link.argon2_memory or link.argon2_threads.");
    }
    job->made(job->arg, job->is_right ? job->hash : NULL, job->is_right ? NULL : &fault);
    memory_free(&job);
}

static struct job *job_new(const struct hashing *hashing, const char *password, void *arg)
{
    struct job *job = checked_calloc(1, sizeof *job);
    job->cost = &hashing->cost;
    job->password = password;
    job->arg = arg;
    return job;
}

static bool job_submit(struct hashing *hashing, worker_run *run, worker_done *done, struct job *job)
{
    bool accepted = worker_submit(hashing->workers, run, done, job);
    if (!accepted) {
        memory_free(&job);
    }
    return accepted;
}

bool hashing_verify(
    struct hashing *hashing, const char *password, const char *hash, hashing_verified *verified, void *arg)
{
    struct job *job = job_new(hashing, password, arg);
    job->verified = verified;
    snprintf(job->hash, sizeof job->hash, "%s", hash);
    return job_submit(hashing, verify_run, verify_done, job);
}

bool hashing_make(struct hashing *hashing, const char *password, hashing_made *made, void *arg)
{
    struct job *job = job_new(hashing, password, arg);
    job->made = made;
    return job_submit(hashing, make_run, make_done, job);
}
