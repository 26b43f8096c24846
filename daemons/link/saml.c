#include "link/saml.h"

#include "link/saml_metadata.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <glib.h>
#include <lasso/lasso.h>
#include <lasso/xml/saml-2.0/samlp2_authn_request.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <time.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>

enum { RSA_BITS_MIN = 2048, EC_BITS_MIN = 256 };

struct saml_peer {
    char *entity_id, *back_url, *issuer, *metadata;
    LassoServer *server;
    xmlSecKey *keys[SAML_KEYS_MAX]; /* the peer's, that it signs with */
    size_t key_count;
    struct instant certificate_end; /* of ours */
};

/* lasso keeps things of the whole process (types, the last error of OpenSSL), and says nothing of threads. */
static pthread_mutex_t lasso_lock = PTHREAD_MUTEX_INITIALIZER;

/* --- the libraries --- */

/* What they say on their own holds what strangers wrote. Our fault says what was wrong. */
static void say_nothing(const gchar *domain, GLogLevelFlags level, const gchar *text, gpointer arg)
{
    (void)domain, (void)level, (void)text, (void)arg;
}

static void report_nothing(const char *file, int line, const char *function, const char *object, const char *subject,
    int reason, const char *text)
{
    (void)file, (void)line, (void)function, (void)object, (void)subject, (void)reason, (void)text;
}

void saml_begin(void)
{
    static bool has_begun;
    if (has_begun) {
        return;
    }
    has_begun = true;
    saml_xml_begin();
    g_log_set_default_handler(say_nothing, NULL);
    if (lasso_init() != 0) { /* it starts xmlsec too */
        abort();
    }
    xmlSecErrorsSetCallback(report_nothing);
}

/* --- opening --- */

static bool wrong(struct fault *fault, const char *key, const char *what, const char *hint)
{
    (void)fault_set(fault, FAULT_CONFIG, "%s: %s", key, what);
    return fault_hint(fault, "%s", hint);
}

/* xmlsec itself says of RSA how many bits, and of a curve how many bytes. */
static bool is_strong(xmlSecKey *key)
{
    const EVP_PKEY *pair = xmlSecOpenSSLEvpKeyDataGetEvp(xmlSecKeyGetValue(key));
    int kind = pair ? EVP_PKEY_get_base_id(pair) : EVP_PKEY_NONE;
    return (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(pair) >= RSA_BITS_MIN) ||
           (kind == EVP_PKEY_EC && EVP_PKEY_get_bits(pair) >= EC_BITS_MIN);
}

/* The public key of a certificate, in base64. NULL: it cannot be read, or is weak. */
static xmlSecKey *key_of(const char *certificate)
{
    size_t size = strlen(certificate), length = 0;
    _cleanup_(memory_free) unsigned char *bytes = checked_malloc(size + 1);
    if (sodium_base642bin(bytes, size, certificate, size, " \t\r\n", &length, NULL, sodium_base64_VARIANT_ORIGINAL) !=
        0) {
        return NULL;
    }
    xmlSecKey *key =
        xmlSecCryptoAppKeyLoadMemory(bytes, (xmlSecSize)length, xmlSecKeyDataFormatCertDer, NULL, NULL, NULL);
    if (key && !is_strong(key)) {
        xmlSecKeyDestroy(key);
        return NULL;
    }
    return key;
}

static bool read_peer(struct saml_peer *peer, const char *text, struct fault *fault)
{
    struct saml_metadata metadata;
    bool is_right = saml_metadata_read(text, strlen(text), &metadata, fault);
    for (size_t i = 0; is_right && i < metadata.certificate_count; i++) {
        xmlSecKey *key = key_of(metadata.certificates[i]);
        if (key) {
            peer->keys[peer->key_count++] = key;
        }
    }
    if (is_right) {
        peer->issuer = TAKE(metadata.entity_id);
    }
    saml_metadata_clear(&metadata);
    if (!is_right) {
        return fault_add(fault, "metadata_file") ||
               fault_hint(fault, "%s", "Ask the peer for the metadata of its identity provider.");
    }
    return peer->key_count > 0 ||
           wrong(fault, "metadata_file", "no certificate that can be used", "RSA keys have 2048 bits or more.");
}

static void bio_free(BIO **bio)
{
    BIO_free(*bio);
}

static void pair_free(EVP_PKEY **pair)
{
    EVP_PKEY_free(*pair);
}

static void certificate_free(X509 **certificate)
{
    X509_free(*certificate);
}

/* None is asked for: a daemon has nobody to ask. */
static int no_password(char *out_text, int size, int is_writing, void *arg)
{
    (void)out_text, (void)size, (void)is_writing, (void)arg;
    return -1;
}

static struct instant end_of(const X509 *certificate)
{
    struct tm end = {0};
    return ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1
               ? (struct instant){(int64_t)timegm(&end) * 1000000}
               : INSTANT_NEVER;
}

