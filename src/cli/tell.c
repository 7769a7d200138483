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

/* A backslash is roff's escape. */
static void put_roff(const char *text)
{
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", stdout);
		else
			putchar(*text);
	}
}

static void as_mdoc(void *self, const struct setting_info *setting)
{
	struct listing *listing = self;
	bool first = listing->section[0] == '\0';
	if (opens_section(listing, setting))
		printf("%s.Ss [%s]\n.Bl -tag -width Ds\n", first ? "" : ".El\n", setting->section);
	printf(".It Cm %s Ns = Ns Ar %s\n", setting->name, setting->type);
	put_roff(setting->help);
	printf("\nAllowed: %s.\n", setting->range);
	if (setting->standard[0])
		printf("Default:\n.Ql %s .\n", setting->standard);
	else
		puts("Default: empty.");
}

enum err run_settings(struct cli *cli)
{
	struct listing listing = {};
	if (cli_option(cli, "mdoc")) {
		config_each(as_mdoc, &listing);
		puts(".El");
		return OK;
	}
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
