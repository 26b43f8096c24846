#include "link/saml_rules.h"

#include "runtime/cleanup.h"

#include <glib.h>
#include <string.h>

#define STATUS "urn:oasis:names:tc:SAML:2.0:status:"
#define BEARER "urn:oasis:names:tc:SAML:2.0:cm:bearer"
#define ENTITY "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"

static bool wrong(struct fault *fault, const char *what)
{
    return fault_set(fault, FAULT_FORMAT, "response: %s", what);
}

static bool attribute_says(const xmlNode *node, const char *name, const char *text)
{
    const char *own = saml_attribute(node, name);
    return own && strcmp(own, text) == 0;
}

/* --- times --- */

/* xs:dateTime with its zone. */
static bool time_parse(const char *text, struct instant *out_at)
{
    GDateTime *time = g_date_time_new_from_iso8601(text, NULL);
    if (time) {
        *out_at = (struct instant){g_date_time_to_unix(time) * 1000000 + g_date_time_get_microsecond(time)};
        g_date_time_unref(time);
    }
    return time != NULL;
}

static struct instant earlier(struct instant a, struct instant b)
{
    return instant_before(a, b) ? a : b;
}

static bool has_begun(const xmlNode *node, const char *name, const struct saml_expected *expected)
{
    struct instant at;
    const char *text = saml_attribute(node, name);
    return !text || (time_parse(text, &at) && !instant_before(instant_add(expected->now, expected->skew), at));
}

/* The end of what has one: not passed, and *until is no later. False too when the time cannot be read. */
static bool lasts(const xmlNode *node, const char *name, const struct saml_expected *expected, struct instant *until)
{
    struct instant at;
    const char *text = saml_attribute(node, name);
    if (!text) {
        return true;
    }
    if (!time_parse(text, &at) || !instant_before(expected->now, instant_add(at, expected->skew))) {
        return false;
    }
    *until =
        instant_is_set(*until) ? earlier(*until, instant_add(at, expected->skew)) : instant_add(at, expected->skew);
    return true;
}

/* --- the response --- */

/* What the status says beside a success. The words are the standard's (Core 3.2.2.2). */
static bool not_a_success(const xmlNode *code, struct fault *fault)
{
    static const char *const of_the_person[] = {STATUS "AuthnFailed", STATUS "RequestDenied", STATUS "NoPassive",
        STATUS "NoAuthnContext", STATUS "UnknownPrincipal", STATUS "RequestUnsupported"};
    const xmlNode *second = saml_child(code, SAML_PROTOCOL, "StatusCode");
    const xmlNode *const codes[] = {code, second};
    for (size_t i = 0; i < ARRAY_LENGTH(codes) && codes[i]; i++) {
        for (size_t k = 0; k < ARRAY_LENGTH(of_the_person); k++) {
            if (attribute_says(codes[i], "Value", of_the_person[k])) {
                return fault_set(fault, FAULT_BUSY, "response: status %s", of_the_person[k] + strlen(STATUS));
            }
        }
    }
    if (attribute_says(code, "Value", STATUS "Responder")) {
        return fault_set(fault, FAULT_PEER, "response: status Responder");
    }
    return wrong(fault, attribute_says(code, "Value", STATUS "Requester")
                            ? "status Requester: it takes our request for wrong"
                            : "a status that is not understood");
}

static bool status_is_success(const xmlNode *response, struct fault *fault)
{
    const xmlNode *status = saml_only_child(response, SAML_PROTOCOL, "Status");
    const xmlNode *code = status ? saml_only_child(status, SAML_PROTOCOL, "StatusCode") : NULL;
    if (!code) {
        return wrong(fault, "without its status");
    }
    return attribute_says(code, "Value", STATUS "Success") || not_a_success(code, fault);
}

static bool issuer_is(const xmlNode *node, const char *issuer)
{
    const xmlNode *said = saml_only_child(node, SAML_ASSERTION, "Issuer");
    const char *format = said ? saml_attribute(said, "Format") : NULL;
    return said && saml_says(said, issuer) && (!format || strcmp(format, ENTITY) == 0);
}

