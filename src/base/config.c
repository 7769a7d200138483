#include "base/config.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <ini.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (256 * 1024)
#define TEXTS_BYTES_MAX ((size_t)4 << 20)
#define VALUE_MAX 1024

enum setting_type { WHOLE_NUMBER, TEXT, CHOICE, FLAG };
enum text_kind { ANY_TEXT, NUMERIC_ADDRESS, WEB_ADDRESS, NETWORKS, REGION_NAME, STATE, STATE_OR_EMPTY, PATH, URL_PREFIX };

struct setting {
	const char *section, *name, *help;
	enum setting_type type;
	size_t offset;                         /* in struct config */
	int64_t least, most;                   /* WHOLE_NUMBER */
	const char *words;                     /* CHOICE: "open, closed" */
	enum text_kind kind;                   /* TEXT */
	const char *standard;                  /* as one would write it */
};

static const struct setting settings[] = {
#define AT(section, name) #section, #name
#define OFFSET(section, name) .offset = offsetof(struct config, section##_##name)
#define SETTING_INT(section, name, low, high, value, text) \
	{ AT(section, name), text, WHOLE_NUMBER, OFFSET(section, name), .least = low, .most = high, .standard = #value },
#define SETTING_TEXT(section, name, what, value, text) \
	{ AT(section, name), text, TEXT, OFFSET(section, name), .kind = what, .standard = value },
#define SETTING_CHOICE(section, name, list, value, text) \
	{ AT(section, name), text, CHOICE, OFFSET(section, name), .words = list, .standard = value },
#define SETTING_FLAG(section, name, value, text) \
	{ AT(section, name), text, FLAG, OFFSET(section, name), .standard = #value },
#include "base/config.def"
};
#define SETTINGS (sizeof settings / sizeof settings[0])

/* --- what a text may be --- */

static bool is_any(struct str) { return true; }

static bool is_path(struct str value) { return value.n > 0; }

static bool is_address(struct str value)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	if (value.n == 0 || value.n >= sizeof text)
		return false;
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static bool is_networks(struct str value)
{
	while (value.n > 0) {
		struct str network = str_trim(str_cut(&value, ','));
		struct str address = str_cut(&network, '/');
		bool six = memchr(address.p, ':', address.n) != NULL;
		uint64_t bits = 0;
		if (!is_address(address))
			return false;
		if (network.n > 0 && (!str_u64(network, &bits) || bits > (six ? 128 : 32)))
			return false;
	}
	return true;
}

/* Scheme and host, perhaps a port; no path, since links are appended to it. */
static bool is_web_address(struct str value)
{
	if (value.n == 0)
		return true;
	struct str scheme = str_starts(value, STR("https://")) ? STR("https://") : STR("http://");
	if (!str_starts(value, scheme) || value.n == scheme.n)
		return false;
	for (size_t i = scheme.n; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];
		if (c <= ' ' || c >= 0x7F || strchr("/?#\"'<>\\", c))
			return false;
	}
	return true;
}

static bool is_region_name(struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return value.n >= 2 && value.n <= 16;
}

static bool is_state(struct str value)
{
	return value.n == 2 && value.p[0] >= 'A' && value.p[0] <= 'Z' && value.p[1] >= 'A' && value.p[1] <= 'Z';
}

static bool is_state_or_empty(struct str value) { return value.n == 0 || is_state(value); }

/* Appended to, and put into a header. */
static bool is_url_prefix(struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '/'))
			return false;
	}
	return value.n == 0 || (value.n > 1 && value.p[0] == '/' && value.p[value.n - 1] != '/');
}

static const struct {
	bool (*allowed)(struct str);
	const char *range;
} text_kinds[] = {
	[ANY_TEXT] = { is_any, "any text" },
	[NUMERIC_ADDRESS] = { is_address, "a numeric IPv4 or IPv6 address" },
	[WEB_ADDRESS] = { is_web_address, "http:// or https:// and a host, without a path; or empty" },
	[NETWORKS] = { is_networks, "numeric addresses or networks (10.0.0.0/8), comma-separated; or empty" },
	[REGION_NAME] = { is_region_name, "2 to 16 of a-z 0-9 -" },
	[STATE] = { is_state, "two capital letters" },
	[STATE_OR_EMPTY] = { is_state_or_empty, "two capital letters, or empty" },
	[PATH] = { is_path, "a path" },
	[URL_PREFIX] = { is_url_prefix, "/ and a-z 0-9 - _ /, not ending with /; or empty" },
};

