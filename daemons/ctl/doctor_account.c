/* Looking in a process of its own: as a daemon would, since what root can read, a daemon may not, and a server lets in by
 * account; and within a time, since a server that stops in the middle of an answer is waited for without end. */
#include "ctl/doctor.h"

#include "runtime/clock.h"
#include "runtime/memory.h"

#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SAID_MAX = 256 * 1024 };

bool doctor_may_become(const char *account)
{
    return geteuid() == 0 && getpwnam(account) != NULL;
}

/* In the child. The groups are those of the account; the unit's own group (preau) is one of them. */
static bool become(const char *account)
{
    if (account == NULL || !doctor_may_become(account))
        return true;
    const struct passwd *entry = getpwnam(account);
    return entry != NULL && setenv("HOME", entry->pw_dir, 1) == 0 && /* where libpq looks for certificates */
           initgroups(account, entry->pw_gid) == 0 && setgid(entry->pw_gid) == 0 && setuid(entry->pw_uid) == 0;
}

/* Never returns: what the parent was doing is not done twice. It dies with its parent, whose own time may be over first; the
 * kernel forgets that wish when the account changes, so it comes last. */
static void child(int pipe_end, const char *account, doctor_look *look, void *arg)
{
    FILE *out = fdopen(pipe_end, "w");
    int code = DOCTOR_LOOK_NOT_BECOME;
    if (out != NULL && become(account) && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0) {
        code = look(arg, out);
        (void)fflush(out);
    }
    _exit(code);
}

/* Until the other end is closed, or the time is over: false. */
static bool take(int pipe_end, unsigned seconds, char *said)
{
    struct tick begun = clock_tick();
    size_t length = 0;
    for (;;) {
        struct pollfd one = {.fd = pipe_end, .events = POLLIN};
        int64_t left = (int64_t)seconds * 1000 - clock_since(begun).us / 1000;
        if (left <= 0 || poll(&one, 1, (int)left) == 0)
            return false;
        char bytes[512];
        ssize_t count = read(pipe_end, bytes, sizeof bytes);
        if (count <= 0)
            return count == 0;
        size_t room = SAID_MAX - 1 - length;
        size_t kept = (size_t)count < room ? (size_t)count : room;
        memcpy(said + length, bytes, kept);
        length += kept;
        said[length] = '\0';
    }
}

/* One that is killed in the middle of what a dead disk does not end is left to the kernel. */
static bool is_over(pid_t pid, int *out_how)
{
    enum { ROUNDS = 100 };
    const struct timespec pause = {.tv_nsec = 10000000}; /* 10 ms */
    for (int round = 0; round < ROUNDS; round++) {
        if (waitpid(pid, out_how, WNOHANG) == pid)
            return true;
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

int doctor_look_as(const char *account, unsigned seconds, doctor_look *look, void *arg, char **out_said)
{
    int ends[2];
    *out_said = checked_calloc(1, SAID_MAX);
    if (pipe(ends) != 0)
        return DOCTOR_LOOK_DEAD;
    (void)fflush(stdout); /* else the child would have it too */
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(ends[0]);
        child(ends[1], account, look, arg);
    }
    (void)close(ends[1]);
    bool is_whole = pid > 0 && take(ends[0], seconds, *out_said);
    (void)close(ends[0]);
    if (pid < 0)
        return DOCTOR_LOOK_DEAD;
    int how = 0;
    if (!is_whole)
        (void)kill(pid, SIGKILL);
    bool has_ended = is_over(pid, &how);
    if (!is_whole || !has_ended)
        return DOCTOR_LOOK_LATE;
    return WIFEXITED(how) ? WEXITSTATUS(how) : DOCTOR_LOOK_DEAD;
}
