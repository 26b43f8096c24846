#include "notify/ahead.h"

/* What is set aside lasts for so long. */
#define STOCK MILLISECONDS(250)

unsigned ahead_of(unsigned begun, struct duration since, unsigned connections, unsigned most)
{
    int64_t stock = begun * STOCK.us / (since.us > 0 ? since.us : 1);
    if (stock < connections) {
        return connections < most ? connections : most;
    }
    return stock < most ? (unsigned)stock : most;
}
