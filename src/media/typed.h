/* media/typed.h - what a typographic clip is made of, as the server hands it to amanat-media (WORKER_TYPED).
 *
 * The input is one struct typed_head, then `text_bytes` of text, then the font files one after the other.  The text is UTF-8:
 * lines end with \n, words are apart by one blank, a word that begins with * is set in the accent colour.  The worker may open
 * no file once its sandbox is up, so the fonts come as bytes. */
#ifndef MEDIA_TYPED_H
#define MEDIA_TYPED_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TYPED_MAGIC UINT32_C(0x616d5459)
#define TYPED_FONTS 2                   /* the script's own, and one for what that lacks */
#define TYPED_FONT_BYTES_MAX (UINT32_C(4) << 20)
#define TYPED_TEXT_BYTES_MAX 1024
#define TYPED_FAMILY_BYTES 64
#define TYPED_COLOURS 5

#define TYPED_WIDTH 720
#define TYPED_HEIGHT 1280
#define TYPED_RATE 30                   /* pictures a second */

/* How the words come. */
enum typed_layout { LAYOUT_POP, LAYOUT_RISE, LAYOUT_GLOW, LAYOUT_BIG, LAYOUT_SEAL, LAYOUT_MARCH, LAYOUT_END };
/* What moves behind them. */
enum typed_motif { MOTIF_SUN, MOTIF_WAVES, MOTIF_RAIN, MOTIF_CUP, MOTIF_RINGS, MOTIF_STARS, MOTIF_HOUSE, MOTIF_CHECK, MOTIF_END };
enum typed_scale { SCALE_MAJOR, SCALE_MINOR, SCALE_HIJAZ, SCALE_DORIAN, SCALE_LYDIAN, SCALE_END };

struct typed_head {
	uint32_t magic;                 /* TYPED_MAGIC */
	uint32_t layout, motif, scale;  /* the enumerations above */
	uint32_t tempo;                 /* beats a minute, 60..160 */
	uint32_t seed;
	uint32_t right_to_left;         /* 0, 1 */
	uint32_t colours[TYPED_COLOURS]; /* 0xrrggbb: three of the ground, the text's, the accent's */
	uint32_t text_bytes;
	uint32_t font_bytes[TYPED_FONTS]; /* the second may be 0 */
	char family[TYPED_FAMILY_BYTES]; /* of the first font; NUL at the end */
};

/* True when the head is whole and its lengths add up to `bytes`. */
bool typed_head_valid(const struct typed_head *, size_t bytes);
#endif
