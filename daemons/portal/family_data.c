/* All that the house holds of a person, as a file that the person keeps: the law's right of access. */
#include "portal/family.h"
#include "portal/handlers.h"
#include "portal/life_words.h"
#include "portal/page.h"
#include "runtime/cleanup.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <jansson.h>
#include <string.h>

static void json_free(json_t **json)
{
    json_decref(*json);
}

/* Each event as the pages say it, beside its code. */
static void life_say(json_t *data)
{
    size_t i;
    json_t *event;
    json_array_foreach(json_object_get(data, "historique"), i, event)
    {
        const char *words = life_words(json_string_value(json_object_get(event, "action")));
        if (words) {
            (void)json_object_set_new(event, "en_clair", json_string(words));
        }
    }
}

static void account_say(json_t *data)
{
    enum account_state state;
    json_t *account = json_object_get(data, "compte");
    const char *code = json_string_value(json_object_get(account, "etat"));
    if (code && state_from_code(code, &state)) {
        (void)json_object_set_new(account, "etat_en_clair", json_string(state_label(state)));
    }
}

/* What it is and where it comes from, in front of the rest. */
static json_t *whole_make(const struct visit *visit, json_t *data)
{
    json_t *whole =
        json_pack("{s:s, s:s}", "quoi", "Vos données dans Préau", "service", visit->portal->statements.address);
    (void)json_object_update(whole, data);
    return whole;
}

static void data_loaded(void *arg, const char *json, const struct fault *fault)
{
    struct visit *visit = arg;
    json_error_t error;
    if (!json) {
        page_fail(visit, fault);
        return;
    }
    _cleanup_(json_free) json_t *data = json_loads(json, 0, &error);
    if (!data) {
        struct fault wrong;
        fault_set(&wrong, FAULT_LIBRARY, "a person's data are no JSON: %s", error.text);
        page_fail(visit, &wrong);
        return;
    }
    life_say(data);
    account_say(data);
    _cleanup_(json_free) json_t *whole = whole_make(visit, data);
    char *text = json_dumps(whole, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    if (!text) {
        struct fault wrong;
        fault_set(&wrong, FAULT_LIBRARY, "a person's data cannot be written as JSON");
        page_fail(visit, &wrong);
        return;
    }
    log_event(LOG_NOTICE, "data_downloaded", F("academy", (int)visit->session.academy.v),
        F("account", visit->session.account));
    page_send_file(visit, "application/json; charset=utf-8", "mes-donnees-preau.json", text, strlen(text));
    secret_wipe(text, strlen(text));
    memory_free(&text);
}

void family_data_do(struct visit *visit)
{
    desk_load_data(visit->portal->store, family_owner(visit), data_loaded, visit);
}
