#include "ctl/author.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

enum { PASSWD_SIZE = 4096 };

void ctl_author_write(const struct ctl *ctl, char out_name[static CTL_AUTHOR_SIZE])
{
    char buffer[PASSWD_SIZE];
    struct passwd entry;
    struct passwd *found = NULL;
    const char *given = ctl_value(ctl, "by");
    if (given != NULL && given[0] != '\0')
        (void)snprintf(out_name, CTL_AUTHOR_SIZE, "%s", given);
    else if (getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
        (void)snprintf(out_name, CTL_AUTHOR_SIZE, "%s", found->pw_name);
    else
        (void)snprintf(out_name, CTL_AUTHOR_SIZE, "uid %ld", (long)getuid());
}
