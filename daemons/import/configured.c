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

bool hold_configured(const struct config *config, struct import_hold_settings *out_settings, struct fault *fault)
{
    const struct import_hold_limits usual = {
        .departed_academy = (int)config_count(config, CONFIG_IMPORT_HOLD_DEPARTED_ACADEMY),
        .departed_school = (int)config_count(config, CONFIG_IMPORT_HOLD_DEPARTED_SCHOOL),
        .changed_academy = (int)config_count(config, CONFIG_IMPORT_HOLD_CHANGED_ACADEMY),
        .count_min = config_count(config, CONFIG_IMPORT_HOLD_COUNT_MIN),
    };
    struct import_hold_limits rentree = usual;
    rentree.departed_academy = (int)config_count(config, CONFIG_IMPORT_HOLD_DEPARTED_ACADEMY_RENTREE);
    rentree.departed_school = (int)config_count(config, CONFIG_IMPORT_HOLD_DEPARTED_SCHOOL_RENTREE);
    *out_settings = (struct import_hold_settings){.usual = usual, .rentree = rentree};
    return season_configured(
        config, CONFIG_IMPORT_RENTREE_BEGINS, CONFIG_IMPORT_RENTREE_ENDS, &out_settings->rentree_season, fault);
}
