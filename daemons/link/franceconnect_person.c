#include "link/franceconnect_person.h"

#include "domain/name.h"
#include "link/oidc_json.h"

#include <stdio.h>
#include <string.h>

struct given {
    char names[FRANCECONNECT_GIVEN_MAX][NAME_SIZE]; /* each as it is matched */
    size_t count;
};

static void given_add(struct given *given, const char *name)
{
    struct name_key key;
    if (given->count < FRANCECONNECT_GIVEN_MAX && name_match_key_make(name, &key)) {
        snprintf(given->names[given->count++], NAME_SIZE, "%s", key.text);
    }
}

/* given_name has them all, with blanks between; given_name_array, where it is told, one by one. */
static void given_read(const json_t *claims, struct given *given)
{
    const json_t *list = json_object_get(claims, "given_name_array");
    const char *all = json_text(claims, "given_name");
    char copy[4 * NAME_SIZE];
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        given_add(given, name ? name : "");
    }
    if (given->count > 0 || !all || strlen(all) >= sizeof copy) {
        return;
    }
    snprintf(copy, sizeof copy, "%s", all);
    char *place = NULL;
    for (const char *name = strtok_r(copy, " ", &place); name; name = strtok_r(NULL, " ", &place)) {
        given_add(given, name);
    }
}

static bool is_known(const struct franceconnect_person *person, const char *name)
{
    for (size_t i = 0; i < person->name_count; i++) {
        if (strcmp(person->names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void name_add(struct franceconnect_person *person, const char *nom, const char *prenom)
{
    char name[REGISTRATION_NAME_SIZE];
    snprintf(name, sizeof name, "%s%s", nom, prenom);
    if (person->name_count < FRANCECONNECT_NAMES_MAX && !is_known(person, name)) {
        memcpy(person->names[person->name_count++], name, sizeof name);
    }
}

/* All runs of given names, each after the last name. */
static void names_add(struct franceconnect_person *person, const char *nom, const struct given *given)
{
    struct name_key key;
    if (!nom || !name_match_key_make(nom, &key)) {
        return;
    }
    for (size_t first = 0; first < given->count; first++) {
        char run[NAME_SIZE] = "";
        for (size_t last = first; last < given->count; last++) {
            size_t length = strlen(run);
            if (length + strlen(given->names[last]) >= sizeof run) {
                break; /* AAF has none so long */
            }
            snprintf(run + length, sizeof run - length, "%s", given->names[last]);
            name_add(person, key.text, run);
        }
    }
}

void franceconnect_person_read(const json_t *claims, struct franceconnect_person *out_person)
{
    struct given given = {.count = 0};
    const char *subject = json_text(claims, "sub");
    *out_person = (struct franceconnect_person){.name_count = 0};
    snprintf(out_person->subject, sizeof out_person->subject, "%s", subject ? subject : "");
    given_read(claims, &given);
    names_add(out_person, json_text(claims, "family_name"), &given);
    names_add(out_person, json_text(claims, "preferred_username"), &given);
}

bool franceconnect_person_is(const struct franceconnect_person *person, const char *nom, const char *prenom)
{
    struct name_key last, first;
    char name[REGISTRATION_NAME_SIZE];
    if (!name_match_key_make(nom, &last) || !name_match_key_make(prenom, &first)) {
        return false;
    }
    snprintf(name, sizeof name, "%s%s", last.text, first.text);
    return is_known(person, name);
}
