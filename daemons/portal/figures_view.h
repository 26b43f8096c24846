/* What the figures of a school, of an academy and of the nation show alike: tables, charts, and how fresh they are. */
#pragma once

#include "domain/figure.h"
#include "portal/visit.h"
#include "statistics.pb-c.h"

#include <stddef.h>
#include <stdint.h>

/* Asks statsd for what that method gives of the school at hand. */
void figures_ask_school(struct visit *visit, const char *method, visit_answered *answered);
void figures_sum(
    Preau__Statistics__Cell *const *cells, size_t count, enum account_profile profile, struct figures *out_figures);
/* Of a message's field, whose values count from 1; false: none that this version knows. */
bool figures_profile(Preau__Profile sent, enum account_profile *out_profile);
bool figures_cell(const Preau__Statistics__Cell *cell, enum account_profile *out_profile, enum account_state *out_state,
    enum account_origin *out_origin);
/* FRESH, with COMPUTED_AT: when the snapshot was taken; STALE, when the last night has none. */
void figures_view_freshness(struct view *body, int64_t computed_at);
/* {{>STATES}}: chart and table of a profile's states by origin. */
void figures_view_states(struct view *body, enum account_profile profile, const struct figures *figures);
/* {{>CURVE}}: chart and table of activation since September. day: of the snapshot. Nothing without a point. */
void figures_view_curve(
    struct visit *visit, struct view *body, const char *day, Preau__Statistics__Curve *const *curves, size_t count);
/* The share of the profile, or NULL. */
const Preau__Statistics__Share *figures_share(
    Preau__Statistics__Share *const *shares, size_t count, enum account_profile profile);
/* SHARE, ACTIVE and ACCOUNTS: "42 %", "310", "738". */
void figures_view_share(struct view *view, int64_t active, int64_t accounts);
/* The same in one CELL more of the row, of nobody when the share is NULL: no row has fewer cells than its neighbours. */
void figures_view_share_of(struct view *row, const Preau__Statistics__Share *share);
