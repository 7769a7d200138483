/* The table is made by tools/assetgen.c: app.js and /sw.js are two headers of this folder, x.png is neither text nor a picture. */
#include <brotli/decode.h>
#include <zlib.h>

#include "http/asset.h"
#include "http_fixture.h"

#define END " HTTP/1.1\r\nHost: t\r\n"

extern const struct asset test_assets[];

static enum err give_asset(struct ctx *cx, const struct req *req, struct resp *resp)
{
	const struct asset *asset = asset_at(test_assets, req->path);
	if (!asset)
		return fail(cx, E_NOTFOUND, "No such file.");
	asset_answer(cx, req, asset, resp);
	return OK;
}

static const struct route asset_routes[] = {
	{ GET, "/{rest*}", give_asset, ANYONE, RATE_NONE, READ, 0, "Assets.", NULL, NULL, NULL },
	{ .path = NULL },
};
static const struct route *const asset_tables[] = { asset_routes, NULL };

static bool ask_asset(struct fixture *f, const char *name, const char *headers, struct answer *answer)
{
	char request[512];
	snprintf(request, sizeof request, "GET %s" END "%s\r\n", asset_path(test_assets, name), headers);
	return ask_text(f, request, answer);
}

static void start_assets(struct fixture *f)
{
	fixture_prepare(f);
	f->tables = asset_tables;
	fixture_start(f);
}

static struct str source(struct ctx *cx, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", SOURCE_FOLDER, name);
	FILE *in = fopen(path, "rb");
	if (!EXPECT(in))
		return STR("");
	char *text = arena_alloc(&cx->mem, 100000, 1);
	size_t n = fread(text, 1, 100000, in);
	fclose(in);
	return (struct str){ .p = text, .n = n };
}

TEST(each_coding_holds_the_file)
{
	struct fixture f AUTO(fixture_end);
	start_assets(&f);
	struct answer a AUTO(answer_free) = {};
	struct str whole = source(&f.cx, "http_fixture.h");
	unsigned char *out = arena_alloc(&f.cx.mem, 100000, 1);
	CHECK(ask_asset(&f, "app.js", "", &a) && a.status == 200 && answer_header(&a, "Content-Encoding").n == 0);
	CHECK(str_eq(whole, (struct str){ .p = a.body, .n = a.body_n }));
	CHECK(ask_asset(&f, "app.js", "Accept-Encoding: gzip\r\n", &a) && header_is(&a, "Content-Encoding", "gzip"));
	z_stream z = { .next_in = (unsigned char *)a.body, .avail_in = (uInt)a.body_n, .next_out = out, .avail_out = 100000 };
	CHECK(a.body_n < whole.n / 2 && inflateInit2(&z, 15 + 16) == Z_OK);
	CHECK(inflate(&z, Z_FINISH) == Z_STREAM_END && inflateEnd(&z) == Z_OK);
	CHECK(str_eq(whole, (struct str){ .p = (char *)out, .n = z.total_out }));
	size_t n = 100000;
	CHECK(ask_asset(&f, "app.js", "Accept-Encoding: gzip, br\r\n", &a) && header_is(&a, "Content-Encoding", "br"));
	CHECK(BrotliDecoderDecompress(a.body_n, (unsigned char *)a.body, &n, out) == BROTLI_DECODER_RESULT_SUCCESS);
	CHECK(str_eq(whole, (struct str){ .p = (char *)out, .n = n }));
	CHECK(header_is(&a, "Vary", "Accept-Encoding") && header_is(&a, "Content-Type", "text/javascript; charset=utf-8"));
}

TEST(hashed_paths_are_cached_for_ever_and_fixed_ones_asked_again)
{
	struct fixture f AUTO(fixture_end);
	start_assets(&f);
	struct answer a AUTO(answer_free) = {};
	struct str path = str_of(asset_path(test_assets, "app.js"));
	CHECK(str_starts(path, STR("/assets/app.")) && str_ends(path, STR(".js")) && path.n == strlen("/assets/app..js") + 16);
	CHECK(ask_asset(&f, "app.js", "", &a) && header_is(&a, "Cache-Control", "public, max-age=31536000, immutable"));
	CHECK(ask_asset(&f, "/sw.js", "", &a) && a.status == 200 && header_is(&a, "Cache-Control", "no-cache"));
	CHECK(str_eq(str_of(asset_path(test_assets, "/sw.js")), STR("/sw.js")));
	CHECK(str_eq(str_of(asset_path(test_assets, "other.js")), STR("")));
	CHECK(ask_text(&f, "GET /assets/app.0000000000000000.js" END "\r\n", &a) && a.status == 404);
}

TEST(each_variant_has_its_own_tag_and_304)
{
	struct fixture f AUTO(fixture_end);
	start_assets(&f);
	struct answer a AUTO(answer_free) = {};
	char headers[128];
	CHECK(ask_asset(&f, "app.js", "Accept-Encoding: br\r\n", &a));
	struct str tag = arena_copy(&f.cx.mem, answer_header(&a, "ETag"));
	CHECK(str_ends(tag, STR("-br\"")));
	snprintf(headers, sizeof headers, "Accept-Encoding: br\r\nIf-None-Match: " STR_FMT "\r\n", STR_ARG(tag));
	CHECK(ask_asset(&f, "app.js", headers, &a) && a.status == 304 && header_is(&a, "Vary", "Accept-Encoding"));
	snprintf(headers, sizeof headers, "If-None-Match: " STR_FMT "\r\n", STR_ARG(tag));
	CHECK(ask_asset(&f, "app.js", headers, &a) && a.status == 200);
}

TEST(what_does_not_shrink_is_served_as_it_is)
{
	struct fixture f AUTO(fixture_end);
	start_assets(&f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_asset(&f, "x.png", "Accept-Encoding: br, gzip\r\n", &a) && a.status == 200);
	CHECK(answer_header(&a, "Content-Encoding").n == 0 && answer_header(&a, "Vary").n == 0);
	CHECK(header_is(&a, "Content-Type", "image/png"));
}

int main(void)
{
	RUN(each_coding_holds_the_file);
	RUN(hashed_paths_are_cached_for_ever_and_fixed_ones_asked_again);
	RUN(each_variant_has_its_own_tag_and_304);
	RUN(what_does_not_shrink_is_served_as_it_is);
	return tap_end();
}
