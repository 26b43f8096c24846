/* A document that grows from answer to answer in visit->document, and is sent once it is whole. */
#pragma once

#include "portal/visit.h"

/* Room for so many bytes more, and an end. */
void document_reserve(struct visit_document *document, size_t bytes);
void document_add(struct visit_document *document, const void *bytes, size_t length);
/* A row of a spreadsheet (domain/csv.h). */
void document_add_row(struct visit_document *document, const char *const *cells, size_t count);
/* Answers the visit. */
void document_send(struct visit *visit, const char *content_type, const char *file_name);
