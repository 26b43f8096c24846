/* The anonymous figures that anybody may have, as statsd gives them: kept for a while, since who asks is not known. */
#pragma once

struct open_figures;

struct open_figures *open_figures_new(void);
void open_figures_free(struct open_figures **figures);
