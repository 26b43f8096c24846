#include "portal/document.h"

#include "domain/csv.h"
#include "portal/page.h"
#include "runtime/memory.h"

#include <string.h>

enum { ROW_COMMON = 1024 };

void document_reserve(struct visit_document *document, size_t bytes)
{
    size_t needed = document->length + bytes + 1;
    if (needed > document->size) {
        document->size = needed > 2 * document->size ? needed : 2 * document->size;
        document->bytes = checked_realloc(document->bytes, document->size, 1);
    }
}

void document_add(struct visit_document *document, const void *bytes, size_t length)
{
    document_reserve(document, length);
    memcpy(document->bytes + document->length, bytes, length);
    document->length += length;
}

void document_add_row(struct visit_document *document, const char *const *cells, size_t count)
{
    document_reserve(document, ROW_COMMON);
    size_t length = csv_row_write(cells, count, document->bytes + document->length, document->size - document->length);
    if (length >= document->size - document->length) {
        document_reserve(document, length);
        (void)csv_row_write(cells, count, document->bytes + document->length, document->size - document->length);
    }
    document->length += length;
}

void document_send(struct visit *visit, const char *content_type, const char *file_name)
{
    struct visit_document document = visit->document; /* the visit ends before the bytes are sent */
    visit->document = (struct visit_document){0};
    page_send_file(visit, content_type, file_name, document.bytes, document.length);
    memory_free(&document.bytes);
}
