#include "link/saml_xml.h"

#include "runtime/cleanup.h"

#include <string.h>

static const char blanks[] = " \t\r\n";

bool saml_is(const xmlNode *node, const char *space, const char *name)
{
    return node->type == XML_ELEMENT_NODE && node->ns && node->ns->href &&
           strcmp((const char *)node->ns->href, space) == 0 && strcmp((const char *)node->name, name) == 0;
}

static xmlNode *first_from(xmlNode *node, const char *space, const char *name)
{
    while (node && !saml_is(node, space, name)) {
        node = node->next;
    }
    return node;
}

xmlNode *saml_child(const xmlNode *parent, const char *space, const char *name)
{
    return first_from(parent->children, space, name);
}

xmlNode *saml_next(const xmlNode *node, const char *space, const char *name)
{
    return first_from(node->next, space, name);
}

size_t saml_count(const xmlNode *parent, const char *space, const char *name)
{
    size_t count = 0;
    for (const xmlNode *child = saml_child(parent, space, name); child; child = saml_next(child, space, name)) {
        count++;
    }
    return count;
}

xmlNode *saml_only_child(const xmlNode *parent, const char *space, const char *name)
{
    return saml_count(parent, space, name) == 1 ? saml_child(parent, space, name) : NULL;
}

/* The whole text of nodes that are texts. A document of ours has no comments, references or CDATA: they are refused
 * before it is read, so that one text is one node. NULL: something else is there too. */
static const char *only_text(const xmlNode *first)
{
    if (!first) {
        return "";
    }
    return first->type == XML_TEXT_NODE && !first->next && first->content ? (const char *)first->content : NULL;
}

const char *saml_attribute(const xmlNode *node, const char *name)
{
    const xmlAttr *attribute = xmlHasNsProp(node, (const xmlChar *)name, NULL);
    return attribute ? only_text(attribute->children) : NULL;
}

/* Where the text is, without the blanks around it; NULL: it is no text. */
static const char *trimmed(const xmlNode *node, size_t *out_length)
{
    const char *text = only_text(node->children);
    if (!text) {
        return NULL;
    }
    text += strspn(text, blanks);
    *out_length = strlen(text);
    while (*out_length > 0 && strchr(blanks, text[*out_length - 1])) {
        (*out_length)--;
    }
    return text;
}

bool saml_text(const xmlNode *node, char *out_text, size_t size)
{
    size_t length = 0;
    const char *text = trimmed(node, &length);
    if (!text || length >= size) {
        return false;
    }
    memcpy(out_text, text, length);
    out_text[length] = '\0';
    return true;
}

bool saml_says(const xmlNode *node, const char *text)
{
    size_t length = 0;
    const char *own = node ? trimmed(node, &length) : NULL;
    return own && strlen(text) == length && memcmp(own, text, length) == 0;
}
