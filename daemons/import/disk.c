#include "import/disk.h"

#include "runtime/cleanup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

bool disk_is_low(const struct inbox_options *options, size_t free_min, char out_text[DISK_TEXT_SIZE])
{
    const struct {
        const char *key, *path;
    } folders[] = {
        {"import.inbox_directory",   options->inbox_directory  },
        {"import.archive_directory", options->archive_directory},
        {"import.work_directory",    options->work_directory   },
    };
    uint64_t least = free_min;
    out_text[0] = '\0';
    for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
        struct statvfs room;
        if (statvfs(folders[i].path, &room) != 0) {
            (void)snprintf(out_text, DISK_TEXT_SIZE, "%s: %s", folders[i].key, strerror(errno));
            return true;
        }
        uint64_t left = (uint64_t)room.f_bavail * room.f_frsize;
        if (left < least) {
            least = left;
            (void)snprintf(
                out_text, DISK_TEXT_SIZE, "%s: %" PRIu64 " MiB left on its disk", folders[i].key, left >> 20);
        }
    }
    return out_text[0] != '\0';
}
