#include "portal/academy_portals.h"

#include "domain/name.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LABEL_SIZE = 128,
    FEW = 6, /* as many are seen at a glance: a search would be in the way */
};

struct choice {
    const char *name;
    char label[LABEL_SIZE];
    struct name_key key; /* of the label, to be searched */
};

struct academy_portals {
    struct choice *list;
    size_t count;
};

static void label_make(const struct config *config, const char *name, char out_label[LABEL_SIZE])
{
    academy_code academy;
    bool is_told = config_is_set(config, CONFIG_ACADEMY_PORTAL_ACADEMY) &&
                   academy_parse(config_text(config, CONFIG_ACADEMY_PORTAL_ACADEMY), &academy);
    if (config_is_set(config, CONFIG_ACADEMY_PORTAL_LABEL)) {
        snprintf(out_label, LABEL_SIZE, "%s", config_text(config, CONFIG_ACADEMY_PORTAL_LABEL));
    } else if (is_told && academy_label(academy)) {
        snprintf(out_label, LABEL_SIZE, "Académie de %s", academy_label(academy));
    } else {
        snprintf(out_label, LABEL_SIZE, "%s", name); /* linkd says what is wrong with it */
    }
}

static int by_label(const void *a, const void *b)
{
    return strcmp(((const struct choice *)a)->key.text, ((const struct choice *)b)->key.text);
}

struct academy_portals *academy_portals_list(const struct config *config)
{
    static const char section[] = "academy_portal";
    struct academy_portals *portals = checked_calloc(1, sizeof *portals);
    portals->count = config_titled_count(config, section);
    portals->list = checked_calloc(portals->count + 1, sizeof *portals->list);
    for (size_t i = 0; i < portals->count; i++) {
        struct choice *choice = &portals->list[i];
        choice->name = config_title(config, section, i);
        label_make(config_titled(config, section, i), choice->name, choice->label);
        (void)name_key_make(choice->label, &choice->key);
    }
    qsort(portals->list, portals->count, sizeof *portals->list, by_label);
    return portals;
}

void academy_portals_free(struct academy_portals **portals)
{
    if (*portals) {
        memory_free(&(*portals)->list);
        memory_free(portals);
    }
}

static bool is_searched(const struct choice *choice, const struct name_key *searched)
{
    return !searched || name_key_has_words(&choice->key, searched);
}

static size_t choices_show(const struct academy_portals *portals, const struct name_key *searched, struct view *view)
{
    size_t shown = 0;
    for (size_t i = 0; i < portals->count; i++) {
        if (is_searched(&portals->list[i], searched)) {
            struct view *portal = view_add(view, "PORTAL");
            view_set(portal, "NAME", portals->list[i].name);
            view_set(portal, "LABEL", portals->list[i].label);
            shown++;
        }
    }
    return shown;
}

void academy_portals_show(struct visit *visit, struct view *body)
{
    const struct academy_portals *portals = visit->portal->academy_portals;
    const char *typed = http_query(visit->request, "academie");
    struct name_key searched;
    bool is_search = typed && name_key_make(typed, &searched);
    if (portals->count == 0) {
        return;
    }
    struct view *view = view_include(body, "PORTALS", "portails.html");
    view_show(body, "HAS_PORTALS");
    if (portals->count > FEW) {
        view_set(view_add(view, "SEARCH"), "TYPED", typed ? typed : "");
    }
    if (choices_show(portals, is_search ? &searched : NULL, view) == 0) {
        view_show(view, "NONE");
        (void)choices_show(portals, NULL, view);
    }
}
