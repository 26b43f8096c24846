/* Places where a crash test kills the process. FAULT_POINT("name") does nothing in a release build. In a test build,
 * the environment says where: PREAU_FAULT="name:3" at the third passage of that point, "name" at the first, "#17" at
 * the 17th passage of any point. The process then kills itself with SIGKILL: no handler, no flush, no goodbye.
 * The names are listed in fault_points.txt beside this header; a test holds the list and the sources together. */
#pragma once

#ifdef PREAU_TEST_BUILD
#define FAULT_POINT(name) fault_point_pass(name)
void fault_point_pass(const char *name);
#else
#define FAULT_POINT(name) ((void)0)
#endif
