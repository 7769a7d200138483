#include "synth.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define TAU 6.28318530718f
#define STEPS 8                         /* of a bar: eighths */
#define CHORDS 4
#define PEAK 0.89f
#define LOUDNESS 0.112f                 /* root mean square that measures about -18 LUFS with these voices */
#define FADE_IN_S 0.02f
#define FADE_OUT_S 1.1f
#define ECHO_FEEDBACK 0.36f

struct random {
	uint32_t state;
};

/* xorshift32 */
static uint32_t random_next(struct random *random)
{
	uint32_t x = random->state;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return random->state = x;
}

/* Semitones above the root, an octave and a bit. */
static const int scales[SCALE_END][7] = {
	[SCALE_MAJOR] = { 0, 2, 4, 5, 7, 9, 11 },
	[SCALE_MINOR] = { 0, 2, 3, 5, 7, 8, 10 },
	[SCALE_HIJAZ] = { 0, 1, 4, 5, 7, 8, 10 },
	[SCALE_DORIAN] = { 0, 2, 3, 5, 7, 9, 10 },
	[SCALE_LYDIAN] = { 0, 2, 4, 6, 7, 9, 11 },
};
/* Degrees of the scale on which the chords of a progression stand. */
static const int progressions[][CHORDS] = {
	{ 0, 4, 5, 3 }, { 0, 5, 3, 4 }, { 5, 3, 0, 4 }, { 0, 3, 1, 4 }, { 0, 2, 5, 4 }, { 3, 0, 4, 5 },
};
#define PROGRESSIONS (sizeof progressions / sizeof progressions[0])

struct player {
	const struct synth *synth;
	size_t frames;
	float *left, *right;
	float step_s;                   /* an eighth */
	int root;                       /* MIDI number */
	int chords[CHORDS];
	int melody[2 * STEPS];          /* degree above the chord's root; -1: rest */
	bool hats;
};

static float note_hz(const struct player *player, int degree, int octave)
{
	int turns = degree >= 0 ? degree / 7 : -1;
	int semitone = scales[player->synth->scale][degree - turns * 7] + 12 * (turns + octave);
	return 440.0f * powf(2.0f, (float)(player->root + semitone - 69) / 12.0f);
}

static void add(struct player *player, size_t at, float value, float pan)
{
	if (at >= player->frames)
		return;
	player->left[at] += value * (1.0f - pan);
	player->right[at] += value * (1.0f + pan);
}

static size_t at_second(float second)
{
	return second <= 0 ? 0 : (size_t)(second * SYNTH_RATE);
}

/* Three voices a little apart in pitch, odd harmonics that fade with height. */
static void pad(struct player *player, float from_s, float length_s, float hz, float pan)
{
	size_t begin = at_second(from_s), count = at_second(length_s * 1.25f);
	for (size_t i = 0; i < count; i++) {
		float t = (float)i / SYNTH_RATE, value = 0;
		for (int voice = -1; voice <= 1; voice++) {
			float phase = TAU * hz * (1.0f + 0.0028f * (float)voice) * t + (float)voice;
			value += sinf(phase) + 0.22f * sinf(2 * phase + 0.3f) + 0.08f * sinf(3 * phase);
		}
		float rise = fminf(1.0f, t / 0.45f), fall = fminf(1.0f, (length_s * 1.25f - t) / (length_s * 0.4f));
		add(player, begin + i, 0.030f * value * rise * fmaxf(0, fall) * (1.0f + 0.15f * sinf(TAU * 0.7f * t)), pan);
	}
}

/* A bell-like string: frequency modulation whose depth dies away. */
static void pluck(struct player *player, float from_s, float hz, float gain, float pan)
{
	size_t begin = at_second(from_s), count = at_second(1.4f);
	for (size_t i = 0; i < count; i++) {
		float t = (float)i / SYNTH_RATE;
		float depth = 2.2f * expf(-t * 9.0f);
		float value = sinf(TAU * hz * t + depth * sinf(TAU * hz * 2.0f * t)) * expf(-t * 4.6f);
		value += 0.25f * sinf(TAU * hz * 3.0f * t) * expf(-t * 11.0f);
		add(player, begin + i, gain * value * fminf(1.0f, t * 500.0f), pan);
	}
}

static void bass(struct player *player, float from_s, float length_s, float hz)
{
	size_t begin = at_second(from_s), count = at_second(length_s);
	for (size_t i = 0; i < count; i++) {
		float t = (float)i / SYNTH_RATE;
		float shape = fminf(1.0f, t * 120.0f) * fminf(1.0f, (length_s - t) * 30.0f) * expf(-t * 1.3f);
		float value = sinf(TAU * hz * t) + 0.35f * sinf(2 * TAU * hz * t) + 0.12f * sinf(3 * TAU * hz * t);
		add(player, begin + i, 0.17f * value * shape, 0);
	}
}

