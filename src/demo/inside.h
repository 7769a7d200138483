/* demo/inside.h - the tables of this room. */
#ifndef DEMO_INSIDE_H
#define DEMO_INSIDE_H
#include "base/ctx.h"
#include "media/typed.h"
#include "store/blob.h"

enum palette {
#define PALETTE(name, a, b, c, text, accent) PALETTE_##name,
#include "demo/palettes.def"
	PALETTE_END
};
struct demo_person {
	const char *handle, *name, *bio, *language, *monogram;
	enum palette palette;
};
struct demo_clip {
	const char *author, *language;
	enum typed_layout layout;
	enum typed_motif motif;
	enum typed_scale scale;
	enum palette palette;
	uint32_t tempo;
	const char *text, *caption;
};
struct demo_talk {
	const char *handle, *text;
};
#define DEMO_PEOPLE 13
#define DEMO_CLIPS 42
#define DEMO_TALKS 15
extern const struct demo_person demo_people[DEMO_PEOPLE];
extern const struct demo_clip demo_clip_table[DEMO_CLIPS];
extern const struct demo_talk demo_talks[DEMO_TALKS];

/* E_NOTFOUND when a font is not there. */
enum err demo_fonts_there(struct ctx *);

struct demo_made_clip {
	char video[BLOB_NAME_BYTES], poster[BLOB_NAME_BYTES];
	uint32_t width, height, duration_ms, colour;
	int64_t bytes;
};
/* On a job's thread: has amanat-media make it; the files are public blobs, not yet named by any row. */
enum err demo_make_clip(struct ctx *, const struct demo_clip *, uint32_t seed, struct demo_made_clip *out);
enum err demo_make_avatar(struct ctx *, const struct demo_person *, uint32_t seed, char hash[BLOB_NAME_BYTES]);
#endif
