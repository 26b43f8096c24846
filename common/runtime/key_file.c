#include "runtime/key_file.h"

#include "runtime/clock.h"
#include "runtime/credential.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "runtime/status.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The second line, which preauctl writes: a copy has times of its own. Not set: there is none, as in files of before. */
static struct instant date_inside(const char *path)
{
    char text[128] = "";
    struct tm date = {0};
    struct instant written = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0)
        return written;
    ssize_t length = read(file, text, sizeof text - 1);
    (void)close(file);
    const char *line = length > 0 ? strchr(text, '\n') : NULL;
    if (line != NULL && sscanf(line, " %4d-%2d-%2dT%2d:%2d:%2d", &date.tm_year, &date.tm_mon, &date.tm_mday,
                            &date.tm_hour, &date.tm_min, &date.tm_sec) == 6) {
        date.tm_year -= 1900;
        date.tm_mon -= 1;
        written.us = (int64_t)timegm(&date) * 1000000;
    }
    secret_wipe(text, sizeof text);
    return written;
}

struct instant key_file_written(const char *path)
{
    struct stat found;
    struct instant inside = date_inside(path);
    if (instant_is_set(inside))
        return inside;
    if (credential_is_at(path) || stat(path, &found) != 0)
        return (struct instant){0};
    return clock_instant(found.st_mtim);
}

/* 0: no key of this purpose. */
static unsigned long number_of(const char *name, const char *purpose)
{
    size_t given = sizeof KEY_FILE_GIVEN - 1;
    name += strncmp(name, KEY_FILE_GIVEN, given) == 0 ? given : 0;
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
    char *path = NULL;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        unsigned long number = number_of(entry->d_name, purpose);
        if (number > newest) {
            newest = number;
            memory_free(&path);
            path = checked_printf("%s/%s", directory, entry->d_name);
        }
    }
    (void)closedir(folder);
    struct instant written = path != NULL ? key_file_written(path) : (struct instant){0};
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
