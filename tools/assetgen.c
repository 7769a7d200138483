/* assetgen OUTPUT SYMBOL NAME=FILE|@LIST... - makes C source of files: `const struct asset SYMBOL[]` (src/http/asset.h).
 *
 * A NAME like app.js is served at /assets/app.HASH.js, HASH being the first 16 hex digits of the content's SHA-256; a NAME
 * that starts with a slash is served at just that path.  Text gets a gzip and a brotli variant where they are smaller.
 * A LIST has lines "NAME FILE", the FILE below the list's folder, its name with a hash of its own: served at /assets/ and that name.
 * Content goes out as string literals: a compiler reads these many times faster than lists of numbers. */
#include <brotli/encode.h>
#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define FILE_BYTES_MAX ((size_t)64 << 20)
#define HASH_BYTES 8
#define HASH_HEX (2 * HASH_BYTES + 1)
#define LINE_COLUMNS 120

struct bytes {
	unsigned char *p;
	size_t n;
};

struct file {
	const char *name;
	char *path;
	const char *type;
	char hash[HASH_HEX];
	struct bytes identity, gzip, brotli;
};

struct files {
	struct file *rows;
	size_t count;
};

static const struct {
	const char *extension, *type;
	bool text;
} types[] = {
	{ ".html", "text/html; charset=utf-8", true }, { ".css", "text/css; charset=utf-8", true },
	{ ".js", "text/javascript; charset=utf-8", true }, { ".mjs", "text/javascript; charset=utf-8", true },
	{ ".json", "application/json", true }, { ".map", "application/json", true }, { ".txt", "text/plain; charset=utf-8", true },
	{ ".svg", "image/svg+xml", true }, { ".webmanifest", "application/manifest+json", true },
	{ ".wasm", "application/wasm", true }, { ".ico", "image/x-icon", true }, { ".png", "image/png", false },
	{ ".jpg", "image/jpeg", false }, { ".webp", "image/webp", false }, { ".avif", "image/avif", false },
	{ ".woff2", "font/woff2", false }, { ".mp4", "video/mp4", false },
};
#define TYPES (sizeof types / sizeof types[0])

static _Noreturn void die(const char *what, const char *name)
{
	fprintf(stderr, "assetgen: %s: %s\n", name, what);
	exit(1);
}

static void *take(size_t n)
{
	void *p = malloc(n ? n : 1);
	if (!p)
		die("out of memory", "malloc");
	return p;
}

static struct bytes read_whole(const char *path)
{
	FILE *in = fopen(path, "rb");
	if (!in)
		die(strerror(errno), path);
	struct bytes out = { .p = take(FILE_BYTES_MAX) };
	out.n = fread(out.p, 1, FILE_BYTES_MAX, in);
	if (ferror(in) || out.n == FILE_BYTES_MAX)
		die("cannot be read, or is too large", path);
	fclose(in);
	return out;
}

/* Only what is smaller is kept. */
static struct bytes gzip_of(const struct bytes *in)
{
	z_stream z = { .next_in = in->p, .avail_in = (uInt)in->n };
	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		die("deflateInit2", "zlib");
	struct bytes out = { .p = take(in->n) };
	z.next_out = out.p;
	z.avail_out = (uInt)in->n;
	if (deflate(&z, Z_FINISH) == Z_STREAM_END)
		out.n = z.total_out;
	deflateEnd(&z);
	return out;
}

static struct bytes brotli_of(const struct bytes *in)
{
	struct bytes out = { .p = take(in->n), .n = in->n };
	if (!BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, in->n, in->p, &out.n, out.p) || out.n >= in->n)
		out.n = 0;
	return out;
}

static size_t type_of(const char *name)
{
	const char *dot = strrchr(name, '.');
	for (size_t i = 0; dot && i < TYPES; i++)
		if (strcmp(dot, types[i].extension) == 0)
			return i;
	die("no content type is known for this extension", name);
}

static char *path_of(const char *name, const char *hash)
{
	size_t size = strlen(name) + sizeof "/assets/." + HASH_HEX;
	char *path = take(size);
	const char *dot = strrchr(name, '.');
	if (name[0] == '/')
		snprintf(path, size, "%s", name);
	else
		snprintf(path, size, "/assets/%.*s.%s%s", (int)(dot - name), name, hash, dot);
	return path;
}

static struct file *add(struct files *files)
{
	files->rows = realloc(files->rows, (files->count + 1) * sizeof *files->rows);
	if (!files->rows)
		die("out of memory", "realloc");
	return &files->rows[files->count++];
}

