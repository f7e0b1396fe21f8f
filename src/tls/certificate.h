/*
 * certificate.h — the two kinds of certificates that `--tls auto` makes, and when one is due to be made anew.
 *
 * Keys are EC P-256. The authority (RFC 5280) is valid ten years, signs servers and nothing below them
 * (pathlen:0), and is bound by name constraints (§4.2.1.10): private addresses, and the names localhost, local,
 * lan, home.arpa, internal and that of the machine. Who steals its key can pretend to be a machine of this
 * house, not one of the internet. A server's certificate is valid TLS_SERVER_DAYS, which is less than the
 * 398 days that browsers take.
 */
#ifndef CARREL_TLS_CERTIFICATE_H
#define CARREL_TLS_CERTIFICATE_H

#include <openssl/types.h>
#include <openssl/x509.h>

#include "base/ctx.h"
#include "tls/own_names.h"

/* A key with its certificate, and those that lead from it to an authority (NULL: none). */
struct tls_identity {
    EVP_PKEY *key;
    X509 *certificate;
    STACK_OF(X509) * chain;
};

/* `host`: the machine's name, "" for none. The result is given back by tls_identity_release(). */
enum error_kind certificate_new_authority(struct ctx *ctx, const char *host,
                                          struct tls_identity *out_authority) MUST_CHECK;

/* For the names that `authority` permits; the others are left out, for with them it would be no certificate. */
enum error_kind certificate_new_server(struct ctx *ctx, const struct tls_identity *authority,
                                       const struct tls_names *names,
                                       struct tls_identity *out_server) MUST_CHECK;

/* The authority is over within TLS_RENEW_DAYS. */
bool certificate_is_ending(const X509 *certificate, int64_t now_ms);

/*
 * Another server certificate is needed: this one ends within TLS_RENEW_DAYS or is not valid yet, is not by
 * `authority`, or lacks one of `names` that the authority permits. A name that is gone is no reason.
 */
bool certificate_is_due(const X509 *server, const X509 *authority, const struct tls_names *names,
                        int64_t now_ms);

/* First and last instant of its validity. */
int64_t certificate_begin_ms(const X509 *certificate);
int64_t certificate_end_ms(const X509 *certificate);

/* Empties *identity. */
void tls_identity_release(struct tls_identity *identity);

/* fail() with INTERNAL, `what` and the reason that OpenSSL gives; its queue of errors is empty afterwards. */
enum error_kind tls_fail(struct ctx *ctx, const char *what);

#endif
