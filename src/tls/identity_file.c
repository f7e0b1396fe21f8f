/*
 * identity_file.c — files are read whole and by hand: OpenSSL's own readers would ask at the terminal for a
 * password, and say neither which file nor why.
 */
#include "tls/identity_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"

/* ---- reading ------------------------------------------------------------------------------------------- */

static enum error_kind fail_file(struct ctx *ctx, const char *path)
{
    const char *reason = strerror(errno);

    if (errno == ENOENT)
        return fail(ctx, NOT_FOUND, "%s: there is no such file.", path);
    if (errno == EACCES || errno == EPERM)
        return fail(ctx, FORBIDDEN, "%s: this user may not read it.", path);
    return fail(ctx, INTERNAL, "%s: %s", path, reason);
}

static enum error_kind copy_file(struct ctx *ctx, const char *path, int file, BIO *bio)
{
    char bytes[4096];
    ssize_t got;
    size_t length = 0;

    enum error_kind kind = OK;

    while (kind == OK && (got = read(file, bytes, sizeof bytes)) != 0) {
        length += got > 0 ? (size_t)got : 0;
        if (got < 0)
            kind = fail_file(ctx, path);
        else if (length > TLS_FILE_BYTES_MAX)
            kind = fail(ctx, VALIDATION_ERROR, "%s: too large for a file of certificates.", path);
        else if (BIO_write(bio, bytes, (int)got) != got)
            kind = tls_fail(ctx, path);
    }
    OPENSSL_cleanse(bytes, sizeof bytes); /* a key may have stood there, however it ended */
    return kind;
}

/* The whole file, in memory that is wiped when it is freed; *out_mode are its permissions. */
static enum error_kind read_file(struct ctx *ctx, const char *path, BIO **out_bio, mode_t *out_mode)
{
    struct stat status = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return fail_file(ctx, path);
    BIO *bio = BIO_new(BIO_s_secmem());
    enum error_kind kind =
        bio && fstat(file, &status) == 0 ? copy_file(ctx, path, file, bio) : tls_fail(ctx, path);
    close(file);
    if (kind != OK) {
        BIO_free(bio);
        return kind;
    }
    *out_mode = status.st_mode;
    *out_bio = bio;
    return OK;
}

/* pem_password_cb: a key with a password is refused, nobody is asked for it. `user` notes that one was wanted. */
static int refuse_password(char *buffer, int size, int writing, void *user)
{
    (void)buffer;
    (void)size;
    (void)writing;
    *(bool *)user = true;
    return -1;
}

static enum error_kind read_certificates(struct ctx *ctx, const char *path, struct tls_identity *out)
{
    BIO *bio = NULL;
    mode_t mode = 0;
    X509 *one;
    bool password = false;

    TRY(read_file(ctx, path, &bio, &mode));
    out->certificate = PEM_read_bio_X509(bio, NULL, refuse_password, &password);
    out->chain = sk_X509_new_null();
    bool whole = out->certificate && out->chain;
    while (whole && (one = PEM_read_bio_X509(bio, NULL, refuse_password, &password)) != NULL)
        whole = sk_X509_push(out->chain, one) > 0;
    BIO_free(bio);
    ERR_clear_error();
    return whole ? OK
                 : fail(ctx, VALIDATION_ERROR, "%s: there is no certificate in it (PEM is expected).", path);
}

static enum error_kind read_key(struct ctx *ctx, const char *path, struct tls_identity *out)
{
    BIO *bio = NULL;
    mode_t mode = 0;
    bool password = false;

    TRY(read_file(ctx, path, &bio, &mode));
    out->key = PEM_read_bio_PrivateKey(bio, NULL, refuse_password, &password);
    BIO_free(bio);
    ERR_clear_error();
    if (password)
        return fail(ctx, VALIDATION_ERROR, "%s: the key has a password. Store it without one.", path);
    if (!out->key)
        return fail(ctx, VALIDATION_ERROR, "%s: there is no private key in it (PEM is expected).", path);
    if (mode & S_IRWXO)
        LOG(WARN, "every user of this machine may read the private key; chmod 600 it",
            LOG_TEXT("file", path));
    return OK;
}

static enum error_kind read_both(struct ctx *ctx, const char *certificate_path, const char *key_path,
                                 struct tls_identity *out)
{
    TRY(read_certificates(ctx, certificate_path, out));
    TRY(read_key(ctx, key_path, out));
    int fits = X509_check_private_key(out->certificate, out->key);
    ERR_clear_error();
    if (fits != 1)
        return fail(ctx, VALIDATION_ERROR, "%s is not the key of the certificate in %s.", key_path,
                    certificate_path);
    return OK;
}

enum error_kind identity_read(struct ctx *ctx, const char *certificate_path, const char *key_path,
                              struct tls_identity *out_identity)
{
    struct tls_identity read = {0};
    enum error_kind kind = read_both(ctx, certificate_path, key_path, &read);

    if (kind == OK)
        *out_identity = read;
    else
        tls_identity_release(&read);
    return kind;
}

/* ---- writing ------------------------------------------------------------------------------------------- */

const char *identity_certificate_pem(struct arena *arena, const X509 *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes;
    const char *pem = NULL;

    if (bio && PEM_write_bio_X509(bio, certificate) == 1) {
        long length = BIO_get_mem_data(bio, &bytes);
        pem = arena_strndup(arena, bytes, (size_t)length);
    }
    BIO_free(bio);
    return pem;
}

static bool write_all(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

static bool sync_directory_of(struct ctx *ctx, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *folder = slash ? arena_strndup(ctx->arena, path, (size_t)(slash - path)) : ".";
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (directory < 0)
        return false;
    bool done = fsync(directory) == 0;
    close(directory);
    return done;
}

/* Nobody but this user has ever had the file open: it is made with its mode, under a name nobody reads. */
static enum error_kind replace_file(struct ctx *ctx, const char *path, const char *bytes, size_t length)
{
    const char *fresh = arena_printf(ctx->arena, "%s.new", path);

    (void)unlink(fresh);
    int file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return fail(ctx, INTERNAL, "%s: %s", fresh, strerror(errno));
    bool written = write_all(file, bytes, length) && fsync(file) == 0;
    written = close(file) == 0 && written;
    if (written && rename(fresh, path) == 0 && sync_directory_of(ctx, path))
        return OK;
    enum error_kind kind = fail(ctx, INTERNAL, "%s: %s", path, strerror(errno));
    (void)unlink(fresh);
    return kind;
}

enum error_kind identity_write(struct ctx *ctx, const char *path, const struct tls_identity *identity)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    char *bytes;
    enum error_kind kind;

    if (!bio || PEM_write_bio_PrivateKey(bio, identity->key, NULL, NULL, 0, NULL, NULL) != 1 ||
        PEM_write_bio_X509(bio, identity->certificate) != 1) {
        kind = tls_fail(ctx, path);
    } else {
        long length = BIO_get_mem_data(bio, &bytes);
        kind = replace_file(ctx, path, bytes, (size_t)length);
    }
    BIO_free(bio);
    return kind;
}
