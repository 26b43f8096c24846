/* Lines of figures as messages. Pure: the messages live in the arena, whose overflow flag says whether all found room. */
#pragma once

#include "runtime/arena.h"
#include "statistics.pb-c.h"
#include "store/figures.h"

/* lines: at least FIGURES_DAY. */
void figures_pack_school(
    struct arena *arena, const struct figures_line *lines, size_t count, Preau__Statistics__GetSchoolReply *out_reply);
void figures_pack_academy(
    struct arena *arena, const struct figures_line *lines, size_t count, Preau__Statistics__GetAcademyReply *out_reply);
void figures_pack_nation(
    struct arena *arena, const struct figures_line *lines, size_t count, Preau__Statistics__GetNationReply *out_reply);
