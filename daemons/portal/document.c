#include "portal/document.h"

#include "portal/page.h"
#include "runtime/memory.h"

#include <string.h>

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

void document_send(struct visit *visit, const char *content_type, const char *file_name)
{
    struct visit_document document = visit->document; /* the visit ends before the bytes are sent */
    visit->document = (struct visit_document){0};
    page_send_file(visit, content_type, file_name, document.bytes, document.length);
    memory_free(&document.bytes);
}
