#include "import/overdue.h"

#include "domain/text.h"

static struct overdue_academy *academy_make(struct overdue *overdue, academy_code academy)
{
    for (size_t i = 0; i < overdue->count; i++) {
        if (overdue->list[i].academy.v == academy.v) {
            return &overdue->list[i];
        }
    }
    if (overdue->count == OVERDUE_ACADEMIES_MAX) {
        return NULL; /* there are fewer */
    }
    overdue->list[overdue->count] = (struct overdue_academy){.academy = academy};
    return &overdue->list[overdue->count++];
}

void overdue_expect(struct overdue *overdue, academy_code academy, struct instant now)
{
    struct overdue_academy *one = academy_make(overdue, academy);
    if (one && !instant_is_set(one->known)) {
        one->known = now;
    }
}

void overdue_succeed(struct overdue *overdue, academy_code academy, struct instant at)
{
    struct overdue_academy *one = academy_make(overdue, academy);
    if (one && instant_before(one->success, at)) {
        one->success = at;
    }
}

bool overdue_is_late(const struct overdue_academy *one, struct instant now, struct duration after)
{
    struct instant since = instant_is_set(one->success) ? one->success : one->known;
    return duration_longer(instant_since(now, since), after);
}

size_t overdue_tell(
    const struct overdue *overdue, struct instant now, struct duration after, char out_text[OVERDUE_TEXT_SIZE])
{
    size_t count = 0;
    struct text_builder text = text_begin(out_text, OVERDUE_TEXT_SIZE);
    for (size_t i = 0; i < overdue->count; i++) {
        if (overdue_is_late(&overdue->list[i], now, after)) {
            text_add(&text, count == 0 ? "not integrated for too long: academy " : ", ");
            text_add_number(&text, (uint64_t)overdue->list[i].academy.v, 1);
            count++;
        }
    }
    return count;
}