/* `path` NULL: made of the name and the content's hash. */
static struct file file_of(const char *name, const char *from, char *path)
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	struct file file = { .name = name };
	if (strpbrk(name, "\"\\") || (path && strpbrk(path, "\"\\")))
		die("a name has neither quotes nor backslashes", name);
	size_t type = type_of(name);
	file.type = types[type].type;
	file.identity = read_whole(from);
	crypto_hash_sha256(digest, file.identity.p, file.identity.n);
	sodium_bin2hex(file.hash, sizeof file.hash, digest, HASH_BYTES);
	file.path = path ? path : path_of(name, file.hash);
	if (types[type].text) {
		file.gzip = gzip_of(&file.identity);
		file.brotli = brotli_of(&file.identity);
	}
	return file;
}

static void take_named(struct files *files, char *argument)
{
	char *equals = strchr(argument, '=');
	if (!equals || equals == argument)
		die("is not NAME=FILE", argument);
	*equals = 0;
	*add(files) = file_of(argument, equals + 1, NULL);
}

static char *joined(const char *before, size_t n, const char *after)
{
	size_t size = n + strlen(after) + 1;
	char *out = take(size);
	snprintf(out, size, "%.*s%s", (int)n, before, after);
	return out;
}

static void take_list(struct files *files, const char *list)
{
	struct bytes text = read_whole(list);
	const char *slash = strrchr(list, '/');
	size_t folder = slash ? (size_t)(slash - list) + 1 : 0;
	char *line = (char *)text.p, *end = line + text.n;
	for (char *stop; line < end; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(end - line));
		char *gap = memchr(line, ' ', (size_t)(end - line));
		if (!stop || !gap || gap == line || gap > stop)
			die("has a line that is not \"NAME FILE\"", list);
		*gap = *stop = 0;
		const char *base = strrchr(gap + 1, '/');
		*add(files) = file_of(line, joined(list, folder, gap + 1), joined("/assets/", strlen("/assets/"), base ? base + 1 : gap + 1));
	}
}

/* Octal escapes take three digits at most, so no digit behind one can be read into it. */
static void put_bytes(FILE *out, const char *member, const struct bytes *bytes)
{
	int column = 0;
	if (bytes->n == 0)
		return;
	fprintf(out, "\t\t.%s = { .n = %zu, .p =\n\t\t\t\"", member, bytes->n);
	for (size_t i = 0; i < bytes->n; i++) {
		unsigned char c = bytes->p[i];
		if (column >= LINE_COLUMNS) {
			fputs("\"\n\t\t\t\"", out);
			column = 0;
		}
		if (c == '"' || c == '\\' || c == '?')     /* two question marks would begin a trigraph */
			column += fprintf(out, "\\%c", c);
		else if (c >= 0x20 && c < 0x7F)
			column += fprintf(out, "%c", c);
		else
			column += fprintf(out, "\\%03o", c);
	}
	fputs("\" },\n", out);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static void put_file(FILE *out, const struct file *file)
{
	fprintf(out, "\t{\n\t\t.name = \"%s\",\n\t\t.path = \"%s\",\n\t\t.content_type = \"%s\",\n\t\t.etag = \"\\\"%s\\\"\",\n\t\t.hashed = %s,\n",
	        file->name, file->path, file->type, file->hash, file->name[0] == '/' ? "false" : "true");
	put_bytes(out, "identity", &file->identity);
	put_bytes(out, "gzip", &file->gzip);
	put_bytes(out, "brotli", &file->brotli);
	fputs("\t},\n", out);
}

int main(int argc, char **argv)
{
	if (argc < 3 || sodium_init() < 0) {
		fprintf(stderr, "usage: assetgen OUTPUT SYMBOL NAME=FILE|@LIST...\n");
		return 2;
	}
	struct files files = {};
	for (int i = 3; i < argc; i++)
		if (argv[i][0] == '@')
			take_list(&files, argv[i] + 1);
		else
			take_named(&files, argv[i]);
	if (files.count > 0)
		qsort(files.rows, files.count, sizeof *files.rows, by_path);
	FILE *out = fopen(argv[1], "w");
	if (!out)
		die(strerror(errno), argv[1]);
	fprintf(out, "/* Made by assetgen. */\n#include \"http/asset.h\"\n\nextern const struct asset %s[];\nconst struct asset %s[] = {\n", argv[2], argv[2]);
	for (size_t i = 0; i < files.count; i++)
		put_file(out, &files.rows[i]);
	fputs("\t{ .name = NULL },\n};\n", out);
	if (fclose(out) != 0)
		die(strerror(errno), argv[1]);
	return 0;
}
