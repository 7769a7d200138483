/* media/protocol.h - what the server and amanat-media say to each other.  The only statement of it.
 *
 * One process a job.  The server starts it, perhaps before there is a job, with these descriptors and nothing else:
 *
 *   0 1   /dev/null           2  a pipe; the server keeps the first few hundred bytes
 *   3     control             SOCK_SEQPACKET, one message a packet
 *   4     input               SOCK_STREAM: the worker asks, the server answers, in order
 *
 * and sends it two more with the job (SCM_RIGHTS), in this order:
 *
 *   5     the video's output  regular file, read and write, empty     (of an image: /dev/null)
 *   6     the image's output  likewise: the poster, or the avatar
 *
 * Control: the server sends one struct worker_job_message with the outputs.  The worker answers with exactly one
 * STARTED (its sandbox is up, no byte of input read), any number of PROGRESS, then one DONE or one
 * REFUSED, and exits.  DONE means that the outputs are complete.
 *
 * Input: struct worker_read; the answer is a 32-bit count (what was asked, less at the end of the
 * input, never more) and so many bytes.  The server decrypts what it serves piece by piece: no
 * plaintext original ever lies on a disk.
 *
 * All numbers are of the machine's own order (both ends are one build on one machine).  Every
 * message has a fixed size.  The server treats the worker as hostile, since it runs on the bytes of
 * whoever uploaded: the two parsers below are all that reads what it says (fuzzed: tests/fuzz/). */
#ifndef MEDIA_PROTOCOL_H
#define MEDIA_PROTOCOL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORKER_FD_CONTROL = 3, WORKER_FD_INPUT, WORKER_FD_VIDEO, WORKER_FD_IMAGE, WORKER_FD_END };

#define WORKER_READ_MAX ((uint32_t)256 << 10)
#define WORKER_MESSAGE_MAX 4096
#define WORKER_VERSION UINT32_C(0x616d0002)

enum worker_kind {
	WORKER_VIDEO = 1,       /* one fragmented MP4 and a JPEG poster */
	WORKER_IMAGE,           /* an avatar: a square JPEG of AVATAR_PIXELS */
	WORKER_TYPED,           /* makes a clip out of words, as media/typed.h says; outputs as WORKER_VIDEO */
	WORKER_TYPED_IMAGE,     /* an avatar out of letters; outputs as WORKER_IMAGE */
	WORKER_COVER,           /* another poster for a rendition that is there already: the picture at trim.cover */
};
#define AVATAR_PIXELS 320
bool worker_kind_is_image(uint32_t kind);       /* it has no video */

/* What the worker may use and what it may make. */
struct worker_limits {
	uint64_t memory_bytes;          /* data it may allocate */
	uint64_t out_bytes;             /* in each output */
	uint32_t cpu_seconds;
	uint32_t threads;               /* for one codec */
	uint32_t clip_seconds;          /* after edits */
	uint32_t pixels;                /* in one frame of the input */
	uint32_t side;                  /* the longest, of the input */
	uint32_t tracks;                /* of any kind */
	uint32_t frame_rate;            /* of the output, per second */
	uint32_t zero;
};
struct worker_limits worker_limits_default(void);

/* Which part of a video is wanted, in milliseconds after its first picture.  Zeroed: all of it, with the cover that looks best. */
struct worker_trim {
	uint32_t start_ms;
	uint32_t end_ms;                /* 0: its end */
	uint32_t cover;                 /* 1 + milliseconds into the part; 0: the worker chooses */
	uint32_t zero;
};

struct worker_job_message {
	uint32_t version;               /* WORKER_VERSION */
	uint32_t kind;                  /* enum worker_kind */
	int64_t input_bytes;
	struct worker_limits limits;
	struct worker_trim trim;        /* zeroed unless the job is WORKER_VIDEO or WORKER_COVER */
};

struct worker_read {
	int64_t offset;
	uint32_t bytes;                 /* 1..WORKER_READ_MAX */
	uint32_t zero;
};

enum media_reason {
	REASON_NONE = 0,
#define REASON(name, slug, sentence) REASON_##name,
#include "media/reason.def"
#undef REASON
	REASON_END
};
const char *media_reason_slug(enum media_reason);       /* "no-video" */
const char *media_reason_sentence(enum media_reason);   /* English, for the author */

/* What a kernel may lack; bits of worker_message.started.missing. */
enum {
	SANDBOX_NO_NAMESPACES = 1 << 0,
	SANDBOX_NO_LANDLOCK = 1 << 1,
	SANDBOX_MISSING_ALL = SANDBOX_NO_NAMESPACES | SANDBOX_NO_LANDLOCK,
};

/* FINISH: all is read; the index is moved to the front and the poster written. */
enum worker_stage { STAGE_PROBE, STAGE_REPACK, STAGE_TRANSCODE, STAGE_FINISH, STAGE_END };

enum worker_answer { WORKER_STARTED = 1, WORKER_PROGRESS, WORKER_DONE, WORKER_REFUSED };

struct worker_done {
	uint32_t width, height;         /* as shown, in pixels: the turn is applied */
	uint32_t duration_ms;
	uint32_t colour;                /* 0xrrggbb: the mean of the image, for a placeholder */
	uint32_t has_sound;             /* 0, 1 */
	uint32_t repacked;              /* 0, 1: not re-encoded */
	uint32_t image_width, image_height;
	uint64_t video_bytes, image_bytes;
};
struct worker_message {
	uint32_t answer;                /* enum worker_answer; says which member */
	uint32_t zero;
	union {
		struct { uint32_t missing, zero; } started;
		struct { uint32_t stage, permille; } progress;
		struct worker_done done;
		struct { uint32_t reason, zero; } refused;
	};
};

/* The exact size of a message of this kind; 0 for an unknown one. */
size_t worker_message_bytes(uint32_t answer);

/* True when `bytes` is exactly one message whose every field is within `job`'s limits; `out` is
 * written only then. */
bool worker_message_parse(const struct worker_job_message *job, const void *bytes, size_t n, struct worker_message *out);
/* True when the request lies within the input. */
bool worker_read_valid(const struct worker_job_message *job, const struct worker_read *);
/* The worker's look at its job. */
bool worker_job_parse(const void *bytes, size_t n, struct worker_job_message *out);

/* The job and its outputs into a worker's control socket; the descriptors stay the caller's.  video_fd -1: an image.
 * False with errno. */
bool worker_job_give(int control, const struct worker_job_message *, int video_fd, int image_fd);
/* In the worker: waits for the job; its outputs then lie at WORKER_FD_VIDEO and WORKER_FD_IMAGE.  False: the server has
 * gone, or it was not the server. */
bool worker_job_take(struct worker_job_message *out);
#endif
