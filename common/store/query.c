#include "store/query.h"

#include "runtime/memory.h"

char *query_prepare_statement(enum query query)
{
    const struct query_row *row = &query_table[query];
    return row->parameters ? checked_printf("prepare %s (%s) as\n%s", row->name, row->types, row->text)
                           : checked_printf("prepare %s as\n%s", row->name, row->text);
}
