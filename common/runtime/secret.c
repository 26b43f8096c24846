/* Passwords, codes and tokens: one owner, wiped at the end. */
#include "runtime/secret.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_FILE_MAX = 64 * 1024 };

struct secret {
    size_t length;
    char text[];
};

void secret_wipe(void *bytes, size_t length)
{
    explicit_bzero(bytes, length);
}

void secret_text_free(char **text)
{
    if (*text == NULL)
        return;
    secret_wipe(*text, strlen(*text));
    free(*text);
    *text = NULL;
}

struct secret *secret_new(const char *bytes, size_t length)
{
    struct secret *secret = checked_malloc(sizeof *secret + length + 1);
    secret->length = length;
    if (length > 0)
        memcpy(secret->text, bytes, length);
    secret->text[length] = '\0';
    return secret;
}

void secret_free(struct secret **secret)
{
    if (*secret == NULL)
        return;
    secret_wipe((*secret)->text, (*secret)->length);
    free(*secret);
    *secret = NULL;
}

const char *secret_text(const struct secret *secret)
{
    return secret->text;
}

size_t secret_length(const struct secret *secret)
{
    return secret->length;
}

static void file_close(int *file)
{
    if (*file >= 0)
        (void)close(*file);
}

static bool read_whole(int file, const char *path, struct secret *secret, struct fault *fault)
{
    size_t length = 0;
    while (length < SECRET_FILE_MAX) {
        ssize_t bytes = read(file, secret->text + length, SECRET_FILE_MAX - length);
        if (bytes < 0)
            return fault_from_errno(fault, FAULT_IO, "read %s", path);
        if (bytes == 0)
            break;
        length += (size_t)bytes;
    }
    if (length == SECRET_FILE_MAX)
        return fault_set(fault, FAULT_LIMIT, "secret file %s is larger than 64 KiB", path);
    if (length > 0 && secret->text[length - 1] == '\n')
        length--;
    secret->length = length;
    secret->text[length] = '\0';
    return true;
}

bool secret_read_file(const char *path, struct secret **out_secret, struct fault *fault)
{
    _cleanup_(file_close) int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0)
        return fault_from_errno(fault, FAULT_IO, "open secret file %s", path);
    struct stat stat;
    if (fstat(file, &stat) != 0)
        return fault_from_errno(fault, FAULT_IO, "look at secret file %s", path);
    if ((stat.st_mode & S_IRWXO) != 0) {
        (void)fault_set(fault, FAULT_IO, "secret file %s is open to everybody", path);
        return fault_hint(fault, "chmod o-rwx %s", path);
    }
    _cleanup_(secret_free) struct secret *secret = checked_calloc(1, sizeof *secret + SECRET_FILE_MAX + 1);
    /* until the length is known the wipe covers the whole buffer */
    secret->length = SECRET_FILE_MAX;
    if (!read_whole(file, path, secret, fault))
        return false;
    *out_secret = secret_new(secret->text, secret->length);
    return true;
}
