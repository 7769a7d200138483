/* What the program says of itself: settings, interface, version. */
#include <stdio.h>
#include <string.h>

#include "api/openapi.h"
#include "api/version.h"
#include "cli/cli.h"

#define OPENAPI_BYTES_MAX ((size_t)4 << 20)

/* True when a setting opens a section; remembers it. */
struct listing {
	char section[32];
};

static bool opens_section(struct listing *listing, const struct setting_info *setting)
{
	if (strcmp(listing->section, setting->section) == 0)
		return false;
	snprintf(listing->section, sizeof listing->section, "%s", setting->section);
	return true;
}

static void as_ini(void *self, const struct setting_info *setting)
{
	if (opens_section(self, setting))
		printf("\n[%s]\n", setting->section);
	printf("; %s (%s)\n; %s = %s\n", setting->help, setting->range, setting->name, setting->standard);
}

enum err run_settings(struct cli *)
{
	struct listing listing = {};
	puts("; Settings of amanat with their defaults. Take the semicolon away where you want another value.");
	config_each(as_ini, &listing);
	return OK;
}

enum err run_openapi(struct cli *cli)
{
	AUTO(buf_free) struct buf text = buf_new(OPENAPI_BYTES_MAX);
	TRY(openapi_write(&cli->cx, &text));
	printf("%s\n", buf_terminated(&text));
	return OK;
}

enum err run_version(struct cli *)
{
	puts("amanat " AMANAT_VERSION " (" AMANAT_COMMIT ")");
	return OK;
}
