/*
 * identity_file.h — keys and certificates in files, as PEM.
 *
 * What Carrel writes is one file for a key and its certificate, so that the two can never be of different
 * times; mode 0600, and a reader sees the old file or the new one, never part of one.
 */
#ifndef CARREL_TLS_IDENTITY_FILE_H
#define CARREL_TLS_IDENTITY_FILE_H

#include "tls/certificate.h"

/*
 * Reads the first certificate of `certificate_path`, those after it as its chain, and the key in `key_path` (which
 * may be the same file). Errors name the file and what is wrong with it: NOT_FOUND, FORBIDDEN,
 * VALIDATION_ERROR (no certificate, no key, a key with a password, a key of another certificate).
 */
enum error_kind identity_read(struct ctx *ctx, const char *certificate_path, const char *key_path,
                              struct tls_identity *out_identity) MUST_CHECK;

/* Replaces the file at `path`, durably. */
enum error_kind identity_write(struct ctx *ctx, const char *path,
                               const struct tls_identity *identity) MUST_CHECK;

/* The certificate alone as PEM, in the arena; NULL when there is no memory for it. */
const char *identity_certificate_pem(struct arena *arena, const X509 *certificate);

#endif
