#include "runtime/credential.h"

#include "runtime/memory.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *credential_name(const char *text)
{
    static const char mark[] = "credential:";
    return strncmp(text, mark, sizeof mark - 1) == 0 ? text + sizeof mark - 1 : NULL;
}

/* systemd's own rule: a name of a file, in printable ASCII without a colon. */
bool credential_name_is_right(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > 255 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    for (const char *letter = name; *letter != '\0'; letter++)
        if (*letter < ' ' || *letter > '~' || *letter == ':' || *letter == '/')
            return false;
    return true;
}

const char *credential_directory(void)
{
    const char *directory = getenv("CREDENTIALS_DIRECTORY");
    return directory != NULL && directory[0] == '/' ? directory : NULL;
}

char *credential_path(const char *name)
{
    const char *directory = credential_directory();
    return directory != NULL ? checked_printf("%s/%s", directory, name) : NULL;
}

bool credential_is_at(const char *path)
{
    const char *directory = credential_directory();
    size_t length = directory != NULL ? strlen(directory) : 0;
    return length > 0 && strncmp(path, directory, length) == 0 && path[length] == '/';
}
