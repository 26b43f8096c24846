#include "store/passfile.h"

#include "runtime/memory.h"

#include <stddef.h>

char *passfile_of(const char *directory, const char *role)
{
    if (!directory || !role || directory[0] == '\0' || role[0] == '\0') {
        return NULL;
    }
    return checked_printf("%s/%s", directory, role);
}
