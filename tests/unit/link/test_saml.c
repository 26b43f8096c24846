/* Responses of a SAML identity provider: what is taken, and what strangers try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/saml.h"
#include "link/saml_metadata.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "saml_made.h"

#include <libxml/parser.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static struct made_keys peer_keys, next_keys, curve_keys, stranger_keys, own_keys, weak_keys, weak_curve_keys;
static struct saml_peer *peer;

static struct saml_peer *opened(const char *metadata, const struct made_keys *own, struct fault *fault)
{
    const struct saml_settings settings = {
        .entity_id = MADE_AUDIENCE,
        .back_url = MADE_RECIPIENT,
        .metadata = metadata,
        .key = own->key,
        .certificates = own->certificate,
    };
    return saml_peer_open(&settings, fault);
}

static int begin(void **state)
{
    (void)state;
    struct fault fault = {0};
    saml_begin();
    peer_keys = made_keys_new(2048);
    next_keys = made_keys_new(2048);
    curve_keys = made_keys_on_curve("P-256");
    stranger_keys = made_keys_new(2048);
    own_keys = made_keys_new(2048);
    weak_keys = made_keys_new(1024);
    weak_curve_keys = made_keys_on_curve("P-224");
    /* one key in use, two for later */
    _cleanup_(memory_free) char *metadata = made_metadata(
        (const char *const[]){peer_keys.certificate, next_keys.certificate, curve_keys.certificate, NULL});
    peer = opened(metadata, &own_keys, &fault);
    if (!peer) {
        print_error("%s\n", fault.text);
    }
    return peer ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    saml_peer_close(&peer);
    made_keys_free(&peer_keys);
    made_keys_free(&next_keys);
    made_keys_free(&curve_keys);
    made_keys_free(&stranger_keys);
    made_keys_free(&own_keys);
    made_keys_free(&weak_keys);
    made_keys_free(&weak_curve_keys);
    return 0;
}

/* --- asking --- */

static struct saml_person person;
static struct fault fault;

static bool is_taken_base64(const char *response, const char *key_attribute)
{
    const struct saml_answer answer = made_answer(response, key_attribute);
    fault = (struct fault){0};
    return saml_answer_read(peer, &answer, &person, &fault);
}

static bool is_taken(const char *xml)
{
    _cleanup_(memory_free) char *response = made_base64(xml);
    return is_taken_base64(response, "ENTPersonJointure");
}

static bool says(const struct made_words *words)
{
    _cleanup_(memory_free) char *xml = made_response(words, &peer_keys);
    return is_taken(xml);
}

static void is_refused(bool taken, enum fault_code code, const char *why)
{
    assert_false(taken);
    if (!strstr(fault.text, why)) {
        fail_msg("refused for another reason: %s", fault.text);
    }
    assert_int_equal(fault.code, code);
}

#define SAYS(member, value)                                                                                            \
    __extension__({                                                                                                    \
        struct made_words words_ = made_words();                                                                       \
        words_.member = (value);                                                                                       \
        says(&words_);                                                                                                 \
    })

/* --- what is right --- */

static void a_signed_assertion_says_who_it_is(void **state)
{
    (void)state;
    const struct made_words words = made_words();
    assert_true(says(&words));
    assert_string_equal(person.key, "AC-LYON$4711");
    assert_string_equal(person.assertion_id, "_assertion");
    /* the earlier end of the two, and the leeway */
    assert_int_equal(person.until.us, (int64_t)(MADE_NOW + 180 + 60) * 1000000);
}

static void a_signed_response_does_as_well(void **state)
{
    (void)state;
    struct made_words words = made_words();
    words.signs_assertion = false;
    words.signs_response = true;
    assert_true(says(&words));
    assert_string_equal(person.key, "AC-LYON$4711");
    words.signs_assertion = true;
    assert_true(says(&words));
}

static void the_peers_next_key_is_known(void **state)
{
    (void)state;
    const struct made_words words = made_words();
    _cleanup_(memory_free) char *xml = made_response(&words, &next_keys);
    assert_true(is_taken(xml));
}

static void a_key_on_a_curve_is_as_good(void **state)
{
    (void)state;
    struct made_words words = made_words();
    words.method = MADE_ECDSA_SHA256;
    _cleanup_(memory_free) char *xml = made_response(&words, &curve_keys);
    assert_true(is_taken(xml));
    assert_string_equal(person.key, "AC-LYON$4711");
}

static void stronger_digests_are_taken(void **state)
{
    (void)state;
    struct made_words words = made_words();
    words.method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
    words.digest = "http://www.w3.org/2001/04/xmlenc#sha512";
    assert_true(says(&words));
}

static void the_name_may_be_the_key(void **state)
{
    (void)state;
    struct made_words words = made_words();
    words.name_id = " 4711\n";
    _cleanup_(memory_free) char *xml = made_response(&words, &peer_keys);
    _cleanup_(memory_free) char *response = made_base64(xml);
    assert_true(is_taken_base64(response, ""));
    assert_string_equal(person.key, "4711");
}

