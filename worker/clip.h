/* worker/clip.h - the input opened: which tracks are used, how the picture is to be turned. */
#ifndef WORKER_CLIP_H
#define WORKER_CLIP_H
#include <libavformat/avformat.h>
#include <stdbool.h>

#include "input.h"
#include "report.h"
#include "turn.h"

#define PICTURE_SIDE_MIN 16
#define CHANNELS_MAX 16

struct clip {
	AVFormatContext *format;
	AVIOContext *io;
	const struct worker_limits *limits;
	int video, sound;               /* stream indexes; sound -1: none that can be used */
	struct turn turn;               /* how the decoded picture is to be shown */
	int64_t from_us, to_us;         /* the part that is wanted, after the first picture; to_us INT64_MAX: its end */
	int64_t duration_us;            /* of that part: a guess, for progress; 0: unknown.  Limits look at packets and frames */
	bool too_many;                  /* set while opening */
};

/* Recognised by content, from a closed list of containers; nothing but `input` is ever opened.
 * Sizes and tracks are held against the limits before anything is decoded.  Of `trim` the cover is not looked at. */
enum media_reason clip_open(struct clip *, struct input *, const struct worker_limits *, const struct worker_trim *);
void clip_close(struct clip *);                 /* takes one that was never opened, zeroed */

/* Goes to a key frame at or before that time after the first picture.  False: not in this container, or there is none; reading
 * goes on from where it was. */
bool clip_seek(struct clip *, int64_t at_us);

AVStream *clip_video(const struct clip *);
AVStream *clip_sound(const struct clip *);      /* NULL: none */
/* TOO_LARGE, TOO_SMALL; also for each decoded frame, which may differ from what the header said */
enum media_reason clip_check_size(const struct worker_limits *, int width, int height);
#endif