static bool destination_is_right(const struct saml_document *document, const struct saml_expected *expected)
{
    const char *destination = saml_attribute(document->response, "Destination");
    return destination ? strcmp(destination, expected->recipient) == 0 : !document->is_response_signed;
}

static bool response_is_right(
    const struct saml_document *document, const struct saml_expected *expected, struct fault *fault)
{
    const xmlNode *response = document->response;
    if (!attribute_says(response, "Version", "2.0")) {
        return wrong(fault, "not of SAML 2.0");
    }
    if (!attribute_says(response, "InResponseTo", expected->request_id)) {
        return wrong(fault, "answers another request, or none");
    }
    if (!destination_is_right(document, expected)) {
        return wrong(fault, "meant for another address");
    }
    if (saml_count(response, SAML_ASSERTION, "Issuer") > 0 && !issuer_is(response, expected->issuer)) {
        return wrong(fault, "of another issuer");
    }
    if (!has_begun(response, "IssueInstant", expected)) {
        return wrong(fault, "issued in the future");
    }
    return status_is_success(response, fault);
}

/* --- the assertion --- */

static bool conditions_hold(
    const xmlNode *assertion, const struct saml_expected *expected, struct instant *until, struct fault *fault)
{
    static const char *const known[] = {"AudienceRestriction", "OneTimeUse", "ProxyRestriction"};
    const xmlNode *conditions = saml_only_child(assertion, SAML_ASSERTION, "Conditions");
    size_t audiences = 0;
    if (!conditions) {
        return wrong(fault, "an assertion without its conditions");
    }
    if (!has_begun(conditions, "NotBefore", expected)) {
        return wrong(fault, "an assertion that is not good yet");
    }
    if (!lasts(conditions, "NotOnOrAfter", expected, until)) {
        return wrong(fault, "an assertion that is over");
    }
    for (const xmlNode *one = conditions->children; one; one = one->next) {
        bool is_known = one->type != XML_ELEMENT_NODE;
        for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
            is_known = is_known || saml_is(one, SAML_ASSERTION, known[i]);
        }
        if (!is_known) {
            return wrong(fault, "a condition that is not understood");
        }
    }
    for (const xmlNode *one = saml_child(conditions, SAML_ASSERTION, "AudienceRestriction"); one;
         one = saml_next(one, SAML_ASSERTION, "AudienceRestriction")) {
        const xmlNode *audience = saml_child(one, SAML_ASSERTION, "Audience");
        while (audience && !saml_says(audience, expected->audience)) {
            audience = saml_next(audience, SAML_ASSERTION, "Audience");
        }
        if (!audience) {
            return wrong(fault, "an assertion for somebody else");
        }
        audiences++;
    }
    return audiences > 0 || wrong(fault, "an assertion for anybody");
}

/* One that says: to whoever brings it, here, now, and for this request. */
static bool confirmation_holds(const xmlNode *confirmation, const struct saml_expected *expected, struct instant *until)
{
    const xmlNode *data = saml_only_child(confirmation, SAML_ASSERTION, "SubjectConfirmationData");
    return attribute_says(confirmation, "Method", BEARER) && data &&
           attribute_says(data, "Recipient", expected->recipient) &&
           attribute_says(data, "InResponseTo", expected->request_id) && saml_attribute(data, "NotOnOrAfter") &&
           has_begun(data, "NotBefore", expected) && lasts(data, "NotOnOrAfter", expected, until);
}

static bool subject_is_confirmed(const xmlNode *subject, const struct saml_expected *expected, struct instant *until)
{
    const xmlNode *one = saml_child(subject, SAML_ASSERTION, "SubjectConfirmation");
    while (one && !confirmation_holds(one, expected, until)) {
        one = saml_next(one, SAML_ASSERTION, "SubjectConfirmation");
    }
    return one != NULL;
}

