/* preauctl database init: roles, database, schema; what a server needs before the daemons, and nothing a second time. */
#include "ctl/database.h"

#include "ctl/house.h"
#include "ctl/migrate_told.h"
#include "ctl/output.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/prepare.h"
#include "store/server_state.h"

#include <stdio.h>
#include <string.h>

struct telling {
    const struct ctl *ctl;
    json_t *steps;
    unsigned changes; /* made, or wanted by a dry run */
};

static const char *const outcome_names[] = {
    [PREPARE_KEPT] = "kept", [PREPARE_DONE] = "done", [PREPARE_WANTED] = "wanted"};

/* what: for programs; words: the same in French, with its outcome. */
static void tell(
    struct telling *telling, const char *what, const char *name, enum prepare_outcome outcome, const char *words)
{
    telling->changes += outcome != PREPARE_KEPT;
    if (telling->ctl->is_json)
        (void)json_array_append_new(telling->steps,
            json_pack("{s:s, s:s, s:s}", "what", what, "name", name, "outcome", outcome_names[outcome]));
    else
        (void)printf("%s\n", words);
}

static void step_told(void *arg, enum prepare_what what, const char *name, enum prepare_outcome outcome)
{
    static const char *const names[] = {[PREPARE_ROLE] = "role",
        [PREPARE_LOGIN] = "login",
        [PREPARE_DATABASE] = "database",
        [PREPARE_ENTRANCE] = "entrance"};
    static const char *const words[][3] = {
        [PREPARE_ROLE] = {"rôle %s : déjà là",         "rôle %s : créé",                                "rôle %s : à créer"               },
        [PREPARE_LOGIN] = {"rôle %s : se connecte",        "rôle %s : droit de se connecter, rendu",
                          "rôle %s : droit de se connecter, à rendre"                                                                             },
        [PREPARE_DATABASE] = {"base %s : déjà là, en UTF8",
                          "base %s : créée (UTF8, C.UTF-8), fermée à qui n’est pas de Préau",           "base %s : à créer (UTF8, C.UTF-8)"},
        [PREPARE_ENTRANCE] = {"rôle %s : entre dans la base", "rôle %s : droit d’entrer dans la base, donné",
                          "rôle %s : droit d’entrer dans la base, à donner"                                                                     },
    };
    const char *form = words[what][outcome];
    const char *place = strstr(form, "%s");
    _cleanup_(memory_free) char *text = checked_printf("%.*s%s%s", (int)(place - form), form, name, place + 2);
    tell(arg, names[what], name, outcome, text);
}

static void migration_told(void *arg, int number, const char *name, bool done)
{
    if (!done)
        return;
    _cleanup_(memory_free) char *whole = checked_printf("%04d_%s", number, name);
    _cleanup_(memory_free) char *text = checked_printf("migration %s : appliquée", whole);
    tell(arg, "migration", whole, PREPARE_DONE, text);
}

/* --- the schema --- */

static bool schema_look(struct telling *telling, const char *conninfo, bool is_there, struct fault *fault)
{
    int applied = 0;
    if (is_there && !migrate_current(conninfo, &applied, fault))
        return false;
    _cleanup_(memory_free) char *name = checked_printf("%04d", migrate_wanted());
    _cleanup_(memory_free) char *text =
        applied == migrate_wanted()
            ? checked_printf("schéma : déjà à la migration %s", name)
            : checked_printf("schéma : %d migrations à appliquer, jusqu’à la %s", migrate_wanted() - applied, name);
    tell(telling, "schema", name, applied == migrate_wanted() ? PREPARE_KEPT : PREPARE_WANTED, text);
    return true;
}

static bool schema_make(struct telling *telling, const char *conninfo, struct fault *fault)
{
    int count = 0;
    const struct migrate_telling migrating = {
        .progress = migration_told, .waits = migrate_wait_told, .arg = telling, .patience = MIGRATE_PATIENCE};
    if (!migrate_run(conninfo, &migrating, &count, fault))
        return false;
    _cleanup_(memory_free) char *name = checked_printf("%04d", migrate_wanted());
    _cleanup_(memory_free) char *text =
        checked_printf("schéma : %s la migration %s", count == 0 ? "déjà à" : "à", name);
    tell(telling, "schema", name, PREPARE_KEPT, text);
    return true;
}

/* --- the command --- */

static void tell_end(const struct telling *telling, bool is_dry_run)
{
    if (telling->ctl->is_json) {
        ctl_print_json(json_pack("{s:b, s:b, s:i, s:O}", "dry_run", is_dry_run, "changed",
            telling->changes > 0 && !is_dry_run, "schema", migrate_wanted(), "steps", telling->steps));
        return;
    }
    if (telling->changes == 0)
        (void)printf("Rien à faire : la base est prête.\n");
    else if (is_dry_run)
        (void)printf("Essai : rien n’a été changé.\n");
    else
        (void)printf(
            "La base est prête. pg_hba.conf et les réglages conseillés : preauctl database init --print-settings\n");
}

static bool init(struct telling *telling, bool is_dry_run, struct fault *fault)
{
    const struct ctl *ctl = telling->ctl;
    const char *roles[HOUSE_COUNT + 1] = {[HOUSE_COUNT] = HOUSE_CTL_ROLE};
    for (size_t i = 0; i < HOUSE_COUNT; i++)
        roles[i] = house_daemons[i].role; /* the first is importd's, which works in temporary tables */
    const char *maintenance = ctl_value(ctl, "maintenance-db");
    const struct prepare_options options = {
        .conninfo = ctl_owner_conninfo(ctl),
        .maintenance = maintenance != NULL ? maintenance : "postgres",
        .roles = roles,
        .role_count = ARRAY_LENGTH(roles),
        .is_dry_run = is_dry_run,
        .progress = step_told,
        .arg = telling,
    };
    bool is_there = false;
    return prepare_server(&options, &is_there, fault) &&
           (is_dry_run ? schema_look(telling, options.conninfo, is_there, fault)
                       : schema_make(telling, options.conninfo, fault));
}

enum ctl_exit ctl_database_init(const struct ctl *ctl)
{
    struct fault fault = {0};
    struct telling telling = {.ctl = ctl};
    if (ctl_flag(ctl, "print-settings"))
        return ctl_database_print_settings(ctl);
    bool is_dry_run = ctl_flag(ctl, "dry-run");
    telling.steps = json_array();
    bool is_done = init(&telling, is_dry_run, &fault);
    if (is_done)
        tell_end(&telling, is_dry_run);
    json_decref(telling.steps);
    if (is_done)
        return CTL_OK;
    enum ctl_exit code = ctl_fail_fault(ctl, "préparation de la base", &fault);
    return fault.code == FAULT_UNAVAILABLE ? code : CTL_NO;
}