static void kick(struct player *player, float from_s)
{
	size_t begin = at_second(from_s), count = at_second(0.28f);
	for (size_t i = 0; i < count; i++) {
		float t = (float)i / SYNTH_RATE;
		float phase = TAU * (48.0f * t + 90.0f * (1.0f - expf(-t * 30.0f)) / 30.0f);
		add(player, begin + i, 0.30f * sinf(phase) * expf(-t * 13.0f), 0);
	}
}

static void hat(struct player *player, struct random *random, float from_s, float gain)
{
	size_t begin = at_second(from_s), count = at_second(0.06f);
	float before = 0;
	for (size_t i = 0; i < count; i++) {
		float noise = (float)(random_next(random) & 0xffff) / 32768.0f - 1.0f;
		float t = (float)i / SYNTH_RATE;
		add(player, begin + i, gain * (noise - before) * expf(-t * 75.0f), 0.25f);
		before = noise;
	}
}

/* A phrase of two bars that keeps near its chord; the second bar answers the first. */
static void compose(struct player *player, struct random *random)
{
	static const int tones[] = { 0, 2, 4, 7, 4, 2, 9, 7 };
	const int *progression = progressions[random_next(random) % PROGRESSIONS];
	memcpy(player->chords, progression, sizeof player->chords);
	player->root = 55 + (int)(random_next(random) % 8);
	player->hats = random_next(random) % 4 != 0;
	for (int step = 0; step < STEPS; step++) {
		bool strong = step % 2 == 0;
		bool rest = random_next(random) % 100 < (strong ? 12u : 45u);
		int tone = tones[random_next(random) % 8];
		player->melody[step] = rest && step != 0 ? -1 : tone;
		player->melody[STEPS + step] = step < 5 ? player->melody[step] : rest ? -1 : tones[random_next(random) % 6];
	}
}

static void play_bar(struct player *player, struct random *random, int bar)
{
	float from = (float)bar * STEPS * player->step_s, beat = 2 * player->step_s;
	int chord = player->chords[bar % CHORDS];
	for (int voice = 0; voice < 3; voice++)
		pad(player, from, STEPS * player->step_s, note_hz(player, chord + 2 * voice, 0), 0.3f * (float)(voice - 1));
	bass(player, from, beat * 1.5f, note_hz(player, chord, -2));
	bass(player, from + 1.5f * beat, beat * 0.5f, note_hz(player, chord, -2));
	bass(player, from + 2 * beat, beat * 1.8f, note_hz(player, chord + 4, -2));
	for (int step = 0; step < STEPS; step++) {
		float at = from + (float)step * player->step_s;
		int tone = player->melody[bar % 2 * STEPS + step];
		if (tone >= 0)
			pluck(player, at, note_hz(player, chord + tone, 1), step % 4 == 0 ? 0.115f : 0.085f, step % 2 == 0 ? -0.35f : 0.35f);
		if (step == 0 || step == 4 || (step == 7 && bar % 2 == 1))
			kick(player, at);
		if (player->hats && step % 2 == 1)
			hat(player, random, at, 0.035f);
	}
}

/* From ear to ear, three eighths later. */
static void echo(struct player *player)
{
	size_t delay = at_second(3 * player->step_s);
	for (size_t i = delay; i < player->frames; i++) {
		player->left[i] += ECHO_FEEDBACK * player->right[i - delay] * 0.6f;
		player->right[i] += ECHO_FEEDBACK * player->left[i - delay] * 0.6f;
	}
}

static void level(struct player *player)
{
	double sum = 0;
	for (size_t i = 0; i < player->frames; i++)
		sum += (double)player->left[i] * player->left[i] + (double)player->right[i] * player->right[i];
	float rms = sqrtf((float)(sum / (2.0 * (double)player->frames)));
	float gain = rms > 0 ? LOUDNESS / rms : 0;
	for (size_t i = 0; i < player->frames; i++) {
		float in = fminf(1.0f, (float)i / (FADE_IN_S * SYNTH_RATE));
		float out = fminf(1.0f, (float)(player->frames - i) / (FADE_OUT_S * SYNTH_RATE));
		player->left[i] = PEAK * tanhf(gain * player->left[i] * in * out / PEAK);
		player->right[i] = PEAK * tanhf(gain * player->right[i] * in * out / PEAK);
	}
}

void synth_play(const struct synth *synth, size_t frames, float *left, float *right)
{
	struct random random = { synth->seed * 2654435761u | 1u };
	struct player player = {
		.synth = synth, .frames = frames, .left = left, .right = right, .step_s = 30.0f / (float)synth->tempo,
	};
	memset(left, 0, frames * sizeof *left);
	memset(right, 0, frames * sizeof *right);
	if (frames == 0)
		return;
	compose(&player, &random);
	float bar_s = STEPS * player.step_s;
	for (int bar = 0; (float)bar * bar_s * SYNTH_RATE < (float)frames; bar++)
		play_bar(&player, &random, bar);
	echo(&player);
	level(&player);
}
