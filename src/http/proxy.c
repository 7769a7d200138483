#include "http/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static const unsigned char MAPPED[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };
#define MAPPED_BITS 96

static bool is_mapped(const struct address *address)
{
	return memcmp(address->bytes, MAPPED, sizeof MAPPED) == 0;
}

bool address_parse(struct str s, struct address *out)
{
	char text[ADDRESS_TEXT_BYTES];
	struct address address;
	if (s.n == 0 || s.n >= sizeof text || memchr(s.p, 0, s.n))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	if (memchr(s.p, ':', s.n)) {
		if (inet_pton(AF_INET6, text, address.bytes) != 1)
			return false;
	} else {
		memcpy(address.bytes, MAPPED, sizeof MAPPED);
		if (inet_pton(AF_INET, text, address.bytes + sizeof MAPPED) != 1)
			return false;
	}
	*out = address;
	return true;
}

struct address address_of(const struct sockaddr *peer)
{
	struct address address = {};
	if (peer->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, peer, sizeof in);
		memcpy(address.bytes, MAPPED, sizeof MAPPED);
		memcpy(address.bytes + sizeof MAPPED, &in.sin_addr, 4);
	} else if (peer->sa_family == AF_INET6) {
		struct sockaddr_in6 in;
		memcpy(&in, peer, sizeof in);
		memcpy(address.bytes, &in.sin6_addr, 16);
	}
	return address;
}

void address_text(const struct address *address, char out[ADDRESS_TEXT_BYTES])
{
	bool mapped = is_mapped(address);
	if (!inet_ntop(mapped ? AF_INET : AF_INET6, address->bytes + (mapped ? sizeof MAPPED : 0), out, ADDRESS_TEXT_BYTES))
		out[0] = 0;
}

static bool network_parse(struct str s, struct network *out)
{
	struct network network = { .bits = 128 };
	struct str bits = s;
	struct str text = str_cut(&bits, '/');
	uint64_t n;
	if (!address_parse(text, &network.address))
		return false;
	bool four = !memchr(text.p, ':', text.n);
	if (text.n != s.n) {
		if (!str_u64(bits, &n) || n > (four ? 32 : 128))
			return false;
		network.bits = (unsigned)n + (four ? MAPPED_BITS : 0);
	}
	*out = network;
	return true;
}

enum err proxies_parse(struct ctx *cx, struct str list, struct proxies *out)
{
	struct proxies proxies = {};
	while (list.n) {
		struct str entry = str_trim(str_cut(&list, ','));
		if (entry.n == 0)
			continue;
		if (proxies.count == PROXIES_MAX)
			return fail(cx, E_INVALID, "server.trusted_proxies: more than %d entries.", PROXIES_MAX);
		if (!network_parse(entry, &proxies.networks[proxies.count++]))
			return fail(cx, E_INVALID, "server.trusted_proxies: \"%.60s\" is no address (10.0.0.1) or network (10.0.0.0/8).",
			            arena_text(&cx->mem, entry));
	}
	*out = proxies;
	return OK;
}

static bool inside(const struct network *network, const struct address *address)
{
	size_t whole = network->bits / 8;
	unsigned left = network->bits % 8;
	if (memcmp(network->address.bytes, address->bytes, whole) != 0)
		return false;
	return left == 0 || (network->address.bytes[whole] ^ address->bytes[whole]) >> (8 - left) == 0;
}

bool proxies_trust(const struct proxies *proxies, const struct address *address)
{
	for (unsigned i = 0; i < proxies->count; i++)
		if (inside(&proxies->networks[i], address))
			return true;
	return false;
}

/* Some proxies add a port: "192.0.2.1:4711", "[2001:db8::1]:4711". */
static struct str without_port(struct str entry)
{
	struct str rest = entry;
	if (str_starts(entry, STR("["))) {
		rest = str_from(entry, 1);
		return str_cut(&rest, ']');
	}
	struct str head = str_cut(&rest, ':');
	return rest.n && !memchr(rest.p, ':', rest.n) ? head : entry;
}

struct address proxies_client(const struct proxies *proxies, struct address nearest, struct str forwarded)
{
	struct address client = nearest;
	while (forwarded.n && proxies_trust(proxies, &client)) {
		const char *comma = memrchr(forwarded.p, ',', forwarded.n);
		size_t from = comma ? (size_t)(comma - forwarded.p) + 1 : 0;
		struct address next;
		if (!address_parse(without_port(str_trim(str_from(forwarded, from))), &next))
			break;
		client = next;
		forwarded.n = comma ? from - 1 : 0;
	}
	return client;
}
