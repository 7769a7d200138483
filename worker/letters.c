#include "letters.h"

#include <stdio.h>

#define STRIP_WIDTH 4096
#define STRIP_HEIGHT 1024

static void quiet(int, const char *, va_list, void *)
{
}

bool letters_open(struct letters *letters, const struct typed_head *head, const unsigned char *fonts)
{
	*letters = (struct letters){ .library = ass_library_init(), .family = head->family };
	if (letters->library == NULL)
		return false;
	ass_set_message_cb(letters->library, quiet, NULL);
	for (int i = 0; i < TYPED_FONTS; i++) {
		char name[16];
		snprintf(name, sizeof name, "font%d", i);
		if (head->font_bytes[i] > 0)
			ass_add_font(letters->library, name, (const char *)fonts, (int)head->font_bytes[i]);
		fonts += head->font_bytes[i];
	}
	letters->renderer = ass_renderer_init(letters->library);
	if (letters->renderer == NULL)
		return false;
	ass_set_fonts(letters->renderer, NULL, head->family, ASS_FONTPROVIDER_NONE, NULL, 0);
	ass_set_shaper(letters->renderer, ASS_SHAPING_COMPLEX);
	return true;
}

void letters_close(struct letters *letters)
{
	if (letters->track != NULL)
		ass_free_track(letters->track);
	if (letters->renderer != NULL)
		ass_renderer_done(letters->renderer);
	if (letters->library != NULL)
		ass_library_done(letters->library);
}

static bool load(struct letters *letters, struct buf *script, int width, int height)
{
	if (letters->track != NULL)
		ass_free_track(letters->track);
	letters->track = script->failed ? NULL : ass_read_memory(letters->library, script->p, script->n, NULL);
	ass_set_storage_size(letters->renderer, width, height);
	ass_set_frame_size(letters->renderer, width, height);
	return letters->track != NULL;
}

bool letters_load(struct letters *letters, struct buf *script)
{
	return load(letters, script, TYPED_WIDTH, TYPED_HEIGHT);
}

const ASS_Image *letters_at(struct letters *letters, unsigned ms)
{
	return ass_render_frame(letters->renderer, letters->track, ms, NULL);
}

static struct ink ink_of(const ASS_Image *images)
{
	struct ink ink = { STRIP_WIDTH, STRIP_HEIGHT, -STRIP_WIDTH, -STRIP_HEIGHT };
	for (const ASS_Image *image = images; image != NULL; image = image->next) {
		int left = image->dst_x - STRIP_WIDTH / 2, top = image->dst_y - STRIP_HEIGHT / 2;
		ink.left = left < ink.left ? left : ink.left;
		ink.top = top < ink.top ? top : ink.top;
		ink.right = left + image->w > ink.right ? left + image->w : ink.right;
		ink.bottom = top + image->h > ink.bottom ? top + image->h : ink.bottom;
	}
	return ink;
}

struct ink letters_measure(void *self, struct str word)
{
	struct letters *letters = self;
	struct buf script = buf_new(SCRIPT_BYTES_MAX);
	buf_printf(&script, "[Script Info]\nScriptType: v4.00+\nPlayResX: %d\nPlayResY: %d\nWrapStyle: 2\n[V4+ Styles]\nFormat: Name, Fontname, "
		"Fontsize, PrimaryColour, Bold, BorderStyle, Outline, Shadow, Alignment, Encoding\nStyle: T,%s,%d,&H00FFFFFF,-1,1,0,0,5,-1\n"
		"[Events]\nFormat: Start, End, Style, Text\nDialogue: 0:00:00.00,0:00:01.00,T,{\\pos(%d,%d)}" STR_FMT "\n",
		STRIP_WIDTH, STRIP_HEIGHT, letters->family, SCRIPT_MEASURE, STRIP_WIDTH / 2, STRIP_HEIGHT / 2, STR_ARG(word));
	struct ink ink = {};
	if (load(letters, &script, STRIP_WIDTH, STRIP_HEIGHT))
		ink = ink_of(letters_at(letters, 0));
	buf_free(&script);
	return ink;
}
