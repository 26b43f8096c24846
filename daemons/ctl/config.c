/* preauctl config: the values in force, and what is wrong with them. */
#include "ctl/output.h"

#include "runtime/memory.h"

#include <stdio.h>
#include <stdlib.h>

/* title: of the section; NULL: it has none. */
static json_t *key_json(const struct config *config, enum config_key key, const char *title)
{
    char *value = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&value, &size);
    if (out == NULL)
        abort(); /* no memory */
    config_print_value(config, key, out);
    (void)fclose(out);
    json_t *json =
        json_pack("{s:s, s:s, s:s}", "key", config_key_name(key), "value", value, "origin", config_origin(config, key));
    free(value);
    if (title != NULL)
        (void)json_object_set_new(json, "title", json_string(title));
    return json;
}

enum ctl_exit ctl_config_show(const struct ctl *ctl)
{
    if (!ctl->is_json) {
        config_print_values(ctl->config, stdout);
        return CTL_OK;
    }
    json_t *keys = json_array();
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        enum config_key key = (enum config_key)i;
        const char *titled = config_titled_section(key);
        if (titled == NULL)
            (void)json_array_append_new(keys, key_json(ctl->config, key, NULL));
        for (size_t n = 0; titled != NULL && n < config_titled_count(ctl->config, titled); n++)
            (void)json_array_append_new(
                keys, key_json(config_titled(ctl->config, titled, n), key, config_title(ctl->config, titled, n)));
    }
    ctl_print_json(json_pack("{s:o}", "keys", keys));
    return CTL_OK;
}

enum ctl_exit ctl_config_check(const struct ctl *ctl)
{
    struct config_problems problems = {0};
    struct config *config = config_load(ctl->files, ctl->file_count, NULL, &problems);
    bool is_right = config != NULL;
    config_free(&config);
    json_t *texts = json_array();
    for (size_t i = 0; i < problems.count; i++) {
        (void)json_array_append_new(texts, json_string(problems.texts[i]));
        if (!ctl->is_json)
            (void)fprintf(stderr, "%s\n", problems.texts[i]);
    }
    config_problems_clear(&problems);
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:b, s:o}", "correct", is_right, "problems", texts));
    else
        json_decref(texts);
    if (is_right && !ctl->is_json)
        (void)puts("configuration correcte");
    return is_right ? CTL_OK : CTL_NO;
}
