/* Is there room left where archives are dropped, put away and worked on? */
#pragma once

#include "import/inbox.h"

#include <stddef.h>

enum { DISK_TEXT_SIZE = 240 };

/* The folder with the least room, when that is less than free_min bytes, or cannot be told: true, and out_text names it and
 * says how much is left. */
bool disk_is_low(const struct inbox_options *options, size_t free_min, char out_text[DISK_TEXT_SIZE]);