static void a_friendly_name_names_the_attribute_too(void **state)
{
    (void)state;
    assert_true(SAYS(attributes, "<saml:Attribute Name=\"urn:oid:1.2.3\" FriendlyName=\"ENTPersonJointure\">"
                                 "<saml:AttributeValue>4712 &amp; 4713</saml:AttributeValue></saml:Attribute>"));
    assert_string_equal(person.key, "4712 & 4713");
}

static void clocks_may_differ_a_little(void **state)
{
    (void)state;
    assert_true(SAYS(not_before, "2026-09-01T08:00:59Z"));
    assert_true(SAYS(not_on_or_after, "2026-09-01T07:59:01.5+00:00"));
    assert_true(SAYS(confirmation_until, "2026-09-01T09:59:30+02:00"));
}

/* --- signatures --- */

static void an_unsigned_response_is_refused(void **state)
{
    (void)state;
    is_refused(SAYS(signs_assertion, false), FAULT_CRYPTO, "nobody signed it");
}

static void what_is_changed_after_the_signature_is_refused(void **state)
{
    (void)state;
    struct made_words words = made_words();
    for (int i = 0; i < 2; i++) {
        words.signs_response = i == 1;
        words.signs_assertion = i == 0;
        _cleanup_(memory_free) char *xml = made_response(&words, &peer_keys);
        _cleanup_(memory_free) char *changed = made_replaced(xml, "$4711", "$4712");
        is_refused(is_taken(changed), FAULT_CRYPTO, "signature is wrong");
    }
}

static void a_right_signature_does_not_make_up_for_a_wrong_one(void **state)
{
    (void)state;
    struct made_words words = made_words();
    words.signs_response = true;
    _cleanup_(memory_free) char *xml = made_response(&words, &peer_keys);
    _cleanup_(memory_free) char *changed =
        made_replaced(xml, "IssueInstant=\"2026-09-01T08:00:00Z\"", "IssueInstant=\"2026-09-01T08:00:01Z\"");
    is_refused(is_taken(changed), FAULT_CRYPTO, "signature is wrong");
}

static void a_strangers_key_is_refused_also_when_it_brings_itself(void **state)
{
    (void)state;
    struct made_words words = made_words();
    _cleanup_(memory_free) char *xml = made_response(&words, &stranger_keys);
    is_refused(is_taken(xml), FAULT_CRYPTO, "signature is wrong");
    const char *from = strchr(stranger_keys.certificate, '\n') + 1;
    _cleanup_(memory_free) char *info = checked_printf(
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>%.*s</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
        (int)(strstr(from, "-----") - from), from);
    words.key_info = info;
    _cleanup_(memory_free) char *with_key = made_response(&words, &stranger_keys);
    is_refused(is_taken(with_key), FAULT_CRYPTO, "signature is wrong");
}

