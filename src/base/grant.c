#include "base/grant.h"

#include <string.h>

struct grant grant_make(enum grant_purpose purpose, int64_t account, const unsigned char key[KEY_BYTES])
{
	struct grant grant = { .purpose = purpose, .account = account };
	memcpy(grant.key, key, KEY_BYTES);
	return grant;
}

void grant_wipe(struct grant *grant)
{
	if (grant)
		explicit_bzero(grant, sizeof *grant);
}