static bool assertion_is_right(
    const xmlNode *assertion, const struct saml_expected *expected, struct instant *until, struct fault *fault)
{
    const xmlNode *subject = saml_only_child(assertion, SAML_ASSERTION, "Subject");
    const xmlNode *statement = saml_child(assertion, SAML_ASSERTION, "AuthnStatement");
    if (!attribute_says(assertion, "Version", "2.0") || !issuer_is(assertion, expected->issuer)) {
        return wrong(fault, "an assertion of another issuer");
    }
    if (!has_begun(assertion, "IssueInstant", expected)) {
        return wrong(fault, "an assertion issued in the future");
    }
    if (!conditions_hold(assertion, expected, until, fault)) {
        return false;
    }
    if (!subject || !subject_is_confirmed(subject, expected, until)) {
        return wrong(fault, "an assertion that is not for this address, this request and this hour");
    }
    if (!statement || !lasts(statement, "SessionNotOnOrAfter", expected, until)) {
        return wrong(fault, "an assertion of nobody who signed in");
    }
    return true;
}

/* --- who it is --- */

static bool no_key(struct fault *fault, const char *what)
{
    return fault_set(fault, FAULT_MISSING, "response: %s", what);
}

static bool take_key(const xmlNode *node, struct saml_person *out_person, struct fault *fault)
{
    return (saml_text(node, out_person->key, sizeof out_person->key) && out_person->key[0] != '\0') ||
           no_key(fault, "the key is empty, long, or holds elements");
}

static bool is_key(const xmlNode *attribute, const char *name)
{
    return attribute_says(attribute, "Name", name) || attribute_says(attribute, "FriendlyName", name);
}

/* The one attribute of that name, whatever statement it is in. */
static bool key_from_attributes(
    const xmlNode *assertion, const char *name, struct saml_person *out_person, struct fault *fault)
{
    const xmlNode *found = NULL;
    for (const xmlNode *statement = saml_child(assertion, SAML_ASSERTION, "AttributeStatement"); statement;
         statement = saml_next(statement, SAML_ASSERTION, "AttributeStatement")) {
        for (const xmlNode *one = saml_child(statement, SAML_ASSERTION, "Attribute"); one;
             one = saml_next(one, SAML_ASSERTION, "Attribute")) {
            if (is_key(one, name) && found) {
                return no_key(fault, "the attribute of the key stands there twice");
            }
            found = is_key(one, name) ? one : found;
        }
    }
    const xmlNode *value = found ? saml_only_child(found, SAML_ASSERTION, "AttributeValue") : NULL;
    if (!value) {
        return no_key(
            fault, found ? "the attribute of the key has no value, or several" : "without the attribute of the key");
    }
    return take_key(value, out_person, fault);
}

static bool key_from_name(const xmlNode *assertion, struct saml_person *out_person, struct fault *fault)
{
    const xmlNode *name =
        saml_only_child(saml_only_child(assertion, SAML_ASSERTION, "Subject"), SAML_ASSERTION, "NameID");
    return name ? take_key(name, out_person, fault) : no_key(fault, "without a NameID");
}

bool saml_rules_check(const struct saml_document *document, const struct saml_expected *expected,
    struct saml_person *out_person, struct fault *fault)
{
    const xmlNode *assertion = document->assertion;
    *out_person = (struct saml_person){0};
    if (!response_is_right(document, expected, fault)) {
        return false;
    }
    if (!assertion) {
        return wrong(fault, "without an assertion");
    }
    const char *id = saml_attribute(assertion, "ID");
    if (!assertion_is_right(assertion, expected, &out_person->until, fault)) {
        return false;
    }
    if (!id || strlen(id) >= sizeof out_person->assertion_id) {
        return wrong(fault, "an assertion whose ID is too long");
    }
    memcpy(out_person->assertion_id, id, strlen(id) + 1);
    return expected->key_attribute[0] == '\0'
               ? key_from_name(assertion, out_person, fault)
               : key_from_attributes(assertion, expected->key_attribute, out_person, fault);
}
