#include "store/configured.h"

#include "runtime/config.h"

static struct store_options options_of(const struct daemon_run *run)
{
    return (struct store_options){
        .conninfo = config_text(run->config, CONFIG_DATABASE_CONNINFO),
        .user = daemon_database_user(run),
        .passfiles = config_text(run->config, CONFIG_DATABASE_PASSFILE_DIRECTORY),
        .program = run->daemon->name,
        .pool_size = (unsigned)config_count(run->config, CONFIG_DATABASE_POOL_SIZE),
        .queue_limit = (unsigned)config_count(run->config, CONFIG_DATABASE_QUEUE_LIMIT),
        .statement_timeout = config_duration(run->config, CONFIG_DATABASE_STATEMENT_TIMEOUT),
        .connect_timeout = config_duration(run->config, CONFIG_DATABASE_CONNECT_TIMEOUT),
        .retry_max = config_duration(run->config, CONFIG_DATABASE_CONNECT_RETRY_MAX),
        .status = run->status,
    };
}

struct store *store_open_configured(const struct daemon_run *run)
{
    const struct store_options options = options_of(run);
    return store_open(run->loop, &options);
}

struct store *store_open_configured_within(const struct daemon_run *run, struct duration bound)
{
    struct store_options options = options_of(run);
    if (duration_longer(options.statement_timeout, bound))
        options.statement_timeout = bound;
    return store_open(run->loop, &options);
}

struct store *store_open_patient(const struct daemon_run *run, struct duration statement_timeout)
{
    struct store_options options = options_of(run);
    options.pool_size = 1;
    options.statement_timeout = statement_timeout;
    options.status = NULL; /* the other pool tells how the database is */
    return store_open(run->loop, &options);
}

bool session_open_configured(
    const struct daemon_run *run, struct duration statement_timeout, struct session **out_session, struct fault *fault)
{
    const struct session_options options = {
        .conninfo = config_text(run->config, CONFIG_DATABASE_CONNINFO),
        .user = daemon_database_user(run),
        .passfiles = config_text(run->config, CONFIG_DATABASE_PASSFILE_DIRECTORY),
        .program = run->daemon->name,
        .statement_timeout = statement_timeout,
        .connect_timeout = config_duration(run->config, CONFIG_DATABASE_CONNECT_TIMEOUT),
    };
    return session_open(&options, out_session, fault);
}