/* Of the certificates that are there, the one of the key; else the first, which is not. NULL: none is there. */
static X509 *certificate_of(const EVP_PKEY *pair, const char *certificates)
{
    _cleanup_(bio_free) BIO *bytes = BIO_new_mem_buf(certificates, -1);
    X509 *first = PEM_read_bio_X509(bytes, NULL, no_password, NULL);
    for (X509 *one = first; pair && one; one = PEM_read_bio_X509(bytes, NULL, no_password, NULL)) {
        bool is_of_it = X509_check_private_key(one, pair) == 1;
        if (one != first) {
            X509_free(is_of_it ? first : one);
        }
        if (is_of_it) {
            return one;
        }
    }
    return first;
}

static bool check_own_keys(struct saml_peer *peer, const struct saml_settings *settings, struct fault *fault)
{
    _cleanup_(bio_free) BIO *key_bytes = BIO_new_mem_buf(settings->key, -1);
    _cleanup_(pair_free) EVP_PKEY *pair = PEM_read_bio_PrivateKey(key_bytes, NULL, no_password, NULL);
    _cleanup_(certificate_free) X509 *certificate = certificate_of(pair, settings->certificates);
    const char *hint =
        "See docs/operators/ent.md: an RSA key of 2048 bits or more, without a password, and its certificate.";
    bool is_right = true;
    if (!pair || EVP_PKEY_get_base_id(pair) != EVP_PKEY_RSA || EVP_PKEY_get_bits(pair) < RSA_BITS_MIN) {
        is_right = wrong(fault, "signing_key_file", "no private RSA key of 2048 bits or more in PEM", hint);
    } else if (!certificate) {
        is_right = wrong(fault, "signing_certificate_file", "no certificate in PEM", hint);
    } else if (X509_check_private_key(certificate, pair) != 1) {
        is_right = wrong(fault, "signing_certificate_file", "is not of the key in signing_key_file", hint);
    }
    if (is_right) {
        peer->certificate_end = end_of(certificate);
    }
    ERR_clear_error();
    return is_right;
}

/* lasso's view of both sides: our key, the peer's endpoints. Not our certificate, which it would take for the name of a file at each
 * request; who verifies has it from our metadata. */
static bool open_server(struct saml_peer *peer, const struct saml_settings *settings, struct fault *fault)
{
    peer->server = lasso_server_new_from_buffers(peer->metadata, settings->key, NULL, NULL);
    if (!peer->server) {
        return wrong(fault, "signing_key_file", "lasso cannot use it",
            "See docs/operators/ent.md: the key is RSA, without a password.");
    }
    peer->server->signature_method = LASSO_SIGNATURE_METHOD_RSA_SHA256;
    return lasso_server_add_provider_from_buffer(
               peer->server, LASSO_PROVIDER_ROLE_IDP, settings->metadata, NULL, NULL) == 0 ||
           wrong(fault, "metadata_file", "lasso cannot read it",
               "Ask the peer for the metadata of its identity provider.");
}

/* What would fail at the first sign-in fails now. */
static bool try_request(struct saml_peer *peer, struct fault *fault)
{
    _cleanup_(memory_free) char *url = NULL, *id = NULL;
    if (!saml_request(peer, "trial", &url, &id, fault)) {
        return wrong(fault, "metadata_file, signing_key_file", "no request can be made and signed",
            "The peer wants a SingleSignOnService by HTTP-Redirect, and the key is RSA of 2048 bits or more.");
    }
    return (url && strncmp(url, "https://", 8) == 0) ||
           wrong(fault, "metadata_file", "its SingleSignOnService is no https address", "The peer must offer HTTPS.");
}

struct saml_peer *saml_peer_open(const struct saml_settings *settings, struct fault *fault)
{
    struct saml_peer *peer = checked_calloc(1, sizeof *peer);
    peer->entity_id = checked_strdup(settings->entity_id);
    peer->back_url = checked_strdup(settings->back_url);
    peer->metadata = check_own_keys(peer, settings, fault)
                         ? saml_metadata_write(settings->entity_id, settings->back_url, settings->certificates, fault)
                         : NULL;
    if (!peer->metadata || !read_peer(peer, settings->metadata, fault) || !open_server(peer, settings, fault) ||
        !try_request(peer, fault)) {
        saml_peer_close(&peer);
    }
    return peer;
}

void saml_peer_close(struct saml_peer **peer)
{
    if (!*peer) {
        return;
    }
    for (size_t i = 0; i < (*peer)->key_count; i++) {
        xmlSecKeyDestroy((*peer)->keys[i]);
    }
    if ((*peer)->server) {
        lasso_server_destroy((*peer)->server);
    }
    memory_free(&(*peer)->entity_id);
    memory_free(&(*peer)->back_url);
    memory_free(&(*peer)->issuer);
    memory_free(&(*peer)->metadata);
    memory_free(peer);
}

const char *saml_peer_metadata(const struct saml_peer *peer)
{
    return peer->metadata;
}

struct instant saml_peer_certificate_end(const struct saml_peer *peer)
{
    return peer->certificate_end;
}

/* --- the way out --- */

