/* worker/nal.h - H.264 access units as MP4 holds them: each unit behind its length (ISO/IEC 14496-15, 5.3). */
#ifndef WORKER_NAL_H
#define WORKER_NAL_H
#include <libavcodec/packet.h>
#include <stdint.h>

struct nal_format {
	unsigned length_bytes;          /* of a unit's length, 1 to 4; 0: Annex B, units behind start codes */
	const uint8_t *parameters;      /* the sequence's: size, profile and so on */
	uint32_t parameters_bytes;
};

/* What an avcC box says.  The result points into it. */
struct nal_format nal_format_of(const uint8_t *avcc, int n);

/* Takes out the messages (SEI): cameras write their name, their settings and the place there.  A libav
 * error when the units do not fill the packet exactly, and when other sequence parameters than the
 * header's begin: players that go by the header would stumble. */
int nal_drop_messages(AVPacket *, const struct nal_format *);
#endif
