#include "import/configured.h"

static bool day_read(const struct config *config, enum config_key key, struct year_day *out_day, struct fault *fault)
{
    return year_day_parse(config_text(config, key), out_day) ||
           fault_set(fault, FAULT_CONFIG, "%s (%s): not a day, as 31/08 is", config_key_name(key),
               config_origin(config, key));
}

bool season_configured(const struct config *config, enum config_key begins, enum config_key ends,
    struct season *out_season, struct fault *fault)
{
    return day_read(config, begins, &out_season->begins, fault) && day_read(config, ends, &out_season->ends, fault);
}

static int share(const struct config *config, enum config_key key)
{
    return (int)config_count(config, key);
}

static struct import_hold_limits usual_configured(const struct config *config)
{
    return (struct import_hold_limits){
        .departed_academy = share(config, CONFIG_IMPORT_HOLD_DEPARTED_ACADEMY),
        .departed_school = share(config, CONFIG_IMPORT_HOLD_DEPARTED_SCHOOL),
        .changed_academy = share(config, CONFIG_IMPORT_HOLD_CHANGED_ACADEMY),
        .moved_academy = share(config, CONFIG_IMPORT_HOLD_MOVED_ACADEMY),
        .moved_school = share(config, CONFIG_IMPORT_HOLD_MOVED_SCHOOL),
        .links_academy = share(config, CONFIG_IMPORT_HOLD_LINKS_ACADEMY),
        .links_school = share(config, CONFIG_IMPORT_HOLD_LINKS_SCHOOL),
        .contacts_academy = share(config, CONFIG_IMPORT_HOLD_CONTACTS_ACADEMY),
        .count_min = config_count(config, CONFIG_IMPORT_HOLD_COUNT_MIN),
    };
}

static struct import_hold_limits rentree_configured(const struct config *config)
{
    struct import_hold_limits limits = usual_configured(config);
    limits.departed_academy = share(config, CONFIG_IMPORT_HOLD_DEPARTED_ACADEMY_RENTREE);
    limits.departed_school = share(config, CONFIG_IMPORT_HOLD_DEPARTED_SCHOOL_RENTREE);
    limits.moved_academy = share(config, CONFIG_IMPORT_HOLD_MOVED_ACADEMY_RENTREE);
    limits.moved_school = share(config, CONFIG_IMPORT_HOLD_MOVED_SCHOOL_RENTREE);
    limits.links_academy = share(config, CONFIG_IMPORT_HOLD_LINKS_ACADEMY_RENTREE);
    limits.links_school = share(config, CONFIG_IMPORT_HOLD_LINKS_SCHOOL_RENTREE);
    limits.contacts_academy = share(config, CONFIG_IMPORT_HOLD_CONTACTS_ACADEMY_RENTREE);
    return limits;
}

bool hold_configured(const struct config *config, struct import_hold_settings *out_settings, struct fault *fault)
{
    *out_settings = (struct import_hold_settings){
        .usual = usual_configured(config),
        .rentree = rentree_configured(config),
        .memory = config_duration(config, CONFIG_IMPORT_HOLD_MEMORY),
    };
    return season_configured(
        config, CONFIG_IMPORT_RENTREE_BEGINS, CONFIG_IMPORT_RENTREE_ENDS, &out_settings->rentree_season, fault);
}
