/* Walking through the elements of an XML document that was read (libxml2): by namespace and name, never by prefix. */
#pragma once

#include "runtime/attributes.h"

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#define SAML_ASSERTION "urn:oasis:names:tc:SAML:2.0:assertion"
#define SAML_PROTOCOL "urn:oasis:names:tc:SAML:2.0:protocol"
#define SAML_METADATA "urn:oasis:names:tc:SAML:2.0:metadata"
#define SAML_SIGNATURE "http://www.w3.org/2000/09/xmldsig#"

bool saml_is(const xmlNode *node, const char *space, const char *name);
/* The first child element of that name, the next one after `node`; NULL: none. */
xmlNode *saml_child(const xmlNode *parent, const char *space, const char *name);
xmlNode *saml_next(const xmlNode *node, const char *space, const char *name);
size_t saml_count(const xmlNode *parent, const char *space, const char *name);
/* The one child of that name; NULL when there is none or are several. */
xmlNode *saml_only_child(const xmlNode *parent, const char *space, const char *name);

/* The value of an attribute without a namespace, borrowed from the document; NULL: none. */
const char *saml_attribute(const xmlNode *node, const char *name);
/* The text of an element, without the blanks around it, into `out_text`. False: it holds elements, or is longer. */
MUST_USE bool saml_text(const xmlNode *node, char *out_text, size_t size);
/* The same text, by comparison: false also when the element holds elements, or there is none (NULL). */
bool saml_says(const xmlNode *node, const char *text);
