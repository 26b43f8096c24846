/* The request that a form stands for: sent twice by a double click, it is one request and gets one answer. */
#pragma once

#include "bus/service.h"
#include "portal/visit.h"
#include "template/template.h"

/* REQUEST: a random value for the form's hidden field `demande`; a page shown anew begins another request. */
void form_request_set(struct view *body);

/* Made of the session and of all that the form holds: what was corrected is another request, and nobody else's form is
 * ever this one. */
void form_request_id(const struct visit *visit, unsigned char out_id[REQUEST_ID_SIZE]);
