/* What the configuration says of the import, as the rules want it. */
#pragma once

#include "domain/import_hold.h"
#include "domain/season.h"
#include "runtime/attributes.h"
#include "runtime/config.h"
#include "runtime/fault.h"

/* A window of two keys of days (JJ/MM). Fault CONFIG when one of them is no day. */
MUST_USE bool season_configured(const struct config *config, enum config_key begins, enum config_key ends,
    struct season *out_season, struct fault *fault);

/* When a delivery is held. Fault CONFIG. */
MUST_USE bool hold_configured(
    const struct config *config, struct import_hold_settings *out_settings, struct fault *fault);
