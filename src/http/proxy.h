/* http/proxy.h - whose word on a client's address is believed.
 *
 * Addresses are held as IPv6, IPv4 mapped into ::ffff:0:0/96. */
#ifndef HTTP_PROXY_H
#define HTTP_PROXY_H
#include "base/ctx.h"

struct sockaddr;
struct address {
	unsigned char bytes[16];
};
struct network {
	struct address address;
	unsigned bits;
};
#define PROXIES_MAX 64
struct proxies {
	struct network networks[PROXIES_MAX];
	unsigned count;
};
/* "127.0.0.1, 10.0.0.0/8, ::1".  E_INVALID names the entry. */
enum err proxies_parse(struct ctx *, struct str list, struct proxies *out);
bool proxies_trust(const struct proxies *, const struct address *);

/* Numeric IPv4 or IPv6, without a port. */
bool address_parse(struct str, struct address *out);
struct address address_of(const struct sockaddr *);            /* all zero for another family */
#define ADDRESS_TEXT_BYTES 48
void address_text(const struct address *, char out[ADDRESS_TEXT_BYTES]);

/* The client behind the proxies: of `forwarded` (X-Forwarded-For, all its lines joined by commas) the right-most address that
 * is not a trusted proxy's; what is left of it anybody could have written.  An entry that is no address ends the walk. */
struct address proxies_client(const struct proxies *, struct address nearest, struct str forwarded);
#endif
