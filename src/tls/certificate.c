/*
 * certificate.c — X.509 by OpenSSL's EVP; extensions are given as the texts of x509v3_config(5), which need no
 * configuration file.
 */
#include "tls/certificate.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"

#define SERIAL_BYTES 16
#define COMMON_NAME_HOST_MAX 40 /* with what stands before it, within the 64 of RFC 5280's ub-common-name */

/* fe80::/10 is permitted for those who add such a name by hand. */
#define PERMITTED                                                                                     \
    "critical,permitted;DNS:localhost,permitted;DNS:local,permitted;DNS:lan,permitted;DNS:home.arpa," \
    "permitted;DNS:internal,permitted;IP:10.0.0.0/255.0.0.0,permitted;IP:172.16.0.0/255.240.0.0,"     \
    "permitted;IP:192.168.0.0/255.255.0.0,permitted;IP:127.0.0.0/255.0.0.0,"                          \
    "permitted;IP:169.254.0.0/255.255.0.0,permitted;IP:fc00::/fe00::,permitted;IP:fe80::/ffc0::,"     \
    "permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

enum error_kind tls_fail(struct ctx *ctx, const char *what)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;

    ERR_clear_error();
    return fail(ctx, INTERNAL, "%s: %s", what, reason ? reason : "OpenSSL failed");
}

void tls_identity_release(struct tls_identity *identity)
{
    EVP_PKEY_free(identity->key);
    X509_free(identity->certificate);
    sk_X509_pop_free(identity->chain, X509_free);
    *identity = (struct tls_identity){0};
}

/* ---- reading ------------------------------------------------------------------------------------------- */

static int64_t instant_of(const ASN1_TIME *time)
{
    struct tm utc;

    return ASN1_TIME_to_tm(time, &utc) == 1 ? (int64_t)timegm(&utc) * MS_PER_SECOND : 0;
}

int64_t certificate_begin_ms(const X509 *certificate)
{
    return instant_of(X509_get0_notBefore(certificate));
}

int64_t certificate_end_ms(const X509 *certificate)
{
    return instant_of(X509_get0_notAfter(certificate));
}

bool certificate_is_ending(const X509 *certificate, int64_t now_ms)
{
    return certificate_end_ms(certificate) - now_ms < TLS_RENEW_DAYS * (int64_t)MS_PER_DAY;
}

/* "local" permits itself and whatever ends with ".local" (RFC 5280 §4.2.1.10). */
static bool is_within(const char *name, const ASN1_STRING *base)
{
    const char *text = (const char *)ASN1_STRING_get0_data(base);
    size_t length = (size_t)ASN1_STRING_length(base);
    size_t name_length = strlen(name);

    if (name_length < length || strncmp(name + name_length - length, text, length) != 0)
        return false;
    return name_length == length || name[name_length - length - 1] == '.';
}

static bool permits(const X509 *authority, const char *name)
{
    NAME_CONSTRAINTS *constraints = X509_get_ext_d2i(authority, NID_name_constraints, NULL, NULL);
    bool found = false;

    for (int i = 0; constraints && i < sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees); i++) {
        const GENERAL_NAME *base = sk_GENERAL_SUBTREE_value(constraints->permittedSubtrees, i)->base;
        found |= base->type == GEN_DNS && is_within(name, base->d.dNSName);
    }
    NAME_CONSTRAINTS_free(constraints);
    return found;
}

static bool has_names(const X509 *server, const X509 *authority, const struct tls_names *names)
{
    X509 *certificate = (X509 *)(uintptr_t)server; /* the functions below only read */

    for (size_t i = 0; i < names->dns_count; i++) {
        if (permits(authority, names->dns[i]) &&
            X509_check_host(certificate, names->dns[i], 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) != 1)
            return false;
    }
    for (size_t i = 0; i < names->address_count; i++) {
        if (X509_check_ip_asc(certificate, names->addresses[i], 0) != 1)
            return false;
    }
    return true;
}

bool certificate_is_due(const X509 *server, const X509 *authority, const struct tls_names *names,
                        int64_t now_ms)
{
    bool by_authority = X509_verify((X509 *)(uintptr_t)server, X509_get0_pubkey(authority)) == 1;

    ERR_clear_error();
    return !by_authority || certificate_is_ending(server, now_ms) || certificate_begin_ms(server) > now_ms ||
           !has_names(server, authority, names);
}

/* ---- making -------------------------------------------------------------------------------------------- */

static bool set_serial(X509 *certificate)
{
    unsigned char bytes[SERIAL_BYTES];

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40); /* positive, and never short */
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool done = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return done;
}

static bool set_name(X509_NAME *name, const char *common_name)
{
    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"Carrel", -1, -1, 0) ==
               1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1,
                                      0) == 1;
}

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool done = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return done;
}

