#include "import/late.h"

#include "domain/text.h"

static struct late_academy *academy_make(struct late *late, academy_code academy)
{
    for (size_t i = 0; i < late->count; i++) {
        if (late->list[i].academy.v == academy.v) {
            return &late->list[i];
        }
    }
    if (late->count == LATE_ACADEMIES_MAX) {
        return NULL; /* there are fewer */
    }
    late->list[late->count] = (struct late_academy){.academy = academy};
    return &late->list[late->count++];
}

void late_expect(struct late *late, academy_code academy, struct instant now)
{
    struct late_academy *one = academy_make(late, academy);
    if (one && !instant_is_set(one->known)) {
        one->known = now;
    }
}

void late_succeed(struct late *late, academy_code academy, struct instant at)
{
    struct late_academy *one = academy_make(late, academy);
    if (one && instant_before(one->success, at)) {
        one->success = at;
    }
}

static bool is_late(const struct late_academy *one, struct instant now, struct duration after)
{
    struct instant since = instant_is_set(one->success) ? one->success : one->known;
    return duration_longer(instant_since(now, since), after);
}

size_t late_tell(const struct late *late, struct instant now, struct duration after, char out_text[LATE_TEXT_SIZE])
{
    size_t count = 0;
    struct text_builder text = text_begin(out_text, LATE_TEXT_SIZE);
    for (size_t i = 0; i < late->count; i++) {
        if (is_late(&late->list[i], now, after)) {
            text_add(&text, count == 0 ? "not integrated for too long: academy " : ", ");
            text_add_number(&text, (uint64_t)late->list[i].academy.v, 1);
            count++;
        }
    }
    return count;
}
