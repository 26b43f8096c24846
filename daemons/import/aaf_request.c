#include "import/aaf_request.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static const char begin_tag[] = "<addRequest";
static const char end_tag[] = "</addRequest>";
enum { BEGIN_LENGTH = sizeof begin_tag - 1 };
_Static_assert(sizeof end_tag - 1 == AAF_REQUEST_END, "the end tag grew");

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

size_t aaf_blank_length(const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length && is_blank(bytes[at])) {
        at++;
    }
    return at;
}

enum aaf_begin aaf_request_begins(const char *bytes, size_t length)
{
    size_t known = length < BEGIN_LENGTH ? length : BEGIN_LENGTH;
    if (memcmp(bytes, begin_tag, known) != 0) {
        return AAF_BEGINS_NOT;
    }
    if (length <= BEGIN_LENGTH) {
        return AAF_BEGINS_SOON;
    }
    return bytes[BEGIN_LENGTH] == '>' || is_blank(bytes[BEGIN_LENGTH]) ? AAF_BEGINS : AAF_BEGINS_NOT;
}

size_t aaf_request_next(const char *bytes, size_t length)
{
    for (size_t at = 1; at < length; at++) {
        const char *tag = memchr(bytes + at, '<', length - at);
        if (!tag) {
            return length;
        }
        at = (size_t)(tag - bytes);
        if (aaf_request_begins(tag, length - at) != AAF_BEGINS_NOT) {
            return at;
        }
    }
    return length;
}

/* By the one letter that hardly anything else in AAF has: one byte is looked for many times faster than thirteen. */
size_t aaf_request_length(const char *bytes, size_t length)
{
    const char rare = 'q';
    const size_t before = (size_t)(strchr(end_tag, rare) - end_tag);
    for (size_t at = BEGIN_LENGTH + before; at < length; at++) {
        const char *found = memchr(bytes + at, rare, length - at);
        if (!found) {
            return 0;
        }
        at = (size_t)(found - bytes);
        if (length - at >= AAF_REQUEST_END - before && memcmp(found - before, end_tag, AAF_REQUEST_END) == 0) {
            return at - before + AAF_REQUEST_END;
        }
    }
    return 0;
}

/* --- what it tells --- */

struct rest {
    const char *at, *end;
};

static bool find(struct rest *rest, const char *text)
{
    const char *found = memmem(rest->at, (size_t)(rest->end - rest->at), text, strlen(text));
    rest->at = found ? found + strlen(text) : rest->end;
    return found != NULL;
}

static bool take(struct rest *rest, const char *text)
{
    size_t length = strlen(text);
    rest->at += aaf_blank_length(rest->at, (size_t)(rest->end - rest->at));
    if ((size_t)(rest->end - rest->at) < length || memcmp(rest->at, text, length) != 0) {
        return false;
    }
    rest->at += length;
    return true;
}

/* The text up to the next tag. */
static bool take_text(struct rest *rest, char out_text[AAF_REQUEST_TEXT_SIZE])
{
    const char *end = memchr(rest->at, '<', (size_t)(rest->end - rest->at));
    size_t length = end ? (size_t)(end - rest->at) : AAF_REQUEST_TEXT_SIZE;
    if (length >= AAF_REQUEST_TEXT_SIZE) {
        return false;
    }
    memcpy(out_text, rest->at, length);
    out_text[length] = '\0';
    rest->at = end;
    return true;
}

static bool take_value(struct rest *rest, const char *name, char out_text[AAF_REQUEST_TEXT_SIZE])
{
    return find(rest, name) && take(rest, ">") && take(rest, "<value>") && take_text(rest, out_text);
}

bool aaf_request_tell(const char *bytes, size_t length, uint64_t rules, struct aaf_request *out_request)
{
    struct rest rest = {bytes, bytes + length};
    char category[AAF_REQUEST_TEXT_SIZE];
    if (!take_value(&rest, "\"categoriePersonne\"", category)) {
        return false;
    }
    out_request->category = aaf_category_from_code(category);
    if ((out_request->category != AAF_PUPIL && out_request->category != AAF_GUARDIAN) || !find(&rest, "<id>") ||
        !take_text(&rest, out_request->id)) {
        return false;
    }
    out_request->structure[0] = '\0';
    if (out_request->category == AAF_PUPIL) {
        (void)take_value(&rest, "\"ENTPersonStructRattach\"", out_request->structure);
    }
    /* enough against chance; who forges one takes a change of his own back (docs/decisions/0013) */
    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits_withSeed(bytes, length, rules));
    _Static_assert(sizeof digest.digest == RECORD_DIGEST_SIZE, "one digest is like another");
    memcpy(out_request->digest, digest.digest, sizeof out_request->digest);
    return true;
}

bool aaf_request_is_of(const struct aaf_request *request, const struct aaf_record *record)
{
    const char *structure = record->category == AAF_PUPIL ? aaf_record_text(record, AAF_STRUCTURE) : NULL;
    return record->operation == AAF_ADD && request->category == record->category &&
           strcmp(request->id, record->id) == 0 && strcmp(request->structure, structure ? structure : "") == 0;
}
