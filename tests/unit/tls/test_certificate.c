/*
 * test_certificate.c — what the certificates of --tls auto say, what they are good for, and when they are renewed.
 */
#include "tls_support.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

static struct tls_identity authority;
static struct tls_identity server;
static struct tls_names names;

static int make_both(void **state)
{
    static const char *const also[] = {"books.lan", "library.example.org", NULL};

    set_up(state);
    own_names_of_host(&ctx, "Pinakes", also, &names);
    return certificate_new_authority(&ctx, names.host, &authority) == OK &&
                   certificate_new_server(&ctx, &authority, &names, &server) == OK
               ? 0
               : -1;
}

static int release_both(void **state)
{
    tls_identity_release(&authority);
    tls_identity_release(&server);
    return tear_down(state);
}

/* What a client finds that trusts `by`: X509_V_OK, or why not. */
static int verdict(X509 *certificate, const struct tls_identity *by, int64_t at_ms)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *check = X509_STORE_CTX_new();

    assert_non_null(store);
    assert_non_null(check);
    assert_int_equal(X509_STORE_add_cert(store, by->certificate), 1);
    assert_int_equal(X509_STORE_CTX_init(check, store, certificate, NULL), 1);
    X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(check), (time_t)(at_ms / MS_PER_SECOND));
    assert_int_equal(X509_STORE_CTX_set_purpose(check, X509_PURPOSE_SSL_SERVER), 1);
    (void)X509_verify_cert(check);
    int result = X509_STORE_CTX_get_error(check);
    X509_STORE_CTX_free(check);
    X509_STORE_free(store);
    ERR_clear_error();
    return result;
}

/* What somebody signs who has the authority's key and asks none of our code. */
static X509 *forge(const char *alternative_names)
{
    X509 *forged = X509_dup(server.certificate);

    assert_non_null(forged);
    X509_EXTENSION_free(X509_delete_ext(forged, X509_get_ext_by_NID(forged, NID_subject_alt_name, -1)));
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, alternative_names);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(forged, extension, -1), 1);
    X509_EXTENSION_free(extension);
    assert_true(X509_sign(forged, authority.key, EVP_sha256()) > 0);
    return forged;
}

static int verdict_of_forged(const char *alternative_names)
{
    X509 *forged = forge(alternative_names);
    int result = verdict(forged, &authority, NOW);

    X509_free(forged);
    return result;
}

static bool has_host(const char *name)
{
    return X509_check_host(server.certificate, name, 0, 0, NULL) == 1;
}

