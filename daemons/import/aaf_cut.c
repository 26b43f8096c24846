#include "import/aaf_cut.h"

#include "import/aaf_request.h"
#include "runtime/memory.h"

#include <string.h>

enum {
    STEP = 2048, /* about what ends a request, copied at once */
    BLANK_MAX = 256
};

struct aaf_cut {
    struct aaf_cut_handler handler;
    bool is_ended; /* by the handler */
    size_t held_length;
    char held[AAF_REQUEST_MAX]; /* what may become a request */
};

struct aaf_cut *aaf_cut_new(const struct aaf_cut_handler *handler)
{
    struct aaf_cut *cut = checked_malloc(sizeof *cut);
    cut->handler = *handler;
    cut->is_ended = false;
    cut->held_length = 0;
    return cut;
}

void aaf_cut_free(struct aaf_cut **cut)
{
    memory_free(cut);
}

static size_t rest_give(struct aaf_cut *cut, const char *bytes, size_t length)
{
    cut->is_ended = !cut->handler.rest(cut->handler.arg, bytes, length);
    return length;
}

/* Gives the next of these bytes, as many as make one thing. Returns how many; 0: more must come first. */
static size_t next_give(struct aaf_cut *cut, const char *bytes, size_t length)
{
    const struct aaf_cut_handler *handler = &cut->handler;
    size_t blank = aaf_blank_length(bytes, length);
    enum aaf_begin begins = aaf_request_begins(bytes + blank, length - blank);
    bool may_wait = length < AAF_REQUEST_MAX;
    if (blank > BLANK_MAX) {
        return rest_give(cut, bytes, blank);
    }
    if (begins == AAF_BEGINS_SOON && may_wait) {
        return 0;
    }
    if (begins != AAF_BEGINS || !handler->is_between(handler->arg)) {
        return rest_give(cut, bytes, blank + aaf_request_next(bytes + blank, length - blank));
    }
    size_t room = length < AAF_REQUEST_MAX ? length : AAF_REQUEST_MAX;
    size_t whole = aaf_request_length(bytes + blank, room - blank);
    if (whole == 0 && may_wait) {
        return 0;
    }
    if (whole == 0) {
        /* no request ends here, so that none of those that may begin here is looked for again */
        return rest_give(cut, bytes, room - AAF_REQUEST_END);
    }
    cut->is_ended = !handler->request(handler->arg, bytes, blank, blank + whole);
    return blank + whole;
}

/* Gives what can be given, and returns how many bytes that was. */
static size_t give(struct aaf_cut *cut, const char *bytes, size_t length)
{
    size_t at = 0;
    for (size_t count = 1; at < length && count > 0 && !cut->is_ended; at += count) {
        count = next_give(cut, bytes + at, length - at);
    }
    return at;
}

/* Adds to what is held until that can be given. Returns how many of the bytes are done with. */
static size_t held_feed(struct aaf_cut *cut, const char *bytes, size_t length)
{
    size_t room = sizeof cut->held - cut->held_length;
    size_t count = length < STEP ? length : STEP;
    count = count < room ? count : room;
    memcpy(cut->held + cut->held_length, bytes, count);
    cut->held_length += count;
    size_t given = give(cut, cut->held, cut->held_length);
    size_t left = cut->held_length - given;
    if (given > 0 && left <= count) {
        cut->held_length = 0; /* the rest is seen again where it came from */
        return count - left;
    }
    memmove(cut->held, cut->held + given, left);
    cut->held_length = left;
    return count;
}

bool aaf_cut_feed(struct aaf_cut *cut, const char *bytes, size_t length)
{
    while (cut->held_length > 0 && length > 0 && !cut->is_ended) {
        size_t done = held_feed(cut, bytes, length);
        bytes += done;
        length -= done;
    }
    size_t given = give(cut, bytes, length);
    if (cut->is_ended) {
        return false;
    }
    if (given < length) {
        cut->held_length = length - given;
        memcpy(cut->held, bytes + given, cut->held_length);
    }
    return true;
}

bool aaf_cut_end(struct aaf_cut *cut)
{
    if (!cut->is_ended && cut->held_length > 0) {
        size_t length = cut->held_length;
        cut->held_length = 0;
        (void)rest_give(cut, cut->held, length);
    }
    return !cut->is_ended;
}

/* In lanes of a fixed number, which the compiler counts side by side: a night looks at every byte. */
int64_t aaf_lines(const char *bytes, size_t length)
{
    enum { LANES = 64, ROUNDS = UINT8_MAX };
    int64_t lines = 0;
    size_t at = 0;
    while (length - at >= LANES) {
        uint8_t counts[LANES] = {0};
        for (int round = 0; round < ROUNDS && length - at >= LANES; round++, at += LANES) {
            for (size_t i = 0; i < LANES; i++) {
                counts[i] = (uint8_t)(counts[i] + (bytes[at + i] == '\n'));
            }
        }
        for (size_t i = 0; i < LANES; i++) {
            lines += counts[i];
        }
    }
    for (; at < length; at++) {
        lines += bytes[at] == '\n';
    }
    return lines;
}

int64_t aaf_cut_lines(const struct aaf_cut *cut)
{
    return aaf_lines(cut->held, cut->held_length);
}
