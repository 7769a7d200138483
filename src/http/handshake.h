/* http/handshake.h - what libmicrohttpd and GnuTLS need for a handshake (tls.c). */
#ifndef HTTP_HANDSHAKE_H
#define HTTP_HANDSHAKE_H
#include <gnutls/abstract.h>

/* TLS 1.2 and 1.3, forward secrecy, authenticated encryption, and nothing else. */
extern const char tls_priorities[];
/* For MHD_OPTION_HTTPS_CERT_CALLBACK; the session's pointer is its struct tls. */
gnutls_certificate_retrieve_function2 tls_choose;
#endif
