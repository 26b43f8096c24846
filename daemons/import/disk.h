/* Is there room left where archives are dropped, put away and worked on, and may this daemon write there? */
#pragma once

#include "import/inbox.h"

#include <stddef.h>

enum { DISK_TEXT_SIZE = 240 };

/* Sets the metric of each folder's room. out_low: the folder with the least of it, when that is less than free_min bytes, and
 * how much is left; before all, the first whose room cannot be told or that cannot be written; "": all have enough. May wait for a file
 * system of the network. */
void disk_look(const struct inbox_options *options, size_t free_min, char out_low[DISK_TEXT_SIZE]);
