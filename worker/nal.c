#include "nal.h"

#include <libavutil/error.h>
#include <libavutil/intreadwrite.h>
#include <stdbool.h>
#include <string.h>

#define AVCC_HEAD_BYTES 8        /* to the end of the first parameter set's length */
#define TYPE_MASK 0x1f           /* nal_unit_type, ITU-T H.264 table 7-1 */
#define TYPE_SEI 6
#define TYPE_SPS 7

struct nal_format nal_format_of(const uint8_t *avcc, int n)
{
	if (n < AVCC_HEAD_BYTES || avcc[0] != 1 || (avcc[5] & 0x1f) == 0)
		return (struct nal_format){};
	uint32_t bytes = AV_RB16(avcc + 6);
	if (bytes == 0 || bytes > (uint32_t)(n - AVCC_HEAD_BYTES))
		return (struct nal_format){};
	return (struct nal_format){
		.length_bytes = (avcc[4] & 3U) + 1,
		.parameters = avcc + AVCC_HEAD_BYTES,
		.parameters_bytes = bytes,
	};
}

static uint32_t read_length(const uint8_t *at, unsigned bytes)
{
	uint32_t length = 0;
	for (unsigned i = 0; i < bytes; i++)
		length = length << 8 | at[i];
	return length;
}

/* The whole unit at `at`, its length included; 0: it does not fit. */
static size_t unit_bytes(const uint8_t *at, size_t left, unsigned length_bytes)
{
	if (left < length_bytes)
		return 0;
	size_t unit = read_length(at, length_bytes);
	return unit > 0 && unit <= left - length_bytes ? unit + length_bytes : 0;
}

static bool is_other_sequence(const uint8_t *unit, size_t bytes, const struct nal_format *format)
{
	return (unit[0] & TYPE_MASK) == TYPE_SPS
		&& (bytes != format->parameters_bytes || memcmp(unit, format->parameters, bytes) != 0);
}

int nal_drop_messages(AVPacket *packet, const struct nal_format *format)
{
	size_t size = (size_t)packet->size, kept = 0;
	unsigned head = format->length_bytes;
	for (size_t at = 0; at < size;) {
		size_t bytes = unit_bytes(packet->data + at, size - at, head);
		if (bytes == 0 || is_other_sequence(packet->data + at + head, bytes - head, format))
			return AVERROR_INVALIDDATA;
		if ((packet->data[at + head] & TYPE_MASK) != TYPE_SEI) {
			if (kept != at) {
				int failed = av_packet_make_writable(packet);
				if (failed < 0)
					return failed;
				memmove(packet->data + kept, packet->data + at, bytes);
			}
			kept += bytes;
		}
		at += bytes;
	}
	av_shrink_packet(packet, (int)kept);
	return 0;
}
