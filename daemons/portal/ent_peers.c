#include "portal/ent_peers.h"

#include "domain/name.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACADEMY_SIZE = 64 };

struct choice {
    const char *name, *label;
    char academy[ACADEMY_SIZE];
    struct name_key academy_key, key; /* by which they are in order */
};

struct ent_peers {
    struct choice *list;
    size_t count;
};

static void academy_write(const struct config *config, char out_academy[ACADEMY_SIZE])
{
    academy_code academy;
    bool is_told = config_is_set(config, CONFIG_ENT_ACADEMY) &&
                   academy_parse(config_text(config, CONFIG_ENT_ACADEMY), &academy) && academy_label(academy);
    snprintf(
        out_academy, ACADEMY_SIZE, "%s", is_told ? academy_label(academy) : ""); /* linkd says what is wrong with it */
}

static int in_order(const void *a, const void *b)
{
    const struct choice *one = a, *other = b;
    int academies = strcmp(one->academy_key.text, other->academy_key.text);
    return academies != 0 ? academies : strcmp(one->key.text, other->key.text);
}

struct ent_peers *ent_peers_list(const struct config *config)
{
    static const char section[] = "ent";
    struct ent_peers *peers = checked_calloc(1, sizeof *peers);
    peers->count = config_titled_count(config, section);
    peers->list = checked_calloc(peers->count + 1, sizeof *peers->list);
    for (size_t i = 0; i < peers->count; i++) {
        const struct config *peer = config_titled(config, section, i);
        struct choice *choice = &peers->list[i];
        choice->name = config_title(config, section, i);
        choice->label = config_is_set(peer, CONFIG_ENT_LABEL) ? config_text(peer, CONFIG_ENT_LABEL) : choice->name;
        academy_write(peer, choice->academy);
        (void)name_key_make(choice->label, &choice->key);
        (void)name_key_make(choice->academy, &choice->academy_key);
    }
    qsort(peers->list, peers->count, sizeof *peers->list, in_order);
    return peers;
}

void ent_peers_free(struct ent_peers **peers)
{
    if (*peers) {
        memory_free(&(*peers)->list);
        memory_free(peers);
    }
}

bool ent_peers_are_any(const struct ent_peers *peers)
{
    return peers->count > 0;
}

const char *ent_peers_label(const struct ent_peers *peers, const char *name)
{
    for (size_t i = 0; i < peers->count; i++) {
        if (strcmp(peers->list[i].name, name) == 0) {
            return peers->list[i].label;
        }
    }
    return NULL;
}

void ent_peers_show(const struct ent_peers *peers, struct view *body)
{
    struct view *academy = NULL;
    for (size_t i = 0; i < peers->count; i++) {
        const struct choice *choice = &peers->list[i];
        if (!academy || strcmp(choice->academy, peers->list[i - 1].academy) != 0) {
            academy = view_add(body, "ACADEMY");
            view_set(academy, "ACADEMY_NAME", choice->academy);
        }
        struct view *peer = view_add(academy, "PEER");
        view_set(peer, "NAME", choice->name);
        view_set(peer, "LABEL", choice->label);
    }
}
