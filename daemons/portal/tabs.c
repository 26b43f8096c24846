#include "portal/tabs.h"

#include "runtime/cleanup.h"

#include <stdio.h>
#include <string.h>

static const struct tab {
    const char *name, *label;
    int profile; /* of whose accounts it speaks; PROFILE_COUNT: of all that may be seen */
    bool delegating;
} tabs[] = {
    {"",             "Accueil",       PROFILE_COUNT,       false},
    {"responsables", "Responsables",  PROFILE_RESPONSABLE, false},
    {"eleves",       "Élèves",      PROFILE_ELEVE,       false},
    {"envois",       "Envois",        PROFILE_COUNT,       false},
    {"statistiques", "Statistiques",  PROFILE_COUNT,       false},
    {"delegations",  "Délégations", PROFILE_COUNT,       true },
};

const char *tab_of(enum account_profile profile)
{
    return profile == PROFILE_ELEVE ? "eleves" : "responsables";
}

bool tab_is_open(const struct listed_school *school, enum account_profile profile)
{
    return school->may[profile] && (profile != PROFILE_ELEVE || school->degree == DEGREE_2);
}

static bool is_there(const struct visit *visit, const struct tab *tab)
{
    const struct listed_school *school = &visit->school;
    return (tab->profile == PROFILE_COUNT || tab_is_open(school, (enum account_profile)tab->profile)) &&
           (!tab->delegating || role_may_delegate(visit->session.role));
}

static bool is_current(const struct visit *visit, const struct tab *tab, const char *href)
{
    const char *path = http_path(visit->request);
    size_t length = strlen(href);
    if (visit->tab) {
        return strcmp(visit->tab, tab->name) == 0;
    }
    if (tab->name[0] == '\0') { /* all the others are below it */
        return strcmp(path, href) == 0;
    }
    return strncmp(path, href, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

void tabs_fill(const struct visit *visit, struct view *layout)
{
    const struct listed_school *school = &visit->school;
    struct view *header = view_add(layout, "SCHOOL");
    view_set(header, "SCHOOL_NAME", school->name);
    view_set(header, "SCHOOL_CITY", school->city);
    view_set(header, "SCHOOL_UAI", school->uai.text);
    if (school->has_others) {
        view_show(header, "CHANGE");
    }
    for (size_t i = 0; i < ARRAY_LENGTH(tabs); i++) {
        if (!is_there(visit, &tabs[i])) {
            continue;
        }
        char href[80];
        snprintf(href, sizeof href, "/etablissements/%s%s%s", school->uai.text, tabs[i].name[0] != '\0' ? "/" : "",
            tabs[i].name);
        struct view *tab = view_add(header, "TAB");
        view_set(tab, "HREF", href);
        view_set(tab, "LABEL", tabs[i].label);
        if (is_current(visit, &tabs[i], href)) {
            view_show(tab, "CURRENT");
        }
    }
}
