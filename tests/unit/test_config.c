/* What the settings promise: defaults, ranges, and a failure that says where and what is allowed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "scratch.h"
#include "tap.h"

struct fixture {
	struct ctx cx;
	struct config *config;
	char path[64];
};

static void fixture_end(struct fixture *f)
{
	config_free(&f->config);
	ctx_end(&f->cx);
	if (f->path[0])
		unlink(f->path);
}

static struct fixture file_of(const char *text)
{
	struct fixture f = { .cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) } };
	snprintf(f.path, sizeof f.path, "%s/amanat-config-XXXXXX", scratch_root());
	int fd = mkstemp(f.path);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	if (file) {
		fputs(text, file);
		fclose(file);
	}
	return f;
}

static enum err load(struct fixture *f, const char *const *overrides)
{
	return config_load(&f->cx, f->path[0] ? f->path : NULL, overrides, &f->config);
}

static bool says(const struct fixture *f, const char *part)
{
	if (strstr(f->cx.failure.text, part))
		return true;
	printf("# it says: %s\n", f->cx.failure.text);
	return false;
}

TEST(without_a_file_every_setting_has_its_default)
{
	AUTO(fixture_end) struct fixture f = {};
	CHECK(load(&f, NULL) == OK);
	CHECK(f.config->server_port == 8080 && strcmp(f.config->server_address, "127.0.0.1") == 0);
	CHECK(f.config->server_access_log && f.config->media_clip_seconds == 180);
	CHECK(strcmp(f.config->region_place, "Singapore") == 0 && strcmp(f.config->accounts_sign_up, "open") == 0);
}

TEST(a_file_goes_over_the_defaults_and_the_command_line_over_the_file)
{
	AUTO(fixture_end) struct fixture f = file_of("; a comment\n[server]\nport = 9000\naccess_log = no\n[region]\nplace = Doha\n");
	static const char *const overrides[] = { "server.port=9001", "store.folder=/tmp/a=b", NULL };
	CHECK(load(&f, overrides) == OK);
	CHECK(f.config->server_port == 9001 && !f.config->server_access_log);
	CHECK(strcmp(f.config->region_place, "Doha") == 0 && strcmp(f.config->store_folder, "/tmp/a=b") == 0);
}

TEST(a_number_out_of_range_names_file_line_and_range)
{
	AUTO(fixture_end) struct fixture f = file_of("[server]\n\nport = 65536\n");
	CHECK(load(&f, NULL) == E_INVALID);
	CHECK(says(&f, f.path) && says(&f, ":3:") && says(&f, "server.port is \"65536\"") && says(&f, "0 to 65535"));
	CHECK(f.config == NULL);
}

TEST(the_first_of_several_mistakes_is_told)
{
	AUTO(fixture_end) struct fixture f = file_of("[server]\nport = x\nidle_seconds = y\n");
	CHECK(load(&f, NULL) == E_INVALID && says(&f, ":2:"));
}

TEST(an_unknown_setting_is_refused_with_the_nearest_name)
{
	AUTO(fixture_end) struct fixture f = file_of("[media]\nclip_second = 5\n");
	CHECK(load(&f, NULL) == E_INVALID && says(&f, "media.clip_second") && says(&f, "did you mean media.clip_seconds?"));
	AUTO(fixture_end) struct fixture g = {};
	static const char *const wrong_section[] = { "region.folder=x", NULL };
	CHECK(load(&g, wrong_section) == E_INVALID && says(&g, "did you mean store.folder?"));
}

TEST(a_line_that_is_no_setting_is_refused)
{
	AUTO(fixture_end) struct fixture f = file_of("[server]\nport 9000\n");
	CHECK(load(&f, NULL) == E_INVALID && says(&f, ":2:"));
}

TEST(a_missing_file_is_not_found)
{
	AUTO(fixture_end) struct fixture f = {};
	CHECK(config_load(&f.cx, "/nonexistent/amanat.ini", NULL, &f.config) == E_NOTFOUND && says(&f, "No such file"));
}

TEST(texts_are_held_to_what_they_may_be)
{
	static const char *const wrong[] = {
		"server.address=localhost", "server.url=example.org", "server.url=https://a/b", "server.log=loud",
		"server.trusted_proxies=10.0.0.0/33", "region.name=S", "region.jurisdiction=sg", "accounts.sign_up=perhaps",
		"server.access_log=maybe", "store.folder=", "server.port=", "server.port= 1", "noequals", "port=1", "region.place=\xFF",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		AUTO(fixture_end) struct fixture f = {};
		const char *const overrides[] = { wrong[i], NULL };
		if (!EXPECT(load(&f, overrides) == E_INVALID))
			printf("# %s\n", wrong[i]);
	}
	static const char *const right[] = { "server.address=::1", "server.url=https://a.example:8443", "region.owner_jurisdiction=",
		                             "server.trusted_proxies=127.0.0.1, 10.0.0.0/8,::1/128", NULL };
	AUTO(fixture_end) struct fixture f = {};
	CHECK(load(&f, right) == OK);
}

TEST(an_endless_line_or_file_is_refused)
{
	AUTO(fixture_end) struct fixture f = file_of("");
	FILE *file = fopen(f.path, "w");
	CHECK(file);
	for (int i = 0; i < 100000; i++)
		fputc('x', file);
	fclose(file);
	CHECK(load(&f, NULL) == E_INVALID && says(&f, "too long"));
	file = fopen(f.path, "w");
	CHECK(file);
	for (int i = 0; i < 40000; i++)
		fputs("; nothing\n", file);
	fclose(file);
	CHECK(load(&f, NULL) == E_INVALID && says(&f, "too long"));
}

struct census {
	int settings, undocumented;
};

static void take_census(void *self, const struct setting_info *info)
{
	struct census *census = self;
	census->settings++;
	size_t n = strlen(info->help);
	census->undocumented += n == 0 || info->help[n - 1] != '.' || !info->range[0] || !info->type[0];
}

TEST(each_setting_is_documented)
{
	struct census census = {};
	config_each(take_census, &census);
	CHECK(census.settings > 30 && census.undocumented == 0);
}

int main(void)
{
	RUN(without_a_file_every_setting_has_its_default);
	RUN(a_file_goes_over_the_defaults_and_the_command_line_over_the_file);
	RUN(a_number_out_of_range_names_file_line_and_range);
	RUN(the_first_of_several_mistakes_is_told);
	RUN(an_unknown_setting_is_refused_with_the_nearest_name);
	RUN(a_line_that_is_no_setting_is_refused);
	RUN(a_missing_file_is_not_found);
	RUN(texts_are_held_to_what_they_may_be);
	RUN(an_endless_line_or_file_is_refused);
	RUN(each_setting_is_documented);
	return tap_end();
}
