#include "import/disk.h"

#include "runtime/cleanup.h"
#include "runtime/metric.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

void disk_look(const struct inbox_options *options, size_t free_min, char out_low[DISK_TEXT_SIZE])
{
    const struct {
        const char *label, *path;
    } folders[] = {
        {"inbox",   options->inbox_directory  },
        {"archive", options->archive_directory},
        {"work",    options->work_directory   },
    };
    uint64_t least = free_min;
    bool is_unknown = false;
    out_low[0] = '\0';
    for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
        struct statvfs room;
        /* Where the unit's sandbox lets the daemon only read, no right of the folder tells it: only whoever stands in it. */
        if (statvfs(folders[i].path, &room) != 0 || access(folders[i].path, W_OK) != 0) {
            if (!is_unknown) {
                (void)snprintf(out_low, DISK_TEXT_SIZE, "import.%s_directory: %s", folders[i].label, strerror(errno));
            }
            is_unknown = true;
            continue;
        }
        uint64_t left = (uint64_t)room.f_bavail * room.f_frsize;
        metric_set(METRIC_DIRECTORY_FREE, (double)left, folders[i].label);
        if (left < least && !is_unknown) {
            least = left;
            (void)snprintf(out_low, DISK_TEXT_SIZE, "import.%s_directory: %" PRIu64 " MiB left on its disk",
                folders[i].label, left >> 20);
        }
    }
}
