/* Prints the table of queries as JSON: tests try each against the real schema. */
#include "store/query_table.h"

#include <jansson.h>
#include <stdio.h>

static json_t *query_json(const struct query_row *row)
{
    return json_pack("{s:s, s:s, s:s, s:i, s:b, s:b, s:b, s:s}", "name", row->name, "roles", row->roles, "types",
        row->types, "parameters", row->parameters, "changes", row->changes, "plain", row->plain, "scans", row->scans,
        "text", row->text);
}

int main(void)
{
    json_t *list = json_array();
    for (int i = 0; i < QUERY_COUNT; i++) {
        json_array_append_new(list, query_json(&query_table[i]));
    }
    json_dumpf(list, stdout, JSON_INDENT(1));
    json_decref(list);
    return 0;
}
