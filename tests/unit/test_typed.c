/* Clips made of words: the script and the music are the same for the same seed, and within bounds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"
#include "synth.h"
#include "tap.h"

/* As if every letter were as wide as high. */
static struct ink square_letters(void *, struct str word)
{
	int half = (int)str_code_points(word) * 25;
	return (struct ink){ -half, -30, half, 30 };
}
static const struct ruler ruler = { square_letters, NULL };

static struct typed_head head_of(enum typed_layout layout, enum typed_motif motif)
{
	return (struct typed_head){
		.magic = TYPED_MAGIC, .layout = layout, .motif = motif, .tempo = 96, .seed = 7, .text_bytes = 10, .font_bytes = { 5, 0 },
		.family = "Noto Sans", .colours = { 0x102030, 0x203040, 0x304050, 0xffffff, 0xffcc00 },
	};
}

static bool written(struct typed_head head, const char *text, struct script *out)
{
	return script_write(&head, str_of(text), &ruler, out);
}

TEST(every_layout_and_motif_is_a_script_of_6_to_12_seconds)
{
	for (unsigned layout = 0; layout < LAYOUT_END; layout++)
		for (unsigned motif = 0; motif < MOTIF_END; motif++) {
			struct script script;
			CHECK(written(head_of((enum typed_layout)layout, (enum typed_motif)motif), "Trust is|\nwhat you\ncan *check", &script));
			CHECK(script.duration_ms >= 6000 && script.duration_ms <= 12000 && script.poster_ms < script.duration_ms);
			CHECK(strstr(buf_terminated(&script.text), "check") != NULL);
			CHECK(strstr(buf_terminated(&script.text), "*check") == NULL);
			buf_free(&script.text);
		}
}

TEST(the_same_seed_is_the_same_script)
{
	struct script one, two;
	CHECK(written(head_of(LAYOUT_POP, MOTIF_RAIN), "rain\nsings", &one));
	CHECK(written(head_of(LAYOUT_POP, MOTIF_RAIN), "rain\nsings", &two));
	CHECK(str_eq(buf_view(&one.text), buf_view(&two.text)));
	buf_free(&one.text);
	buf_free(&two.text);
}

TEST(a_word_cannot_give_orders_to_the_renderer)
{
	struct script script;
	CHECK(written(head_of(LAYOUT_POP, MOTIF_RINGS), "a{\\fs900}b", &script));
	CHECK(strstr(buf_terminated(&script.text), "fs900}b") == NULL);
	CHECK(strstr(buf_terminated(&script.text), "afs900b") != NULL);
	buf_free(&script.text);
}

TEST(right_to_left_lines_begin_at_the_right)
{
	struct typed_head head = head_of(LAYOUT_POP, MOTIF_RINGS);
	head.right_to_left = 1;
	struct script script;
	double first = 0, second = 0;
	CHECK(written(head, "one two", &script));
	const char *at = strstr(buf_terminated(&script.text), "\\pos(");
	for (const char *p = at; p != NULL; p = strstr(p + 1, "\\pos(")) {
		first = second;
		second = strtod(p + 5, NULL);
	}
	CHECK(first > second);
	buf_free(&script.text);
}

TEST(too_much_and_nothing_are_refused)
{
	struct script script;
	CHECK(!written(head_of(LAYOUT_POP, MOTIF_SUN), "", &script));
	CHECK(!written(head_of(LAYOUT_POP, MOTIF_SUN), "\n \n", &script));
	CHECK(!written(head_of(LAYOUT_POP, MOTIF_SUN), "1\n2\n3\n4\n5\n6\n7", &script));
	CHECK(!written(head_of(LAYOUT_POP, MOTIF_SUN), "a a a a a a a a a a a a a a a a a a a a a a a a a", &script));
}

TEST(a_head_is_whole_or_refused)
{
	struct typed_head head = head_of(LAYOUT_POP, MOTIF_SUN);
	size_t bytes = sizeof head + 15;
	CHECK(typed_head_valid(&head, bytes));
	CHECK(!typed_head_valid(&head, bytes - 1) && !typed_head_valid(&head, bytes + 1));
	head.layout = LAYOUT_END;
	CHECK(!typed_head_valid(&head, bytes));
	head = head_of(LAYOUT_POP, MOTIF_SUN);
	head.tempo = 1;
	CHECK(!typed_head_valid(&head, bytes));
	head = head_of(LAYOUT_POP, MOTIF_SUN);
	memset(head.family, 'x', sizeof head.family);
	CHECK(!typed_head_valid(&head, bytes));
}

#define FRAMES (4 * SYNTH_RATE)
TEST(music_is_the_same_for_a_seed_and_never_clips)
{
	float *sound = calloc(4 * FRAMES, sizeof *sound);
	for (unsigned seed = 1; seed <= 5; seed++) {
		const struct synth synth = { seed, 70 + 10 * seed, (enum typed_scale)(seed % SCALE_END) };
		double sum = 0;
		synth_play(&synth, FRAMES, sound, sound + FRAMES);
		synth_play(&synth, FRAMES, sound + 2 * FRAMES, sound + 3 * FRAMES);
		CHECK(memcmp(sound, sound + 2 * FRAMES, 2 * FRAMES * sizeof *sound) == 0);
		for (size_t i = 0; i < 2 * FRAMES; i++) {
			CHECK(fabsf(sound[i]) < 0.95f);
			sum += (double)sound[i] * sound[i];
		}
		double level = sqrt(sum / (2 * FRAMES));
		CHECK(level > 0.06 && level < 0.2);
		CHECK(fabsf(sound[0]) < 0.01f && fabsf(sound[FRAMES - 1]) < 0.01f);
	}
	const struct synth none = { 1, 90, SCALE_MAJOR };
	synth_play(&none, 0, sound, sound);
	free(sound);
}

int main(void)
{
	RUN(every_layout_and_motif_is_a_script_of_6_to_12_seconds);
	RUN(the_same_seed_is_the_same_script);
	RUN(a_word_cannot_give_orders_to_the_renderer);
	RUN(right_to_left_lines_begin_at_the_right);
	RUN(too_much_and_nothing_are_refused);
	RUN(a_head_is_whole_or_refused);
	RUN(music_is_the_same_for_a_seed_and_never_clips);
	return tap_end();
}
