#include "link/oidc_query.h"

#include <stdlib.h>
#include <string.h>

static FILE *out_open(char **text, size_t *length)
{
    FILE *out = open_memstream(text, length);
    if (!out) {
        abort(); /* out of memory */
    }
    return out;
}

static void out_close(FILE *out)
{
    if (fclose(out) != 0) {
        abort(); /* out of memory */
    }
}

/* All but the unreserved letters of RFC 3986; a blank is %20, which a form may write as well as "+". */
static void escape(FILE *out, const char *value)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *value != '\0'; value++) {
        if (strchr(unreserved, *value)) {
            (void)fputc(*value, out);
        } else {
            (void)fprintf(out, "%%%02X", (unsigned)(unsigned char)*value);
        }
    }
}

void oidc_query_begin(struct oidc_query *query, const char *start)
{
    *query = (struct oidc_query){.before = '\0'};
    query->out = out_open(&query->text, &query->length);
    (void)fputs(start, query->out);
    if (start[0] != '\0') {
        query->before = strchr(start, '?') ? '&' : '?'; /* an endpoint may have parameters of its own */
    }
}

void oidc_query_add(struct oidc_query *query, const char *name, const char *value)
{
    if (query->before != '\0') {
        (void)fputc(query->before, query->out);
    }
    query->before = '&';
    escape(query->out, name);
    (void)fputc('=', query->out);
    escape(query->out, value);
}

char *oidc_query_end(struct oidc_query *query)
{
    out_close(query->out);
    return query->text;
}

char *oidc_query_escape(const char *value)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = out_open(&text, &length);
    escape(out, value);
    out_close(out);
    return text;
}
