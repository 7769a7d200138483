/* worker/synth.h - a short piece of music from a seed: pad, bass, pluck, a soft drum.  Pure. */
#ifndef WORKER_SYNTH_H
#define WORKER_SYNTH_H
#include <stddef.h>
#include <stdint.h>

#include "media/typed.h"

#define SYNTH_RATE 48000

struct synth {
	uint32_t seed;
	uint32_t tempo;                 /* beats a minute */
	enum typed_scale scale;
};
/* `frames` samples for each ear, within -1..1, of about -18 LUFS; fades in and out.  The same seed is the same music. */
void synth_play(const struct synth *, size_t frames, float *left, float *right);
#endif
