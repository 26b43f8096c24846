/* What a CAS server answers to /p3/serviceValidate (CAS protocol 3.0, 2.5 and 2.6). Pure. */
#pragma once

#include "link/ent_peer.h"

/* Once, before threads. */
void ent_cas_answer_begin(void);

/* attribute: its name, or a path of names with slashes where a peer nests XML in it; "": the user's name. An element is known by its
 * local name, directly below <attributes> or, as older servers write it, below <authenticationSuccess>. A document type is refused
 * before anything of it is read: no entity is declared, fetched or expanded.
 * Faults: MISSING (signed in, but without such an attribute, or with several values of it), PEER (the server says that it is
 * broken), else FORMAT. */
MUST_USE bool ent_cas_answer_read(
    const char *bytes, size_t length, const char *attribute, char out_key[ENT_KEY_SIZE], struct fault *fault);
/* It refuses the ticket that was asked for, as a CAS server that is well does of what is none. */
bool ent_cas_answer_refuses(const char *bytes, size_t length);