static void describe_range(const struct setting *setting, char *out, size_t bytes)
{
	switch (setting->type) {
	case WHOLE_NUMBER:
		snprintf(out, bytes, "%" PRId64 " to %" PRId64, setting->least, setting->most);
		break;
	case CHOICE:
		snprintf(out, bytes, "one of: %s", setting->words);
		break;
	case FLAG:
		snprintf(out, bytes, "true or false");
		break;
	case TEXT:
		snprintf(out, bytes, "%s", text_kinds[setting->kind].range);
		break;
	}
}

/* --- names --- */

static size_t least_of(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;
	return least < c ? least : c;
}

/* Levenshtein's distance; longer names are as far as can be. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64], length = strlen(b);
	if (length >= sizeof row / sizeof row[0])
		return SIZE_MAX;
	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];
		row[0] = i + 1;
		for (size_t j = 0; j < length; j++) {
			size_t above = row[j + 1];
			row[j + 1] = least_of(above + 1, row[j] + 1, diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[length];
}

static const struct setting *find(const char *section, const char *name)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (strcmp(settings[i].section, section) == 0 && strcmp(settings[i].name, name) == 0)
			return &settings[i];
	return NULL;
}

static const struct setting *nearest(const char *section, const char *name)
{
	const struct setting *best = &settings[0];
	size_t best_distance = SIZE_MAX;
	for (size_t i = 0; i < SETTINGS; i++) {
		size_t names = distance(name, settings[i].name), sections = distance(section, settings[i].section);
		if (names == SIZE_MAX || sections == SIZE_MAX)
			continue;
		if (3 * names + sections < best_distance) {         /* a wrong section is the lesser slip */
			best_distance = 3 * names + sections;
			best = &settings[i];
		}
	}
	return best;
}

/* --- reading --- */

struct loaded {
	struct config config;                  /* first: config_free() finds the whole by it */
	struct arena texts;
};

struct source {
	struct ctx *cx;
	struct loaded *loaded;
	const char *name;                      /* a file, or "command line" */
	FILE *file;
	int line;
	size_t bytes;
	enum err status;                       /* the first failure */
};

static enum err refuse(struct source *source, const struct setting *setting, const char *value)
{
	char range[120];
	describe_range(setting, range, sizeof range);
	return fail(source->cx, E_INVALID, "%s:%d: %s.%s is \"%.40s\"; allowed: %s", source->name, source->line,
	            setting->section, setting->name, value, range);
}

static bool read_flag(const char *value, bool *out)
{
	static const char *const yes[] = { "true", "yes", "on", "1" }, *const no[] = { "false", "no", "off", "0" };
	for (size_t i = 0; i < 4; i++) {
		if (strcmp(value, yes[i]) != 0 && strcmp(value, no[i]) != 0)
			continue;
		*out = strcmp(value, yes[i]) == 0;
		return true;
	}
	return false;
}

static bool is_one_of(struct str words, struct str value)
{
	while (words.n > 0)
		if (str_eq(str_trim(str_cut(&words, ',')), value))
			return true;
	return false;
}

static enum err set(struct source *source, const struct setting *setting, const char *value)
{
	char *field = (char *)&source->loaded->config + setting->offset;
	struct str text = str_of(value);
	int64_t number;
	bool flag;
	switch (setting->type) {
	case WHOLE_NUMBER:
		if (!str_i64(text, &number) || number < setting->least || number > setting->most)
			return refuse(source, setting, value);
		memcpy(field, &number, sizeof number);
		return OK;
	case FLAG:
		if (!read_flag(value, &flag))
			return refuse(source, setting, value);
		memcpy(field, &flag, sizeof flag);
		return OK;
	case CHOICE:
		if (!is_one_of(str_of(setting->words), text))
			return refuse(source, setting, value);
		break;
	case TEXT:
		if (text.n > VALUE_MAX || !str_utf8(text) || !text_kinds[setting->kind].allowed(text))
			return refuse(source, setting, value);
		break;
	}
	const char *copy = arena_text(&source->loaded->texts, text);
	memcpy(field, &copy, sizeof copy);
	return OK;
}

