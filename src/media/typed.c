#include "media/typed.h"

#include <string.h>

_Static_assert(sizeof(struct typed_head) == 15 * sizeof(uint32_t) + TYPED_FAMILY_BYTES, "no padding in what goes over the wire");

bool typed_head_valid(const struct typed_head *head, size_t bytes)
{
	if (head->magic != TYPED_MAGIC || head->layout >= LAYOUT_END || head->motif >= MOTIF_END || head->scale >= SCALE_END)
		return false;
	if (head->tempo < 60 || head->tempo > 160 || head->right_to_left > 1)
		return false;
	for (int i = 0; i < TYPED_COLOURS; i++)
		if (head->colours[i] > 0xffffff)
			return false;
	if (memchr(head->family, 0, sizeof head->family) == NULL || head->family[0] == 0)
		return false;
	if (head->text_bytes == 0 || head->text_bytes > TYPED_TEXT_BYTES_MAX || head->font_bytes[0] == 0)
		return false;
	size_t whole = sizeof *head + head->text_bytes;
	for (int i = 0; i < TYPED_FONTS; i++) {
		if (head->font_bytes[i] > TYPED_FONT_BYTES_MAX)
			return false;
		whole += head->font_bytes[i];
	}
	return whole == bytes;
}
