/* preauctl database init --print-settings: the settings of PostgreSQL that matter here, by size. What the journal, the shared
 * buffers and huge pages are worth was measured (docs/operators/exploitation.md); the rest is PostgreSQL's own advice. */
#include "ctl/database.h"

#include "ctl/house.h"
#include "ctl/output.h"

#include <stdio.h>
#include <unistd.h>

enum { ACCOUNTS_DEFAULT = 1000000, ACCOUNTS_MAX = 200000000, MEMORY_MAX = 65536, MIB_PER_GIB = 1024 };

struct size {
    long long accounts, memory_mib, connections;
};

static void setting(const char *name, const char *value, const char *reason)
{
    (void)printf("# %s\n%s = %s\n", reason, name, value);
}

static void setting_mib(const char *name, long long mib, const char *reason)
{
    char value[32];
    (void)snprintf(value, sizeof value, mib % MIB_PER_GIB == 0 ? "%lldGB" : "%lldMB",
        mib % MIB_PER_GIB == 0 ? mib / MIB_PER_GIB : mib);
    setting(name, value, reason);
}

static long long between(long long value, long long least, long long most)
{
    return value < least ? least : value > most ? most : value;
}

static void print_memory(const struct size *size)
{
    long long shared = between(size->memory_mib / 4, 128, 64LL * MIB_PER_GIB);
    setting_mib("shared_buffers", shared,
        "un quart de la mémoire : l’intégration de la nuit relit une ligne par personne, elle la trouve là");
    setting_mib("effective_cache_size", size->memory_mib * 2 / 3,
        "ce que le système et PostgreSQL gardent ensemble : une estimation, rien n’est pris");
    setting_mib("maintenance_work_mem", between(size->memory_mib / 16, 64, 2LL * MIB_PER_GIB),
        "index et vacuum des grandes tables");
    if (shared >= 2LL * MIB_PER_GIB) {
        setting(
            "huge_pages", "try", "sans grandes pages, la moitié du temps d’une intégration sur une machine virtuelle");
        (void)printf(
            "# noyau : vm.nr_hugepages = %lld dans /etc/sysctl.d (2 Mio chacune, un peu plus que shared_buffers)\n",
            shared / 2 + shared / 20);
    }
}

static void print_journal(const struct size *size)
{
    bool is_large = size->accounts >= ACCOUNTS_DEFAULT;
    setting("max_wal_size", is_large ? "8GB" : "2GB",
        "un premier chargement n’est pas coupé de points de reprise ; autant de place au disque du journal");
    setting("checkpoint_timeout", "15min",
        "après chaque point de reprise une page est écrite entière la première fois qu’elle change");
    setting("fsync", "on", "jamais autrement : une coupure de courant abîmerait la base");
    /* never alone: archiving without a command keeps every segment until the disk is full */
    (void)printf("# l’archivage du journal : /usr/share/preau/pgbackrest/preau-archives.conf, avec la sauvegarde "
                 "(docs/operators/sauvegarde.md)\n");
}

static void print_work(const struct size *size)
{
    char count[24];
    (void)snprintf(count, sizeof count, "%lld", size->connections);
    setting("max_connections", count,
        "les connexions de chaque démon (database.pool_size), les intégrations, et qui regarde");
    if (size->accounts >= ACCOUNTS_DEFAULT)
        setting("autovacuum_vacuum_scale_factor", "0.02",
            "une table de millions de lignes n’attend pas qu’un cinquième en ait changé");
    setting("log_line_prefix", "'%m [%p] %a '",
        "le journal dit pour quelle demande (docs/operators/exploitation.md, « Suivre une demande »)");
    setting("log_min_duration_statement", "250ms", "ce qui est lent se voit, sans les valeurs");
    setting("log_parameter_max_length", "0", "aucune donnée de personne dans le journal");
}

static void print_entrance(void)
{
    (void)printf("\n# --- pg_hba.conf, avant les lignes générales : chaque démon de cette machine sous son compte "
                 "Unix, sans mot de passe\n");
    (void)printf("local   preau   ");
    for (size_t i = 0; i < HOUSE_COUNT; i++)
        (void)printf("%s,", house_daemons[i].role);
    (void)printf("%s   peer map=preau\n", HOUSE_CTL_ROLE);
    (void)printf("# l’exploitant, pour preauctl database init et preauctl migrate\nlocal   preau,postgres   postgres   "
                 "peer map=preau\n");
    (void)printf(
        "# un démon d’une autre machine (ADRESSE) : TLS et mot de passe (docs/operators/plusieurs-machines.md)\n"
        "# hostssl preau   preau_notify   ADRESSE/32   scram-sha-256\n");
    (void)printf("\n# --- pg_ident.conf : quel compte Unix est quel rôle\n");
    for (size_t i = 0; i < HOUSE_COUNT; i++)
        (void)printf("preau   %-14s  %s\n", house_daemons[i].account, house_daemons[i].role);
    (void)printf("preau   root            %s\npreau   root            postgres\npreau   postgres        postgres\n",
        HOUSE_CTL_ROLE);
}

static long long host_memory_mib(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);
    long bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0 ? (long long)pages * bytes / MIB_PER_GIB / MIB_PER_GIB : MIB_PER_GIB;
}

enum ctl_exit ctl_database_print_settings(const struct ctl *ctl)
{
    long accounts;
    long gib;
    if (ctl->is_json)
        return ctl_fail(ctl, CTL_USAGE, "usage", "--print-settings donne des fichiers de PostgreSQL : pas de JSON");
    if (!ctl_number(ctl, "accounts", 1, ACCOUNTS_MAX, &accounts) || !ctl_number(ctl, "memory", 1, MEMORY_MAX, &gib))
        return CTL_USAGE;
    const struct size size = {
        .accounts = accounts != 0 ? accounts : ACCOUNTS_DEFAULT,
        .memory_mib = gib != 0 ? (long long)gib * MIB_PER_GIB : host_memory_mib(),
        .connections = house_connections_max(ctl->config),
    };
    (void)printf("# --- postgresql.conf, pour %lld comptes et %lld Mio de mémoire\n", size.accounts, size.memory_mib);
    print_memory(&size);
    print_journal(&size);
    print_work(&size);
    print_entrance();
    return CTL_OK;
}