static void login_free(LassoLogin **login)
{
    if (*login) {
        lasso_login_destroy(*login);
    }
}

static int build_request(struct saml_peer *peer, LassoLogin *login, const char *state)
{
    LassoProfile *profile = LASSO_PROFILE(login);
    int code = lasso_login_init_authn_request(login, peer->issuer, LASSO_HTTP_METHOD_REDIRECT);
    if (code != 0) {
        return code;
    }
    LassoSamlp2AuthnRequest *request = LASSO_SAMLP2_AUTHN_REQUEST(profile->request);
    request->ForceAuthn = FALSE; /* the person is signed in there already: that is what this is for */
    request->IsPassive = FALSE;
    if (request->NameIDPolicy) {
        request->NameIDPolicy->AllowCreate = TRUE;
    }
    g_free(request->ProtocolBinding);
    request->ProtocolBinding = g_strdup(LASSO_SAML2_METADATA_BINDING_POST);
    g_free(profile->msg_relayState);
    profile->msg_relayState = g_strdup(state);
    lasso_profile_set_signature_hint(profile, LASSO_PROFILE_SIGNATURE_HINT_FORCE);
    return lasso_login_build_authn_request_msg(login);
}

/* Locked. 0, or lasso's code. */
static int make_request(struct saml_peer *peer, const char *state, char **out_url, char **out_request_id)
{
    _cleanup_(login_free) LassoLogin *login = lasso_login_new(peer->server);
    int code = login ? build_request(peer, login, state) : LASSO_ERROR_UNDEFINED;
    if (code == 0) {
        *out_url = checked_strdup(LASSO_PROFILE(login)->msg_url);
        *out_request_id = checked_strdup(LASSO_SAMLP2_REQUEST_ABSTRACT(LASSO_PROFILE(login)->request)->ID);
    }
    return code;
}

bool saml_request(struct saml_peer *peer, const char *state, char **out_url, char **out_request_id, struct fault *fault)
{
    pthread_mutex_lock(&lasso_lock);
    int code = make_request(peer, state, out_url, out_request_id);
    pthread_mutex_unlock(&lasso_lock);
    return code == 0 || fault_set(fault, FAULT_LIBRARY, "request: lasso %d: %s", code, lasso_strerror(code));
}

/* --- the way back --- */

static void signature_free(xmlSecDSigCtx **context)
{
    if (*context) {
        xmlSecDSigCtxDestroy(*context);
    }
}

/* By this key, whatever KeyInfo says: a key that is given is not looked for. */
static bool is_signed_by(xmlNode *signature, xmlSecKey *key)
{
    _cleanup_(signature_free) xmlSecDSigCtx *context = xmlSecDSigCtxCreate(NULL);
    if (!context) {
        return false;
    }
    context->signKey = xmlSecKeyDuplicate(key);
    context->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
    return context->signKey && xmlSecDSigCtxVerify(context, signature) == 0 &&
           context->status == xmlSecDSigStatusSucceeded;
}

static bool is_signed(const struct saml_peer *peer, xmlNode *node)
{
    xmlNode *signature = saml_only_child(node, SAML_SIGNATURE, "Signature");
    xmlAttr *id = xmlHasNsProp(node, (const xmlChar *)"ID", NULL);
    /* what references are found by; the shape has seen to it that no other element has this name */
    if (!signature || !id || (!xmlIsID(node->doc, node, id) && !xmlAddID(NULL, node->doc, id->children->content, id))) {
        return false;
    }
    for (size_t i = 0; i < peer->key_count; i++) {
        if (is_signed_by(signature, peer->keys[i])) {
            return true;
        }
    }
    return false;
}

/* Each signature that is there holds, and the assertion is under one of them. */
static bool signatures_hold(const struct saml_peer *peer, const struct saml_document *document, struct fault *fault)
{
    if (!document->is_response_signed && !document->is_assertion_signed) {
        return fault_set(fault, FAULT_CRYPTO, "response: nobody signed it");
    }
    if ((document->is_response_signed && !is_signed(peer, document->response)) ||
        (document->is_assertion_signed && !is_signed(peer, document->assertion))) {
        return fault_set(
            fault, FAULT_CRYPTO, "response: the signature is wrong, or of a key that the metadata do not have");
    }
    return true;
}

bool saml_answer_read(
    const struct saml_peer *peer, const struct saml_answer *answer, struct saml_person *out_person, struct fault *fault)
{
    _cleanup_(saml_document_clear) struct saml_document document = {0};
    const struct saml_expected expected = {
        .issuer = peer->issuer,
        .audience = peer->entity_id,
        .recipient = peer->back_url,
        .request_id = answer->request_id,
        .key_attribute = answer->key_attribute,
        .now = answer->now,
        .skew = answer->skew,
    };
    if (!saml_document_read(answer->response, &document, fault)) {
        return false;
    }
    /* without an assertion it only says why there is none, mostly unsigned: the rules give a fault for it */
    return (!document.assertion || signatures_hold(peer, &document, fault)) &&
           saml_rules_check(&document, &expected, out_person, fault);
}
