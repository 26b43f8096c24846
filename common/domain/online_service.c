#include "domain/online_service.h"

#include "domain/text.h"

#include <string.h>

static bool academy_is_listed(const struct service_audience *audience, academy_code academy)
{
    for (size_t i = 0; i < audience->academy_count; i++) {
        if (audience->academies[i].v == academy.v) {
            return true;
        }
    }
    return audience->academy_count == 0;
}

static bool school_is_listed(const struct service_audience *audience, const struct uai *uai)
{
    for (size_t i = 0; i < audience->school_count; i++) {
        if (uai_is_same(&audience->schools[i], uai)) {
            return true;
        }
    }
    return audience->school_count == 0;
}

bool service_fits(const struct service_audience *audience, enum account_profile profile, const struct schooling *where)
{
    return (audience->profiles == 0 || (audience->profiles & (1u << profile))) &&
           (audience->degrees == 0 || (audience->degrees & (1u << where->degree))) &&
           academy_is_listed(audience, where->academy) && school_is_listed(audience, &where->uai);
}

static bool is_name_letter(char letter)
{
    return text_is_ascii_letter(letter) || text_is_digit(letter) || letter == '-' || letter == '_' || letter == '.';
}

bool service_picture_is_valid(const char *name)
{
    static const char *const endings[] = {".svg", ".png", ".jpg", ".webp"};
    enum { NAME_MAX_LENGTH = 100 };
    size_t length = strlen(name);
    if (length > NAME_MAX_LENGTH || name[0] == '.') {
        return false;
    }
    for (const char *at = name; *at != '\0'; at++) {
        if (!is_name_letter(*at)) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t tail = strlen(endings[i]);
        if (length > tail && strcmp(name + length - tail, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}
