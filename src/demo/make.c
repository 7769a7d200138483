/* What amanat-media is asked for, and what comes of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "demo/inside.h"
#include "media/media.h"
#include "media/output.h"
#include "media/worker.h"

static const uint32_t palettes[PALETTE_END][TYPED_COLOURS] = {
#define PALETTE(name, a, b, c, text, accent) [PALETTE_##name] = { a, b, c, text, accent },
#include "demo/palettes.def"
};

struct font {
	const char *language, *file, *family;
	uint32_t right_to_left;
};
static const struct font fonts[] = {
#define FONT(language, file, family, right_to_left) { language, file, family, right_to_left },
#include "demo/fonts.def"
};
#define FONTS (sizeof fonts / sizeof fonts[0])
#define SPARE_FONT "NotoSans-Bold.ttf"  /* for a sign that the script's own lacks */

static const struct font *font_of(const char *language)
{
	const struct font *font = fonts;
	while (strcmp(font->language, language) != 0 && font + 1 < fonts + FONTS)
		font++;
	return font;
}

static const char *font_path(struct ctx *cx, const char *file)
{
	return arena_printf(&cx->mem, "%s/%s", cx->config->demo_fonts, file).p;
}

static enum err no_font(struct ctx *cx, const char *file)
{
	return fail(cx, E_NOTFOUND, "the font %s is not in %.120s; install the package fonts-noto-core", file, cx->config->demo_fonts);
}

enum err demo_fonts_there(struct ctx *cx)
{
	if (access(font_path(cx, SPARE_FONT), R_OK) != 0)
		return no_font(cx, SPARE_FONT);
	for (size_t i = 0; i < FONTS; i++)
		if (access(font_path(cx, fonts[i].file), R_OK) != 0)
			return no_font(cx, fonts[i].file);
	return OK;
}

/* --- the input --- */

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

static enum err add_file(struct ctx *cx, const char *name, struct buf *out, uint32_t *bytes)
{
	AUTO(close_file) FILE *file = fopen(font_path(cx, name), "re");
	char piece[16384];
	size_t before = out->n, got;
	if (!file)
		return no_font(cx, name);
	while ((got = fread(piece, 1, sizeof piece, file)) > 0)
		buf_bytes(out, piece, got);
	if (ferror(file) || out->failed || out->n - before > TYPED_FONT_BYTES_MAX)
		return fail(cx, E_IO, "the font %s cannot be read", name);
	*bytes = (uint32_t)(out->n - before);
	return OK;
}

/* The text of the table has | where a line ends. */
static struct str lines_of(struct ctx *cx, const char *text)
{
	struct str copy = arena_copy(&cx->mem, str_of(text));
	char *at = arena_alloc(&cx->mem, copy.n + 1, 1);
	for (size_t i = 0; i < copy.n; i++)
		at[i] = copy.p[i] == '|' ? '\n' : copy.p[i];
	return (struct str){ at, copy.n };
}

static enum err write_spec(struct ctx *cx, struct typed_head *head, const char *text, const struct font *font, enum palette palette,
	struct buf *out)
{
	struct str lines = lines_of(cx, text);
	AUTO(buf_free) struct buf bytes = buf_new(TYPED_FONTS * (size_t)TYPED_FONT_BYTES_MAX);
	head->magic = TYPED_MAGIC;
	head->right_to_left = font->right_to_left;
	head->text_bytes = (uint32_t)lines.n;
	memcpy(head->colours, palettes[palette], sizeof head->colours);
	snprintf(head->family, sizeof head->family, "%s", font->family);
	TRY(add_file(cx, font->file, &bytes, &head->font_bytes[0]));
	TRY(add_file(cx, SPARE_FONT, &bytes, &head->font_bytes[1]));
	buf_bytes(out, head, sizeof *head);
	buf_str(out, lines);
	buf_str(out, buf_view(&bytes));
	return out->failed ? fail(cx, E_IO, "the fonts are too large") : OK;
}

/* --- the worker --- */

static enum err run(struct ctx *cx, enum worker_kind kind, const struct buf *spec, int video_fd, int image_fd, struct worker_result *out)
{
	struct worker_job job = worker_job_new(kind, media_worker(cx->media));
	struct str bytes = buf_view(spec);
	job.input = worker_input_of(&bytes);
	job.video_fd = video_fd;
	job.image_fd = image_fd;
	job.wall_seconds = (unsigned)cx->config->media_worker_seconds;
	job.stop = media_stop_flag(cx->media);
	return worker_run(cx, &job, out);
}

#define SPEC_BYTES_MAX (sizeof(struct typed_head) + TYPED_TEXT_BYTES_MAX + TYPED_FONTS * (size_t)TYPED_FONT_BYTES_MAX)

enum err demo_make_clip(struct ctx *cx, const struct demo_clip *clip, uint32_t seed, struct demo_made_clip *out)
{
	struct typed_head head = {
		.layout = clip->layout, .motif = clip->motif, .scale = clip->scale, .tempo = clip->tempo, .seed = seed,
	};
	AUTO(buf_free) struct buf spec = buf_new(SPEC_BYTES_MAX);
	AUTO(output_close) struct output video = { .fd = -1 };
	AUTO(output_close) struct output poster = { .fd = -1 };
	struct worker_result result;
	struct demo_made_clip made;
	TRY(write_spec(cx, &head, clip->text, font_of(clip->language), clip->palette, &spec));
	TRY(output_open(cx, true, &video));
	TRY(output_open(cx, true, &poster));
	TRY(run(cx, WORKER_TYPED, &spec, video.fd, poster.fd, &result));
	made.width = result.done.width;
	made.height = result.done.height;
	made.duration_ms = result.done.duration_ms;
	made.colour = result.done.colour;
	made.bytes = (int64_t)result.done.video_bytes;
	TRY(output_publish(cx, &video, "video/mp4", made.video));
	TRY(output_publish(cx, &poster, "image/jpeg", made.poster));
	*out = made;
	return OK;
}

enum err demo_make_avatar(struct ctx *cx, const struct demo_person *person, uint32_t seed, char hash[BLOB_NAME_BYTES])
{
	struct typed_head head = { .tempo = 60, .seed = seed };
	AUTO(buf_free) struct buf spec = buf_new(SPEC_BYTES_MAX);
	AUTO(output_close) struct output image = { .fd = -1 };
	struct worker_result result;
	TRY(write_spec(cx, &head, person->monogram, font_of(person->language), person->palette, &spec));
	TRY(output_open(cx, true, &image));
	TRY(run(cx, WORKER_TYPED_IMAGE, &spec, -1, image.fd, &result));
	return output_publish(cx, &image, "image/jpeg", hash);
}
