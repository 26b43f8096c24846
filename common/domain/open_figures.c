#include "domain/open_figures.h"

int64_t open_figure(int64_t accounts)
{
    return accounts - accounts % OPEN_FIGURES_STEP;
}
