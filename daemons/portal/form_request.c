#include "portal/form_request.h"

#include "crypto/digest.h"
#include "crypto/random.h"

_Static_assert((int)RECORD_DIGEST_SIZE == (int)REQUEST_ID_SIZE, "a digest is the id");

void form_request_set(struct view *body)
{
    unsigned char id[UUID_SIZE];
    char text[UUID_TEXT_SIZE];
    uuid_make(id);
    uuid_write(id, text);
    view_set(body, "REQUEST", text);
}

void form_request_id(const struct visit *visit, unsigned char out_id[REQUEST_ID_SIZE])
{
    struct digest digest;
    const char *name;
    const char *value;
    digest_begin(&digest, RECORD_DIGEST_SIZE);
    digest_add_text(&digest, visit->session.csrf);
    for (size_t i = 0; http_form_each(visit->request, i, &name, &value); i++) {
        digest_add_text(&digest, name);
        digest_add_text(&digest, value);
    }
    digest_end(&digest, out_id);
}