/* Everything but extensions and signature. A day early: clocks of the house differ. */
static bool begin(struct tls_identity *made, const char *common_name, int64_t now_ms, int64_t end_ms)
{
    made->key = EVP_EC_gen("P-256");
    made->certificate = X509_new();
    if (!made->key || !made->certificate)
        return false;
    X509 *certificate = made->certificate;
    time_t begin_s = (time_t)(now_ms / MS_PER_SECOND - MS_PER_DAY / MS_PER_SECOND);
    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
           ASN1_TIME_set(X509_getm_notBefore(certificate), begin_s) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)(end_ms / MS_PER_SECOND)) != NULL &&
           X509_set_pubkey(certificate, made->key) == 1 &&
           set_name(X509_get_subject_name(certificate), common_name);
}

static const char *permitted_names(struct ctx *ctx, const char *host)
{
    return *host ? arena_printf(ctx->arena, PERMITTED ",permitted;DNS:%s", host) : PERMITTED;
}

static bool finish_authority(struct ctx *ctx, const char *host, struct tls_identity *made)
{
    X509 *own = made->certificate;

    return X509_set_issuer_name(own, X509_get_subject_name(own)) == 1 &&
           add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           add_extension(own, own, NID_key_usage, "critical,keyCertSign,cRLSign") &&
           add_extension(own, own, NID_ext_key_usage, "serverAuth") &&
           add_extension(own, own, NID_subject_key_identifier, "hash") &&
           add_extension(own, own, NID_name_constraints, permitted_names(ctx, host)) &&
           X509_sign(own, made->key, EVP_sha256()) > 0;
}

enum error_kind certificate_new_authority(struct ctx *ctx, const char *host,
                                          struct tls_identity *out_authority)
{
    struct tls_identity made = {0};
    const char *name =
        arena_printf(ctx->arena, "Carrel on %.*s", COMMON_NAME_HOST_MAX, *host ? host : "this network");

    if (!begin(&made, name, ctx->now, ctx->now + TLS_AUTHORITY_DAYS * (int64_t)MS_PER_DAY) ||
        !finish_authority(ctx, host, &made)) {
        tls_identity_release(&made);
        return tls_fail(ctx, "cannot make a certificate authority");
    }
    *out_authority = made;
    return OK;
}

static const char *alternative_names(struct ctx *ctx, const X509 *authority, const struct tls_names *names)
{
    struct text_buf list;

    text_buf_init(&list, ctx->arena);
    for (size_t i = 0; i < names->dns_count; i++) {
        if (permits(authority, names->dns[i]))
            text_buf_printf(&list, "%sDNS:%s", list.length > 0 ? "," : "", names->dns[i]);
    }
    for (size_t i = 0; i < names->address_count; i++)
        text_buf_printf(&list, "%sIP:%s", list.length > 0 ? "," : "", names->addresses[i]);
    return text_buf_string(&list);
}

static bool finish_server(struct ctx *ctx, const struct tls_identity *authority,
                          const struct tls_names *names, struct tls_identity *made)
{
    X509 *own = made->certificate;
    X509 *issuer = authority->certificate;

    return X509_set_issuer_name(own, X509_get_subject_name(issuer)) == 1 &&
           add_extension(own, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(own, issuer, NID_key_usage, "critical,digitalSignature") &&
           add_extension(own, issuer, NID_ext_key_usage, "serverAuth") &&
           add_extension(own, issuer, NID_subject_key_identifier, "hash") &&
           add_extension(own, issuer, NID_authority_key_identifier, "keyid:always") &&
           add_extension(own, issuer, NID_subject_alt_name, alternative_names(ctx, issuer, names)) &&
           X509_sign(own, authority->key, EVP_sha256()) > 0;
}

/* It begins a day before now and so ends a day before TLS_SERVER_DAYS from now; never after its authority. */
static int64_t server_end_ms(const X509 *authority, int64_t now_ms)
{
    int64_t end_ms = now_ms + (TLS_SERVER_DAYS - 1) * (int64_t)MS_PER_DAY;
    int64_t authority_end_ms = certificate_end_ms(authority);

    return end_ms < authority_end_ms ? end_ms : authority_end_ms;
}

enum error_kind certificate_new_server(struct ctx *ctx, const struct tls_identity *authority,
                                       const struct tls_names *names, struct tls_identity *out_server)
{
    struct tls_identity made = {0};
    const char *name = arena_printf(ctx->arena, "Carrel %.*s", COMMON_NAME_HOST_MAX,
                                    *names->host ? names->host : "localhost");

    if (!begin(&made, name, ctx->now, server_end_ms(authority->certificate, ctx->now)) ||
        !finish_server(ctx, authority, names, &made)) {
        tls_identity_release(&made);
        return tls_fail(ctx, "cannot make a certificate");
    }
    *out_server = made;
    return OK;
}
