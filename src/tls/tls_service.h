/*
 * tls_service.h — what the server shows to prove who it is: a certificate of one's own, or one by a small authority of
 * this library's own (`--tls auto`).
 *
 * `--tls auto` keeps a folder beside the library, `<library>.tls/` (0700), with two files of 0600: ca.pem, the
 * authority, made once; server.pem, its certificate for this machine's names and addresses, made anew when it
 * comes to its end or a name is new: at the start and once a day. A device trusts the library after its owner has
 * installed the authority's certificate, GET /ca.crt.
 *
 * A certificate of one's own is read again once a day, so that a renewed one is in use without a restart.
 *
 * There is one of these in a process, as there is one server.
 */
#ifndef CARREL_TLS_TLS_SERVICE_H
#define CARREL_TLS_TLS_SERVICE_H

#include <openssl/types.h>

#include "base/ctx.h"

struct tls_options {
    const char *folder;           /* of `--tls auto`; NULL: certificates of one's own … */
    const char *certificate_path; /* … in this file */
    const char *key_path;         /* and its key; may be the same file */
    const char *const *names;     /* further names of the server (ends with NULL); NULL: none */
};

/* Errors are one line for the console. What `options` points to must live until tls_stop(). */
enum error_kind tls_start(struct ctx *ctx, const struct tls_options *options) MUST_CHECK;
void tls_stop(void);

/* What the HTTP library makes connections with: TLS 1.2 and later, the certificate of the moment. NULL: no TLS. */
SSL_CTX *tls_context(void);

/* By `--tls auto`, so that devices must be told to trust it. */
bool tls_is_automatic(void);

/*
 * The names of the certificate in use, and those in `also` (ends with NULL; NULL: none): the list ends with NULL. Names
 * with a * are left out.
 */
const char *const *tls_host_names(struct arena *arena, const char *const *also);

/* Once a day: makes or reads the certificate anew if need be. *out_rows: 1 when there is another one in use. */
enum error_kind tls_renew(struct ctx *ctx, int64_t *out_rows) MUST_CHECK;

/* When the certificate in use runs out; 0: there is none. */
int64_t tls_certificate_end(void);

/* The authority's certificate as PEM, in the arena; CONFLICT without `--tls auto`. */
enum error_kind tls_authority(struct ctx *ctx, const char **out_pem) MUST_CHECK;

/* SHA-256 of the authority's certificate as devices show it: "3F:A0:…". NULL without `--tls auto`. */
const char *tls_fingerprint(struct arena *arena);

#endif