static enum err set_named(struct source *source, const char *section, const char *name, const char *value)
{
	const struct setting *setting = find(section, name);
	if (setting)
		return set(source, setting, value);
	const struct setting *meant = nearest(section, name);
	return fail(source->cx, E_INVALID, "%s:%d: there is no setting \"%.40s.%.40s\"; did you mean %s.%s?",
	            source->name, source->line, section, name, meant->section, meant->name);
}

/* libinih goes on after a failure; the first one is what people need. */
static int on_setting(void *self, const char *section, const char *name, const char *value)
{
	struct source *source = self;
	if (source->status == OK)
		source->status = set_named(source, section, name, value);
	return source->status == OK;
}

/* Counts lines, since the library as packaged does not tell them. */
static char *next_line(char *line, int size, void *self)
{
	struct source *source = self;
	if (source->status != OK || !fgets(line, size, source->file))
		return NULL;
	size_t n = strlen(line);
	source->line++;
	source->bytes += n;
	bool whole = n > 0 && (line[n - 1] == '\n' || n + 1 < (size_t)size);
	if (!whole || source->bytes > FILE_BYTES_MAX) {
		source->status = fail(source->cx, E_INVALID, "%s:%d: %s", source->name, source->line,
		                      whole ? "the file is too long for settings" : "the line is too long");
		return NULL;
	}
	return line;
}

static enum err read_file(struct ctx *cx, struct loaded *loaded, const char *path)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return fail(cx, errno == ENOENT ? E_NOTFOUND : E_INVALID, "cannot read the settings file %.100s: %s", path, strerror(errno));
	struct source source = { .cx = cx, .loaded = loaded, .name = path, .file = file };
	int outcome = ini_parse_stream(next_line, &source, on_setting, &source);
	fclose(file);
	if (source.status != OK)
		return source.status;
	if (outcome != 0)
		return fail(cx, E_INVALID, "%s:%d: not a [section], not name = value", path, outcome);
	return OK;
}

static enum err read_override(struct source *source, const char *override)
{
	struct str value = str_of(override);
	struct str left = str_cut(&value, '=');
	const char *equals = strchr(override, '=');
	if (str_of(override).n > 2 * VALUE_MAX)
		return fail(source->cx, E_INVALID, "the setting \"%.40s...\" is too long", override);
	struct str name = left, section = str_cut(&name, '.');
	if (!equals || section.n == 0 || name.n == 0)
		return fail(source->cx, E_INVALID, "\"%.60s\" is not section.name=value", override);
	return set_named(source, arena_text(&source->loaded->texts, section), arena_text(&source->loaded->texts, name), equals + 1);
}

static enum err fill(struct ctx *cx, struct loaded *loaded, const char *file, const char *const *overrides)
{
	struct source source = { .cx = cx, .loaded = loaded, .name = "config.def" };
	for (size_t i = 0; i < SETTINGS; i++)
		TRY(set(&source, &settings[i], settings[i].standard));
	if (file)
		TRY(read_file(cx, loaded, file));
	source.name = "command line";
	for (source.line = 1; overrides && *overrides; overrides++, source.line++)
		TRY(read_override(&source, *overrides));
	return OK;
}

enum err config_load(struct ctx *cx, const char *file, const char *const *overrides, struct config **out)
{
	struct loaded *loaded = calloc(1, sizeof *loaded);
	if (!loaded)
		abort();
	loaded->texts = arena_new_capped(TEXTS_BYTES_MAX);
	struct config *config = &loaded->config;
	enum err status = fill(cx, loaded, file, overrides);
	if (status != OK) {
		config_free(&config);
		return status;
	}
	*out = config;
	return OK;
}

void config_free(struct config **config)
{
	if (!config || !*config)
		return;
	struct loaded *loaded = (struct loaded *)*config;
	arena_free(&loaded->texts);
	free(loaded);
	*config = NULL;
}

void config_each(void (*each)(void *self, const struct setting_info *), void *self)
{
	static const char *const types[] = { [WHOLE_NUMBER] = "number", [TEXT] = "text", [CHOICE] = "choice", [FLAG] = "flag" };
	for (size_t i = 0; i < SETTINGS; i++) {
		const struct setting *setting = &settings[i];
		char range[120];
		describe_range(setting, range, sizeof range);
		struct setting_info info = { setting->section, setting->name, types[setting->type], range, setting->standard, setting->help };
		each(self, &info);
	}
}
