/* The process dies where the crash test asked it to. */
#include "runtime/fault_point.h"

#ifdef PREAU_TEST_BUILD

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char wanted[64]; /* "" any point */
static long left;       /* passages until death; 0: never */

static void read_environment(void)
{
    const char *text = getenv("PREAU_FAULT");
    if (text == NULL || text[0] == '\0')
        return;
    if (text[0] == '#') {
        left = strtol(text + 1, NULL, 10);
        return;
    }
    size_t length = strcspn(text, ":");
    left = text[length] == ':' ? strtol(text + length + 1, NULL, 10) : 1;
    if (length < sizeof wanted)
        memcpy(wanted, text, length);
}

void fault_point_pass(const char *name)
{
    (void)pthread_once(&once, read_environment);
    if (left <= 0)
        return;
    (void)pthread_mutex_lock(&lock);
    bool is_here = wanted[0] == '\0' || strcmp(wanted, name) == 0;
    if (is_here && --left == 0) {
        (void)fprintf(stderr, "fault point %s: killed\n", name);
        (void)kill(getpid(), SIGKILL);
    }
    (void)pthread_mutex_unlock(&lock);
}

#else
/* a translation unit must hold something */
typedef int fault_point_nothing;
#endif
