#include "demo/inside.h"

const struct demo_person demo_people[DEMO_PEOPLE] = {
#define PERSON(handle, name, bio, language, monogram, palette) { handle, name, bio, language, monogram, PALETTE_##palette },
#include "demo/people.def"
};

const struct demo_clip demo_clip_table[DEMO_CLIPS] = {
#define CLIP(author, language, layout, motif, scale, palette, tempo, text, caption) \
	{ author, language, LAYOUT_##layout, MOTIF_##motif, SCALE_##scale, PALETTE_##palette, tempo, text, caption },
#include "demo/clips.def"
};

const struct demo_talk demo_talks[DEMO_TALKS] = {
#define TALK(handle, text) { handle, text },
#include "demo/talk.def"
};
