/*
 * roots.h — whom this machine trusts to vouch for others: its list of certificate authorities.
 */
#ifndef CARREL_NET_ROOTS_H
#define CARREL_NET_ROOTS_H

#include <openssl/types.h>

/*
 * What outgoing connections are made with: TLS 1.2 and later, certificates checked against the file that SSL_CERT_FILE
 * names, else the first list that is found where systems keep theirs. Read once and again after NET_ROOTS_KEEP_MS. To be
 * given back by SSL_CTX_free(). NULL: there is no list, or nothing can be read in it. Thread-safe.
 */
SSL_CTX *net_roots_context(void);

#endif
