#include "portal/filter.h"

#include "domain/name.h"
#include "domain/text.h"
#include "runtime/cleanup.h"

#include <string.h>

enum { WORDS_MAX = 16 };

/* Codes that no state or origin has narrow a list to nothing: the page then says so. */
static const char *or_nothing(const char *value)
{
    return value ? value : "";
}

void filter_from_query(const struct visit *visit, enum account_profile profile, struct filter *out_filter)
{
    *out_filter = (struct filter){
        .profile = profile,
        .name = or_nothing(http_query(visit->request, "nom")),
        .class = or_nothing(http_query(visit->request, "classe")),
        .state = or_nothing(http_query(visit->request, "etat")),
        .origin = or_nothing(http_query(visit->request, "origine")),
        .mail = or_nothing(http_query(visit->request, "courriel")),
    };
}

bool filter_from_form(const struct visit *visit, struct filter *out_filter)
{
    *out_filter = (struct filter){
        .name = or_nothing(http_form(visit->request, "nom")),
        .class = or_nothing(http_form(visit->request, "classe")),
        .state = or_nothing(http_form(visit->request, "etat")),
        .origin = or_nothing(http_form(visit->request, "origine")),
        .mail = or_nothing(http_form(visit->request, "courriel")),
    };
    const char *profile = http_form(visit->request, "profil");
    return profile && profile_from_code(profile, &out_filter->profile);
}

bool filter_narrows(const struct filter *filter)
{
    return filter->name[0] != '\0' || filter->class[0] != '\0' || filter->state[0] != '\0' ||
           filter->origin[0] != '\0' || filter->mail[0] != '\0';
}

struct listing_filter filter_listing(const struct visit *visit, const struct filter *filter)
{
    struct arena *arena = visit_arena(visit);
    const char **words = arena_alloc(arena, WORDS_MAX, sizeof *words);
    size_t count = 0;
    struct name_key key;
    if (name_key_make(filter->name, &key)) {
        char *text = arena_copy(arena, key.text);
        char *rest = NULL;
        for (char *word = strtok_r(text, " ", &rest); word && count < WORDS_MAX; word = strtok_r(NULL, " ", &rest)) {
            words[count++] = word;
        }
    }
    return (struct listing_filter){
        .profile = filter->profile,
        .words = words,
        .word_count = count,
        .class = filter->class,
        .state = filter->state,
        .origin = filter->origin,
        .mail = filter->mail,
    };
}

/* Percent-encoded for a query (RFC 3986 2.3: all but unreserved). */
static const char *encoded(struct arena *arena, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_alloc(arena, 3 * strlen(text) + 1, 1);
    char *at = out;
    if (!out) {
        return "";
    }
    for (; *text != '\0'; text++) {
        unsigned char one = (unsigned char)*text;
        if (text_is_ascii_letter(*text) || text_is_digit(*text) || strchr("-._~", *text)) {
            *at++ = *text;
        } else {
            *at++ = '%';
            *at++ = digits[one >> 4];
            *at++ = digits[one & 15];
        }
    }
    *at = '\0';
    return out;
}

const char *filter_tab(const struct filter *filter)
{
    return filter->profile == PROFILE_ELEVE ? "eleves" : "responsables";
}

const char *filter_href(const struct visit *visit, const struct filter *filter, int64_t page)
{
    struct arena *arena = visit_arena(visit);
    const struct {
        const char *name, *value;
    } pairs[] = {
        {"nom",      filter->name  },
        {"classe",   filter->class },
        {"etat",     filter->state },
        {"origine",  filter->origin},
        {"courriel", filter->mail  },
    };
    const char *href = arena_printf(arena, "/etablissements/%s/%s", visit->school.uai.text, filter_tab(filter));
    char mark = '?';
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        if (pairs[i].value[0] != '\0') {
            href = arena_printf(arena, "%s%c%s=%s", href, mark, pairs[i].name, encoded(arena, pairs[i].value));
            mark = '&';
        }
    }
    return page > 1 ? arena_printf(arena, "%s%cpage=%lld", href, mark, (long long)page) : href;
}
