#include "import/inbox_exchange.h"

#include "import/tree.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Beside the folders of academies, which are numbers. */
static const char *const names[] = {".exchange-one", ".exchange-other"};

static int taken_open(const char *inbox)
{
    _cleanup_(memory_free) char *taken = checked_printf("%s/.taken", inbox);
    if (mkdir(taken, 0700) != 0 && errno != EEXIST) {
        return -1;
    }
    return open(taken, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Also what a look left that died. */
static void files_remove(int taken)
{
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        (void)unlinkat(taken, names[i], 0);
    }
}

static bool files_make(int taken)
{
    bool is_made = true;
    files_remove(taken);
    for (size_t i = 0; is_made && i < ARRAY_LENGTH(names); i++) {
        _cleanup_(descriptor_close) int file =
            openat(taken, names[i], O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        is_made = file >= 0;
    }
    return is_made;
}

/* What the kernel and file systems say who do not know it; any other error is of the moment. */
static bool is_unknown_to(int error)
{
    return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

static bool is_known_to_work(int taken, struct inbox_exchange *exchange, dev_t *out_device)
{
    struct stat status;
    *out_device = fstat(taken, &status) == 0 ? status.st_dev : 0;
    return exchange->works && exchange->device == *out_device;
}

void inbox_exchange_look(
    const struct inbox_options *options, struct inbox_exchange *exchange, char out_why[INBOX_EXCHANGE_TEXT_SIZE])
{
    dev_t device;
    out_why[0] = '\0';
    _cleanup_(descriptor_close) int taken = taken_open(options->inbox_directory);
    if (taken < 0 || is_known_to_work(taken, exchange, &device)) {
        return;
    }
    exchange->works = false;
    if (files_make(taken)) {
        exchange->works = renameat2(taken, names[0], taken, names[1], RENAME_EXCHANGE) == 0;
        if (!exchange->works && is_unknown_to(errno)) {
            (void)snprintf(out_why, INBOX_EXCHANGE_TEXT_SIZE,
                "import.inbox_directory: its file system exchanges no names (RENAME_EXCHANGE: %s)", strerror(errno));
        }
        exchange->device = device;
    }
    files_remove(taken);
}
