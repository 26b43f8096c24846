#include "runtime/key_file.h"

#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/status.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct instant key_file_written(const char *path)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return (struct instant){0};
    return (struct instant){(int64_t)found.st_mtim.tv_sec * 1000000 + found.st_mtim.tv_nsec / 1000};
}

/* 0: no key of this purpose. */
static unsigned long number_of(const char *name, const char *purpose)
{
    size_t length = strlen(purpose);
    unsigned long number = 0;
    int end = 0;
    bool is_key = strncmp(name, purpose, length) == 0 && sscanf(name + length, "-%9lu.key%n", &number, &end) == 1 &&
                  end > 0 && name[length + (size_t)end] == '\0';
    return is_key ? number : 0;
}

struct instant key_file_newest(const char *directory, const char *purpose)
{
    DIR *folder = opendir(directory);
    if (folder == NULL)
        return (struct instant){0};
    unsigned long newest = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        unsigned long number = number_of(entry->d_name, purpose);
        newest = number > newest ? number : newest;
    }
    (void)closedir(folder);
    if (newest == 0)
        return (struct instant){0};
    char *path = checked_printf("%s/%s-%lu.key", directory, purpose, newest);
    struct instant written = key_file_written(path);
    memory_free(&path);
    return written;
}

void key_file_tell(struct status *status, const char *key, struct instant written)
{
    char name[64];
    char text[CLOCK_TEXT_SIZE];
    if (!instant_is_set(written))
        return;
    (void)snprintf(name, sizeof name, "key_%s_written", key);
    clock_format(written, text);
    status_text_set(status, name, text);
    metric_set(METRIC_KEY_WRITTEN, (double)written.us / 1e6, key);
}