static void test_certificate__the_authority_signs_servers_for_ten_years(void **state)
{
    X509 *own = authority.certificate;

    (void)state;
    assert_int_equal(X509_get_version(own), X509_VERSION_3);
    assert_int_equal(certificate_begin_ms(own), NOW - DAYS(1));
    assert_int_equal(certificate_end_ms(own), NOW + DAYS(3650));
    assert_int_equal(X509_check_ca(own), 1);
    assert_int_equal(X509_get_pathlen(own), 0);
    assert_int_equal(X509_get_key_usage(own), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
    assert_true(X509_get_ext_by_critical(own, 1, -1) >= 0);
    assert_true(
        X509_EXTENSION_get_critical(X509_get_ext(own, X509_get_ext_by_NID(own, NID_name_constraints, -1))));
    assert_true(
        X509_EXTENSION_get_critical(X509_get_ext(own, X509_get_ext_by_NID(own, NID_basic_constraints, -1))));
    assert_int_equal(EVP_PKEY_get_bits(authority.key), 256);
}

static void test_certificate__a_server_is_believed_by_who_trusts_the_authority(void **state)
{
    struct tls_identity other;

    (void)state;
    assert_int_equal(verdict(server.certificate, &authority, NOW), X509_V_OK);
    assert_int_equal(certificate_end_ms(server.certificate) - certificate_begin_ms(server.certificate),
                     DAYS(397));
    assert_int_equal(X509_get_extended_key_usage(server.certificate), XKU_SSL_SERVER);
    assert_int_equal(X509_check_ca(server.certificate), 0);
    assert_int_equal(verdict(server.certificate, &authority, NOW + DAYS(397)), X509_V_ERR_CERT_HAS_EXPIRED);
    assert_int_equal(certificate_new_authority(&ctx, "pinakes", &other), OK);
    assert_int_not_equal(verdict(server.certificate, &other, NOW), X509_V_OK);
    tls_identity_release(&other);
}

static void test_certificate__names_the_machine_and_no_public_name(void **state)
{
    (void)state;
    assert_true(has_host("localhost"));
    assert_true(has_host("pinakes"));
    assert_true(has_host("pinakes.local"));
    assert_true(has_host("books.lan"));
    assert_int_equal(X509_check_ip_asc(server.certificate, "127.0.0.1", 0), 1);
    assert_int_equal(X509_check_ip_asc(server.certificate, "::1", 0), 1);
    assert_false(has_host("library.example.org"));
}

static void test_certificate__a_stolen_authority_is_none_of_the_internet(void **state)
{
    (void)state;
    assert_int_equal(verdict_of_forged("DNS:other.local,IP:192.168.7.9,IP:fd00::9"), X509_V_OK);
    assert_int_equal(verdict_of_forged("DNS:bank.example.com"), X509_V_ERR_PERMITTED_VIOLATION);
    assert_int_equal(verdict_of_forged("DNS:notlocal"), X509_V_ERR_PERMITTED_VIOLATION);
    assert_int_equal(verdict_of_forged("IP:9.9.9.9"), X509_V_ERR_PERMITTED_VIOLATION);
    assert_int_equal(verdict_of_forged("IP:172.32.0.1"), X509_V_ERR_PERMITTED_VIOLATION);
    assert_int_equal(verdict_of_forged("IP:2001:db8::1"), X509_V_ERR_PERMITTED_VIOLATION);
}

static bool is_due(int64_t at_ms)
{
    return certificate_is_due(server.certificate, authority.certificate, &names, at_ms);
}

static void test_certificate__is_due_in_its_last_thirty_days(void **state)
{
    int64_t end = certificate_end_ms(server.certificate);

    (void)state;
    assert_false(is_due(NOW));
    assert_false(is_due(end - DAYS(30)));
    assert_true(is_due(end - DAYS(30) + 1));
    assert_true(is_due(end + DAYS(1)));
    assert_true(is_due(NOW - DAYS(2))); /* not valid yet: the clock was wrong when it was made */
}

static void test_certificate__is_due_when_a_name_or_address_is_new(void **state)
{
    static const char *const one_more[] = {"desk.local", NULL};
    static const char *const public_one[] = {"desk.example.org", NULL};

    (void)state;
    own_names_of_host(&ctx, "pinakes", one_more, &names);
    assert_true(is_due(NOW));
    /* Fewer are no reason, and what the authority does not permit would be asked for for ever. */
    own_names_of_host(&ctx, "pinakes", public_one, &names);
    assert_false(is_due(NOW));
    names.addresses[names.address_count++] = "10.1.2.3";
    assert_true(is_due(NOW));
}

static void test_certificate__is_due_when_the_authority_is_another(void **state)
{
    struct tls_identity other;

    (void)state;
    assert_int_equal(certificate_new_authority(&ctx, "pinakes", &other), OK);
    assert_true(certificate_is_due(server.certificate, other.certificate, &names, NOW));
    tls_identity_release(&other);
}

static void test_certificate__never_outlives_its_authority(void **state)
{
    struct tls_identity late;

    (void)state;
    ctx.now = NOW + DAYS(3600);
    assert_int_equal(certificate_new_server(&ctx, &authority, &names, &late), OK);
    assert_int_equal(certificate_end_ms(late.certificate), certificate_end_ms(authority.certificate));
    assert_false(certificate_is_ending(authority.certificate, NOW + DAYS(3620)));
    assert_true(certificate_is_ending(authority.certificate, NOW + DAYS(3620) + 1));
    tls_identity_release(&late);
}

static void test_own_names__takes_what_may_stand_in_a_url(void **state)
{
    static const char *const also[] = {"Desk.LAN", "desk.lan", "a,DNS:evil", "", "-x", "10.0.0.1", NULL};
    struct tls_names found;

    (void)state;
    own_names_of_host(&ctx, "Room1.House.lan", also, &found);
    assert_string_equal(found.host, "room1.house.lan");
    assert_int_equal(found.dns_count, 4);
    assert_string_equal(found.dns[0], "localhost");
    assert_string_equal(found.dns[1], "room1.house.lan");
    assert_string_equal(found.dns[2], "room1.local");
    assert_string_equal(found.dns[3], "desk.lan");
    own_names_of_host(&ctx, "no_such name", NULL, &found);
    assert_string_equal(found.host, "");
    assert_int_equal(found.dns_count, 1);
    own_names_list(&ctx, NULL, &found);
    assert_true(found.address_count >= 2);
    for (size_t i = 0; i < found.address_count; i++)
        assert_true(own_names_is_private(found.addresses[i]));
}

static void test_own_names__knows_private_addresses(void **state)
{
    static const char *const yes[] = {"10.0.0.1",    "127.0.0.1", "172.16.0.1",  "172.31.255.255",
                                      "192.168.1.1", "fd00::1",   "169.254.7.7", "::1"};
    static const char *const no[] = {"9.9.9.9",     "172.15.0.1", "172.32.0.1", "192.167.1.1",
                                     "2001:db8::1", "fe80::1",    "::",         "localhost"};

    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        assert_true(own_names_is_private(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        assert_false(own_names_is_private(no[i]));
}

#define WITH_BOTH(test) cmocka_unit_test_setup_teardown(test, make_both, release_both)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BOTH(test_certificate__the_authority_signs_servers_for_ten_years),
        WITH_BOTH(test_certificate__a_server_is_believed_by_who_trusts_the_authority),
        WITH_BOTH(test_certificate__names_the_machine_and_no_public_name),
        WITH_BOTH(test_certificate__a_stolen_authority_is_none_of_the_internet),
        WITH_BOTH(test_certificate__is_due_in_its_last_thirty_days),
        WITH_BOTH(test_certificate__is_due_when_a_name_or_address_is_new),
        WITH_BOTH(test_certificate__is_due_when_the_authority_is_another),
        WITH_BOTH(test_certificate__never_outlives_its_authority),
        cmocka_unit_test_setup_teardown(test_own_names__takes_what_may_stand_in_a_url, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_own_names__knows_private_addresses, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
