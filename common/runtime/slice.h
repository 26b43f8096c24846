/* How long a thread wants the core at a time. Linux lets whoever wakes up with a shorter slice go first. It is no lower priority:
 * the share of the cores stays, so that other work starves nobody who waits for the thread. */
#pragma once

#include <stdbool.h>

/* Of the calling thread. False: not allowed here. Kernels before 6.12 know no slices, and let go first whoever woke up. */
bool slice_ask_longest(void);
