#include "ctl/house.h"

#include "store/passfile.h"

#include <string.h>

const struct house_daemon house_daemons[HOUSE_COUNT] = {
    [HOUSE_IMPORT] = {"preau-importd", "preau-import", "preau_import", CONFIG_STATUS_IMPORT,     CONFIG_BUS_IMPORT,
                      (const char *const[]){"database", "bus", "status", "keys", "import", NULL}                                },
    [HOUSE_NOTIFY] = {"preau-notifyd", "preau-notify", "preau_notify", CONFIG_STATUS_NOTIFY,     CONFIG_BUS_NOTIFY,
                      (const char *const[]){"database", "bus", "status", "keys", "notify", "mail_domain", "mail_language", NULL}},
    [HOUSE_LINK] = {"preau-linkd",   "preau-link",   "preau_link",   CONFIG_STATUS_LINK,       CONFIG_BUS_LINK,
                      (const char *const[]){"database", "bus", "status", "keys", "link", "sms", "sms_provider", "academy_portal",
            "franceconnect", "ent", NULL}                                                                                       },
    [HOUSE_STATS] = {"preau-statsd",  "preau-stats",  "preau_stats",  CONFIG_STATUS_STATISTICS, CONFIG_BUS_STATISTICS,
                      (const char *const[]){"database", "bus", "status", "statistics", NULL}                                    },
    [HOUSE_PORTAL] = {"preau-portald", "preau-portal", "preau_portal", CONFIG_STATUS_PORTAL,     CONFIG_KEY_COUNT,
                      (const char *const[]){"database", "bus", "status", "portal", "online_service", "link", "sms", NULL}       },
};

bool house_is_here(const struct config *config, int index)
{
    return strcmp(config_text(config, house_daemons[index].status), CONFIG_ELSEWHERE) != 0;
}

const char *house_role(const struct config *config, const char *role)
{
    return config_is_set(config, CONFIG_DATABASE_USER) ? config_text(config, CONFIG_DATABASE_USER) : role;
}

char *house_passfile(const struct config *config, const char *role)
{
    return passfile_of(config_text(config, CONFIG_DATABASE_PASSFILE_DIRECTORY), house_role(config, role));
}

enum { SPARE_CONNECTIONS = 10, SUPERUSER_CONNECTIONS = 3, POSTGRESQL_DEFAULT = 100 };

long long house_connections_wanted(const struct config *config)
{
    return (long long)config_count(config, CONFIG_DATABASE_POOL_SIZE) * HOUSE_COUNT +
           config_count(config, CONFIG_IMPORT_PARALLEL) + SPARE_CONNECTIONS;
}

long long house_connections_max(const struct config *config)
{
    long long all = house_connections_wanted(config) + SUPERUSER_CONNECTIONS;
    return all > POSTGRESQL_DEFAULT ? all : POSTGRESQL_DEFAULT;
}