static void algorithms_of_before_are_refused(void **state)
{
    (void)state;
    is_refused(SAYS(method, "http://www.w3.org/2000/09/xmldsig#rsa-sha1"), FAULT_CRYPTO, "method that is not taken");
    is_refused(SAYS(digest, "http://www.w3.org/2000/09/xmldsig#sha1"), FAULT_CRYPTO, "digest that is not taken");
    is_refused(SAYS(canonicalisation, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"), FAULT_CRYPTO,
        "canonicalisation that is not taken");
}

static void a_public_key_is_no_shared_secret(void **state)
{
    (void)state;
    const struct made_words words = made_words();
    _cleanup_(memory_free) char *xml = made_response(&words, &peer_keys);
    _cleanup_(memory_free) char *changed =
        made_replaced(xml, MADE_RSA_SHA256, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256");
    is_refused(is_taken(changed), FAULT_CRYPTO, "method that is not taken");
}

static void a_transform_that_calculates_is_refused(void **state)
{
    (void)state;
    const struct made_words words = made_words();
    static const char *const algorithms[] = {"http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/TR/1999/REC-xpath-19991116", "http://www.w3.org/2002/06/xmldsig-filter2"};
    _cleanup_(memory_free) char *xml = made_response(&words, &peer_keys);
    for (size_t i = 0; i < ARRAY_LENGTH(algorithms); i++) {
        _cleanup_(memory_free) char *changed =
            made_replaced(xml, "http://www.w3.org/2000/09/xmldsig#enveloped-signature", algorithms[i]);
        is_refused(is_taken(changed), FAULT_CRYPTO, "transform that is not taken");
    }
}

static void a_reference_leads_nowhere_else(void **state)
{
    (void)state;
    const struct made_words words = made_words();
    static const char *const uris[] = {"", "#_response", "http://ent.test/x", "file:///etc/passwd", "#xpointer(/)"};
    _cleanup_(memory_free) char *xml = made_response(&words, &peer_keys);
    for (size_t i = 0; i < ARRAY_LENGTH(uris); i++) {
        _cleanup_(memory_free) char *uri = checked_printf("URI=\"%s\"", uris[i]);
        _cleanup_(memory_free) char *changed = made_replaced(xml, "URI=\"#_assertion\"", uri);
        is_refused(is_taken(changed), FAULT_FORMAT, "something else than where it stands");
    }
}

/* --- signature wrapping (Somorovsky et al., "On Breaking SAML", 2012): XSW 1 to 8 --- */

/* The parts that the attacks are put together from. evil: with another key and another ID. */
struct parts {
    char *xml, *assertion, *signature, *bare, *evil;
};

static struct parts parts_of(bool signs_response)
{
    struct made_words words = made_words();
    struct parts parts;
    words.signs_response = signs_response;
    words.signs_assertion = !signs_response;
    parts.xml = made_response(&words, &peer_keys);
    parts.assertion = made_element(parts.xml, "saml:Assertion");
    parts.signature = made_element(parts.xml, "ds:Signature");
    parts.bare = signs_response ? checked_strdup(parts.assertion) : made_replaced(parts.assertion, parts.signature, "");
    _cleanup_(memory_free) char *other = made_replaced(parts.bare, "$4711", "$6666");
    parts.evil = made_replaced(other, "_assertion", "_evil");
    return parts;
}

static void parts_free(struct parts *parts)
{
    memory_free(&parts->xml);
    memory_free(&parts->assertion);
    memory_free(&parts->signature);
    memory_free(&parts->bare);
    memory_free(&parts->evil);
}

/* XSW 1 and 2: a forged response around, or beside, the one that was signed. */
static void a_response_within_a_response_is_refused(void **state)
{
    (void)state;
    _cleanup_(parts_free) struct parts parts = parts_of(true);
    _cleanup_(memory_free) char *original = made_replaced(parts.xml, parts.signature, "");
    const char *element = strstr(original, "<samlp:Response");
    _cleanup_(memory_free) char *with_object = checked_printf("%.*s<ds:Object>%s</ds:Object></ds:Signature>",
        (int)(strlen(parts.signature) - strlen("</ds:Signature>")), parts.signature, element);
    _cleanup_(memory_free) char *forged = made_replaced(original, parts.assertion, parts.evil);
    _cleanup_(memory_free) char *renamed = made_replaced(forged, "_response", "_forged");
    _cleanup_(memory_free) char *around = checked_printf("%s%s", with_object, parts.evil);
    _cleanup_(memory_free) char *one = made_replaced(renamed, parts.evil, around);
    is_refused(is_taken(one), FAULT_FORMAT, "assertions");
    _cleanup_(memory_free) char *beside = checked_printf("%s%s%s", parts.signature, element, parts.evil);
    _cleanup_(memory_free) char *two = made_replaced(renamed, parts.evil, beside);
    is_refused(is_taken(two), FAULT_FORMAT, "assertions");
}

/* XSW 3 to 6: a forged assertion before, around or beside the signed one. */
static void a_forged_assertion_beside_the_signed_one_is_refused(void **state)
{
    (void)state;
    _cleanup_(parts_free) struct parts parts = parts_of(false);
    _cleanup_(memory_free) char *before = checked_printf("%s%s", parts.evil, parts.assertion);
    _cleanup_(memory_free) char *after = checked_printf("%s%s", parts.assertion, parts.evil);
    _cleanup_(memory_free) char *around = made_replaced(parts.evil, "</saml:Issuer>", "</saml:Issuer><!>");
    _cleanup_(memory_free) char *child = made_replaced(around, "<!>", parts.assertion);
    _cleanup_(memory_free) char *signed_around = checked_printf("</saml:Issuer>%s%s", parts.signature, parts.bare);
    _cleanup_(memory_free) char *moved = made_replaced(parts.evil, "</saml:Issuer>", signed_around);
    _cleanup_(memory_free) char *object = checked_printf("</saml:Issuer>%.*s<ds:Object>%s</ds:Object></ds:Signature>",
        (int)(strlen(parts.signature) - strlen("</ds:Signature>")), parts.signature, parts.bare);
    _cleanup_(memory_free) char *in_object = made_replaced(parts.evil, "</saml:Issuer>", object);
    const char *const all[] = {before, after, child, moved, in_object};
    for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
        _cleanup_(memory_free) char *xml = made_replaced(parts.xml, parts.assertion, all[i]);
        is_refused(is_taken(xml), FAULT_FORMAT, "assertions");
    }
}

/* XSW 7 and 8: the signed one hidden where nobody looks. */
static void a_signed_assertion_that_is_hidden_is_refused(void **state)
{
    (void)state;
    _cleanup_(parts_free) struct parts parts = parts_of(false);
    _cleanup_(memory_free) char *extensions =
        checked_printf("<samlp:Extensions>%s</samlp:Extensions>%s", parts.assertion, parts.evil);
    _cleanup_(memory_free) char *seven = made_replaced(parts.xml, parts.assertion, extensions);
    is_refused(is_taken(seven), FAULT_FORMAT, "assertions");
    _cleanup_(memory_free) char *hidden = checked_printf("<samlp:Extensions>%s</samlp:Extensions>", parts.assertion);
    _cleanup_(memory_free) char *eight = made_replaced(parts.xml, parts.assertion, hidden);
    is_refused(is_taken(eight), FAULT_FORMAT, "hidden");
}

/* The evil one bears the signed one's name and its signature. */
static void a_name_that_stands_there_twice_is_refused(void **state)
{
    (void)state;
    _cleanup_(parts_free) struct parts parts = parts_of(false);
    _cleanup_(memory_free) char *named = made_replaced(parts.evil, "_evil", "_assertion");
    _cleanup_(memory_free) char *issuer = checked_printf("</saml:Issuer>%s", parts.signature);
    _cleanup_(memory_free) char *forged = made_replaced(named, "</saml:Issuer>", issuer);
    _cleanup_(memory_free) char *xml = made_replaced(parts.xml, parts.assertion, forged);
    is_refused(is_taken(xml), FAULT_CRYPTO, "signature is wrong");
    _cleanup_(memory_free) char *twice = made_replaced(xml, "ID=\"_response\"", "ID=\"_assertion\"");
    is_refused(is_taken(twice), FAULT_FORMAT, "twice");
    _cleanup_(memory_free) char *other = made_replaced(xml, "<saml:NameID>", "<saml:NameID xml:id=\"_assertion\">");
    is_refused(is_taken(other), FAULT_FORMAT, "identifier of another namespace");
}

static void a_signature_elsewhere_is_refused(void **state)
{
    (void)state;
    _cleanup_(parts_free) struct parts parts = parts_of(false);
    _cleanup_(memory_free) char *extensions =
        checked_printf("<samlp:Extensions>%s</samlp:Extensions><samlp:Status>", parts.signature);
    _cleanup_(memory_free) char *xml = made_replaced(parts.xml, "<samlp:Status>", extensions);
    is_refused(is_taken(xml), FAULT_FORMAT, "where none belongs");
    _cleanup_(memory_free) char *two = checked_printf("%s%s", parts.signature, parts.signature);
    _cleanup_(memory_free) char *doubled = made_replaced(parts.xml, parts.signature, two);
    is_refused(is_taken(doubled), FAULT_FORMAT, "signed twice");
}

/* --- XML --- */

static void comments_entities_and_instructions_are_refused_before_they_are_read(void **state)
{
    (void)state;
    const struct made_words words = made_words();
    _cleanup_(memory_free) char *xml = made_response(&words, &peer_keys);
    const char *element = strstr(xml, "<samlp:Response");
    /* canonicalisation drops it, so that the signature holds, and a reader that takes the first text reads another name */
    _cleanup_(memory_free) char *comment = made_replaced(xml, "$4711", "$47<!---->11");
    is_refused(is_taken(comment), FAULT_FORMAT, "comment");
    _cleanup_(memory_free) char *cdata = made_replaced(xml, "$4711", "<![CDATA[$4711]]>");
    is_refused(is_taken(cdata), FAULT_FORMAT, "CDATA");
    _cleanup_(memory_free) char *instruction = made_replaced(xml, "$4711", "$47<?x?>11");
    is_refused(is_taken(instruction), FAULT_FORMAT, "processing instruction");
    _cleanup_(memory_free) char *outside =
        checked_printf("<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>%s", element);
    is_refused(is_taken(outside), FAULT_FORMAT, "DTD");
    _cleanup_(memory_free) char *laughs = checked_printf(
        "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>%s", element);
    is_refused(is_taken(laughs), FAULT_FORMAT, "DTD");
    _cleanup_(memory_free) char *unknown = made_replaced(xml, "$4711", "&x;");
    is_refused(is_taken(unknown), FAULT_FORMAT, "no well-formed XML");
}

/* ASCII as UTF-16, with the mark of its order. The caller frees. */
static char *widened(const char *text, size_t *out_length)
{
    size_t length = strlen(text);
    char *wide = checked_calloc(length + 1, 2);
    wide[0] = '\xff';
    wide[1] = '\xfe';
    for (size_t i = 0; i < length; i++) {
        wide[2 * i + 2] = text[i];
    }
    *out_length = 2 * length + 2;
    return wide;
}

static void xml_free(xmlDoc **xml)
{
    xmlFreeDoc(*xml);
}

/* What libxml2 makes of it by itself: it heeds marks and declarations. */
static xmlDoc *read_freely(const char *bytes, size_t length)
{
    return xmlReadMemory(bytes, (int)length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

static bool is_taken_as_bytes(const char *bytes, size_t length)
{
    struct saml_document document;
    fault = (struct fault){0};
    bool is_taken = saml_document_read_xml(bytes, length, &document, &fault);
    saml_document_clear(&document);
    return is_taken;
}

/* A DTD whose bytes are not those that are looked for, before a response that is right. */
static void utf_16_hides_no_dtd(void **state)
{
    (void)state;
    const struct made_words words = made_words();
    _cleanup_(memory_free) char *xml = made_response(&words, &peer_keys);
    assert_true(is_taken_as_bytes(xml, strlen(xml)));
    _cleanup_(memory_free) char *declared =
        checked_printf("<!DOCTYPE r [<!ENTITY x \"y\">]>%s", strstr(xml, "<samlp:Response"));
    size_t length = 0;
    _cleanup_(memory_free) char *wide = widened(declared, &length);
    _cleanup_(xml_free) xmlDoc *freely = read_freely(wide, length);
    assert_true(freely && freely->intSubset);
    is_refused(is_taken_as_bytes(wide, length), FAULT_FORMAT, "NUL");
    _cleanup_(memory_free) char *plain = widened(strstr(xml, "<samlp:Response"), &length);
    is_refused(is_taken_as_bytes(plain, length), FAULT_FORMAT, "NUL"); /* without a DTD too */
}

/* UTF-7, as some parsers know it: no byte of it is one that is looked for. Heeded, it would be refused for what it holds. */
static void an_encoding_that_is_declared_is_not_heeded(void **state)
{
    (void)state;
    static const char hidden[] = "<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADw-a+AD4APA-/a+AD4-";
    _cleanup_(xml_free) xmlDoc *freely = read_freely(hidden, sizeof hidden - 1);
    assert_true(freely && strcmp((const char *)xmlDocGetRootElement(freely)->name, "a") == 0);
    is_refused(is_taken_as_bytes(hidden, sizeof hidden - 1), FAULT_FORMAT, "no well-formed");
}

static char *repeated(const char *before, const char *text, int count, const char *after)
{
    char *made = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&made, &length);
    assert_non_null(out);
    (void)fputs(before, out);
    for (int i = 0; i < count; i++) {
        (void)fputs(text, out);
    }
    (void)fputs(after, out);
    (void)fclose(out);
    return made;
}

static void size_depth_and_number_are_bounded(void **state)
{
    (void)state;
    _cleanup_(memory_free) char *large = checked_malloc(SAML_RESPONSE_MAX + 2);
    memset(large, 'A', SAML_RESPONSE_MAX + 1);
    large[SAML_RESPONSE_MAX + 1] = '\0';
    is_refused(is_taken_base64(large, ""), FAULT_LIMIT, "too long");
    _cleanup_(memory_free) char *deep = repeated("", "<a>", 40, "");
    _cleanup_(memory_free) char *closed = repeated(deep, "</a>", 40, "");
    is_refused(is_taken(closed), FAULT_LIMIT, "too deep");
    _cleanup_(memory_free) char *many = repeated("<b>", "<a/>", SAML_ELEMENTS_MAX + 1, "</b>");
    is_refused(is_taken(many), FAULT_LIMIT, "too many elements");
    _cleanup_(memory_free) char *equal = repeated("<b>", "=", 2001, "</b>");
    is_refused(is_taken(equal), FAULT_LIMIT, "too many attributes");
    char attributes[2][16 * (SAML_ATTRIBUTES_MAX + 1) + 1] = {"", ""};
    for (int i = 0; i <= SAML_ATTRIBUTES_MAX; i++) {
        size_t length[2] = {strlen(attributes[0]), strlen(attributes[1])};
        (void)snprintf(attributes[0] + length[0], sizeof attributes[0] - length[0], " a%d='1'", i);
        (void)snprintf(attributes[1] + length[1], sizeof attributes[1] - length[1], " xmlns:a%d='1'", i);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(attributes); i++) {
        _cleanup_(memory_free) char *wide = checked_printf("<a%s/>", attributes[i]);
        is_refused(is_taken(wide), FAULT_LIMIT, "too many attributes");
    }
}

static void garbage_is_refused(void **state)
{
    (void)state;
    is_refused(is_taken_base64("", ""), FAULT_LIMIT, "empty");
    is_refused(is_taken_base64("no base64 at all: %", ""), FAULT_FORMAT, "no base64");
    is_refused(is_taken_base64("AAAA", ""), FAULT_FORMAT, "NUL");
    is_refused(is_taken("<samlp:Response/>"), FAULT_FORMAT, "no well-formed XML");
    is_refused(is_taken("<a/>"), FAULT_FORMAT, "no Response");
    is_refused(
        is_taken("<Response xmlns=\"urn:oasis:names:tc:SAML:1.0:protocol\" ID=\"_1\"/>"), FAULT_FORMAT, "no Response");
}

static void what_is_encrypted_is_refused(void **state)
{
    (void)state;
    _cleanup_(parts_free) struct parts parts = parts_of(true);
    _cleanup_(memory_free) char *xml = made_replaced(parts.xml, parts.assertion, "<saml:EncryptedAssertion/>");
    is_refused(is_taken(xml), FAULT_FORMAT, "encrypted");
    is_refused(SAYS(attributes, "<saml:EncryptedAttribute/>"), FAULT_FORMAT, "encrypted");
}

/* --- what it must say --- */

static void a_response_for_others_is_refused(void **state)
{
    (void)state;
    is_refused(
        SAYS(conditions,
            "<saml:AudienceRestriction><saml:Audience>https://other.test/</saml:Audience></saml:AudienceRestriction>"),
        FAULT_FORMAT, "for somebody else");
    is_refused(SAYS(conditions, ""), FAULT_FORMAT, "for anybody");
    is_refused(
        SAYS(conditions,
            "<saml:AudienceRestriction><saml:Audience>" MADE_AUDIENCE "</saml:Audience></saml:AudienceRestriction>"
            "<saml:AudienceRestriction><saml:Audience>https://other.test/</saml:Audience></saml:AudienceRestriction>"),
        FAULT_FORMAT, "for somebody else");
    is_refused(SAYS(conditions, "<saml:Condition/>"), FAULT_FORMAT, "condition that is not understood");
    is_refused(SAYS(destination, "https://preau.test/ent/paris/retour"), FAULT_FORMAT, "another address");
    is_refused(SAYS(recipient, "https://preau.test/ent/paris/retour"), FAULT_FORMAT, "not for this address");
    is_refused(SAYS(recipient, NULL), FAULT_FORMAT, "not for this address");
    is_refused(SAYS(confirmation_method, "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"), FAULT_FORMAT,
        "not for this address");
}

static void a_signed_response_names_its_destination(void **state)
{
    (void)state;
    struct made_words words = made_words();
    words.destination = NULL;
    assert_true(says(&words));
    words.signs_response = true;
    is_refused(says(&words), FAULT_FORMAT, "another address");
}

static void an_answer_to_another_request_is_refused(void **state)
{
    (void)state;
    is_refused(SAYS(in_response_to, "_another"), FAULT_FORMAT, "answers another request");
    is_refused(SAYS(in_response_to, NULL), FAULT_FORMAT, "answers another request");
    is_refused(SAYS(confirmation_request, "_another"), FAULT_FORMAT, "this request");
    is_refused(SAYS(confirmation_request, NULL), FAULT_FORMAT, "this request");
}

static void another_issuer_is_refused(void **state)
{
    (void)state;
    is_refused(SAYS(issuer, "https://other.test/"), FAULT_FORMAT, "another issuer");
    is_refused(SAYS(assertion_issuer, "https://other.test/"), FAULT_FORMAT, "another issuer");
    assert_true(SAYS(issuer, NULL));
}

static void what_is_over_or_not_good_yet_is_refused(void **state)
{
    (void)state;
    is_refused(SAYS(not_on_or_after, "2026-09-01T07:59:00Z"), FAULT_FORMAT, "over");
    is_refused(SAYS(not_before, "2026-09-01T08:01:01Z"), FAULT_FORMAT, "not good yet");
    is_refused(SAYS(confirmation_until, "2026-09-01T07:59:00Z"), FAULT_FORMAT, "this hour");
    is_refused(SAYS(confirmation_until, NULL), FAULT_FORMAT, "this hour");
    is_refused(SAYS(not_on_or_after, "tomorrow"), FAULT_FORMAT, "over");
    is_refused(SAYS(not_on_or_after, "2026-09-01T08:05:00"), FAULT_FORMAT, "over"); /* of no zone */
    is_refused(SAYS(authn, ""), FAULT_FORMAT, "nobody who signed in");
    is_refused(SAYS(authn, "<saml:AuthnStatement SessionNotOnOrAfter=\"2026-09-01T07:00:00Z\"/>"), FAULT_FORMAT,
        "nobody who signed in");
}

static void a_status_beside_success_says_whose_matter_it_is(void **state)
{
    (void)state;
#define STATUS "urn:oasis:names:tc:SAML:2.0:status:"
    is_refused(SAYS(status, "<samlp:StatusCode Value=\"" STATUS "Responder\"><samlp:StatusCode Value=\"" STATUS
                            "AuthnFailed\"/></samlp:StatusCode>"),
        FAULT_BUSY, "AuthnFailed");
    is_refused(SAYS(status, "<samlp:StatusCode Value=\"" STATUS "Responder\"/>"), FAULT_PEER, "Responder");
    is_refused(SAYS(status, "<samlp:StatusCode Value=\"" STATUS "Requester\"/>"), FAULT_FORMAT, "Requester");
    is_refused(SAYS(status, "<samlp:StatusCode Value=\"success\"/>"), FAULT_FORMAT, "not understood");
    is_refused(SAYS(status, ""), FAULT_FORMAT, "without its status");
    /* as it mostly comes: without an assertion, unsigned */
    _cleanup_(parts_free) struct parts parts = parts_of(false);
    _cleanup_(memory_free) char *none = made_replaced(parts.xml, parts.assertion, "");
    is_refused(is_taken(none), FAULT_FORMAT, "without an assertion");
    _cleanup_(memory_free) char *denied = made_replaced(none, "status:Success", "status:RequestDenied");
    is_refused(is_taken(denied), FAULT_BUSY, "RequestDenied");
}

static void a_key_that_is_missing_or_doubtful_is_refused(void **state)
{
    (void)state;
#define KEY(value) "<saml:Attribute Name=\"ENTPersonJointure\">" value "</saml:Attribute>"
#define VALUE(text) "<saml:AttributeValue>" text "</saml:AttributeValue>"
    is_refused(SAYS(attributes, ""), FAULT_MISSING, "without the attribute");
    is_refused(SAYS(attributes, KEY("")), FAULT_MISSING, "no value");
    is_refused(SAYS(attributes, KEY(VALUE("1") VALUE("2"))), FAULT_MISSING, "several");
    is_refused(SAYS(attributes, KEY(VALUE("1")) KEY(VALUE("2"))), FAULT_MISSING, "twice");
    is_refused(SAYS(attributes, KEY(VALUE("  "))), FAULT_MISSING, "empty");
    is_refused(SAYS(attributes, KEY(VALUE("1<b/>2"))), FAULT_MISSING, "elements");
    char long_value[SAML_KEY_SIZE + 1];
    memset(long_value, '1', sizeof long_value - 1);
    long_value[sizeof long_value - 1] = '\0';
    _cleanup_(memory_free) char *attribute = checked_printf(KEY(VALUE("%s")), long_value);
    is_refused(SAYS(attributes, attribute), FAULT_MISSING, "long");
}

/* --- our side --- */

static void a_request_is_signed_and_leads_to_the_peer(void **state)
{
    (void)state;
    _cleanup_(memory_free) char *url = NULL, *id = NULL, *other_url = NULL, *other_id = NULL;
    assert_true(saml_request(peer, "etat4711", &url, &id, &fault));
    assert_true(saml_request(peer, "etat4711", &other_url, &other_id, &fault));
    assert_ptr_equal(strstr(url, "https://ent.test/saml/singleSignOn?SAMLRequest="), url);
    assert_non_null(strstr(url, "&RelayState=etat4711&"));
    assert_non_null(strstr(url, "&SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256&Signature="));
    assert_true(strlen(id) > 16);
    assert_string_not_equal(id, other_id);
}

enum { THREADS = 4, ROUNDS = 40 };

struct turn {
    const char *response;
    int requests, answers;
};

static void *ask_and_read(void *arg)
{
    struct turn *turn = arg;
    const struct saml_answer answer = made_answer(turn->response, "ENTPersonJointure");
    for (int i = 0; i < ROUNDS; i++) {
        _cleanup_(memory_free) char *url = NULL, *id = NULL;
        struct saml_person found;
        struct fault own;
        turn->requests += saml_request(peer, "etat", &url, &id, &own);
        turn->answers += saml_answer_read(peer, &answer, &found, &own) && strcmp(found.key, "AC-LYON$4711") == 0;
    }
    return NULL;
}

static void several_threads_ask_and_read_at_once(void **state)
{
    (void)state;
    const struct made_words words = made_words();
    _cleanup_(memory_free) char *xml = made_response(&words, &peer_keys);
    _cleanup_(memory_free) char *response = made_base64(xml);
    pthread_t threads[THREADS];
    struct turn turns[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        turns[i] = (struct turn){.response = response};
        assert_int_equal(pthread_create(&threads[i], NULL, ask_and_read, &turns[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(turns[i].requests, ROUNDS);
        assert_int_equal(turns[i].answers, ROUNDS);
    }
}

static void our_metadata_say_where_we_are(void **state)
{
    (void)state;
    const char *metadata = saml_peer_metadata(peer);
    assert_non_null(strstr(metadata, "entityID=\"" MADE_AUDIENCE "\""));
    assert_non_null(strstr(metadata, "Location=\"" MADE_RECIPIENT "\""));
    assert_non_null(strstr(metadata, "WantAssertionsSigned=\"true\""));
    assert_null(strstr(metadata, "encryption"));
    int64_t seconds = saml_peer_certificate_end(peer).us / 1000000 - time(NULL);
    assert_true(seconds > 3000 && seconds <= 3600); /* an hour when it was made */
}

/* A renewal: the next certificate is told beforehand, the last one a while longer, and our requests are signed by the key of one of them. */
static void our_metadata_tell_every_certificate(void **state)
{
    (void)state;
    _cleanup_(memory_free) char *metadata = made_metadata((const char *const[]){peer_keys.certificate, NULL});
    _cleanup_(memory_free) char *both = checked_printf("%s%s", own_keys.certificate, next_keys.certificate);
    const struct made_keys *const signing[] = {&own_keys, &next_keys};
    for (size_t i = 0; i < ARRAY_LENGTH(signing); i++) {
        const struct made_keys own = {.key = signing[i]->key, .certificate = both};
        struct saml_peer *renewing = opened(metadata, &own, &fault);
        assert_non_null(renewing);
        const char *told = saml_peer_metadata(renewing);
        const char *first = strstr(told, "KeyDescriptor use=\"signing\"");
        assert_non_null(first);
        assert_non_null(strstr(first + 1, "KeyDescriptor use=\"signing\""));
        saml_peer_close(&renewing);
    }
}

static void settings_that_cannot_work_are_refused_at_once(void **state)
{
    (void)state;
    _cleanup_(memory_free) char *right = made_metadata((const char *const[]){peer_keys.certificate, NULL});
    _cleanup_(memory_free) char *weak =
        made_metadata((const char *const[]){weak_keys.certificate, weak_curve_keys.certificate, NULL});
    _cleanup_(memory_free) char *none = made_metadata((const char *const[]){NULL});
    _cleanup_(memory_free) char *plain = made_replaced(right, "Location=\"https", "Location=\"http");
    const struct made_keys no_key = {.key = own_keys.certificate, .certificate = own_keys.certificate};
    const struct made_keys no_certificate = {.key = own_keys.key, .certificate = own_keys.key};
    const struct made_keys not_its_own = {.key = own_keys.key, .certificate = peer_keys.certificate};
    const struct {
        const char *metadata, *key;
        const struct made_keys *own;
    } wrong[] = {
        {"<html/>", "metadata_file",            &own_keys      },
        {weak,      "metadata_file",            &own_keys      },
        {none,      "metadata_file",            &own_keys      },
        {plain,     "metadata_file",            &own_keys      },
        {right,     "signing_key_file",         &no_key        },
        {right,     "signing_certificate_file", &no_certificate},
        {right,     "signing_certificate_file", &not_its_own   },
        {right,     "signing_key_file",         &weak_keys     },
    };
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        fault = (struct fault){0};
        assert_null(opened(wrong[i].metadata, wrong[i].own, &fault));
        assert_int_not_equal(fault.code, FAULT_NONE);
        assert_non_null(strstr(fault.text, wrong[i].key));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signed_assertion_says_who_it_is),
        cmocka_unit_test(a_signed_response_does_as_well),
        cmocka_unit_test(the_peers_next_key_is_known),
        cmocka_unit_test(a_key_on_a_curve_is_as_good),
        cmocka_unit_test(stronger_digests_are_taken),
        cmocka_unit_test(the_name_may_be_the_key),
        cmocka_unit_test(a_friendly_name_names_the_attribute_too),
        cmocka_unit_test(clocks_may_differ_a_little),
        cmocka_unit_test(an_unsigned_response_is_refused),
        cmocka_unit_test(what_is_changed_after_the_signature_is_refused),
        cmocka_unit_test(a_right_signature_does_not_make_up_for_a_wrong_one),
        cmocka_unit_test(a_strangers_key_is_refused_also_when_it_brings_itself),
        cmocka_unit_test(algorithms_of_before_are_refused),
        cmocka_unit_test(a_public_key_is_no_shared_secret),
        cmocka_unit_test(a_transform_that_calculates_is_refused),
        cmocka_unit_test(a_reference_leads_nowhere_else),
        cmocka_unit_test(a_response_within_a_response_is_refused),
        cmocka_unit_test(a_forged_assertion_beside_the_signed_one_is_refused),
        cmocka_unit_test(a_signed_assertion_that_is_hidden_is_refused),
        cmocka_unit_test(a_name_that_stands_there_twice_is_refused),
        cmocka_unit_test(a_signature_elsewhere_is_refused),
        cmocka_unit_test(comments_entities_and_instructions_are_refused_before_they_are_read),
        cmocka_unit_test(utf_16_hides_no_dtd),
        cmocka_unit_test(an_encoding_that_is_declared_is_not_heeded),
        cmocka_unit_test(size_depth_and_number_are_bounded),
        cmocka_unit_test(garbage_is_refused),
        cmocka_unit_test(what_is_encrypted_is_refused),
        cmocka_unit_test(a_response_for_others_is_refused),
        cmocka_unit_test(a_signed_response_names_its_destination),
        cmocka_unit_test(an_answer_to_another_request_is_refused),
        cmocka_unit_test(another_issuer_is_refused),
        cmocka_unit_test(what_is_over_or_not_good_yet_is_refused),
        cmocka_unit_test(a_status_beside_success_says_whose_matter_it_is),
        cmocka_unit_test(a_key_that_is_missing_or_doubtful_is_refused),
        cmocka_unit_test(a_request_is_signed_and_leads_to_the_peer),
        cmocka_unit_test(several_threads_ask_and_read_at_once),
        cmocka_unit_test(our_metadata_say_where_we_are),
        cmocka_unit_test(our_metadata_tell_every_certificate),
        cmocka_unit_test(settings_that_cannot_work_are_refused_at_once),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
