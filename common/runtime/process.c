#include "runtime/process.h"

#include "runtime/metric.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static void memory_measure(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return;
    long pages = 0; /* the second number of proc(5): resident */
    if (fscanf(file, "%*s %ld", &pages) == 1)
        metric_set(METRIC_PROCESS_MEMORY, (double)pages * (double)sysconf(_SC_PAGESIZE));
    (void)fclose(file);
}

static void files_measure(void)
{
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL)
        return;
    int count = -3; /* ".", "..", and the folder itself, which is open to be counted */
    while (readdir(folder) != NULL)
        count++;
    (void)closedir(folder);
    metric_set(METRIC_PROCESS_FILES, count);
}

void process_measure(void)
{
    struct rlimit files;
    memory_measure();
    files_measure();
    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        metric_set(METRIC_PROCESS_FILES_MAX, (double)files.rlim_cur);
}
