/* An avcC box, its length in the first byte, then an access unit: what is left of it holds no message and is no longer than before. */
#include <libavcodec/avcodec.h>
#include <string.h>

#include "fuzz.h"
#include "nal.h"

#define TYPE_SEI 6

static void holds_no_message(const AVPacket *packet, unsigned head)
{
	for (size_t at = 0; at < (size_t)packet->size;) {
		size_t bytes = 0;
		for (unsigned i = 0; i < head; i++)
			bytes = bytes << 8 | packet->data[at + i];
		assert((packet->data[at + head] & 0x1f) != TYPE_SEI);
		at += head + bytes;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n < 1 || (size_t)bytes[0] + 1 > n || n > 65536)
		return 0;
	struct nal_format format = nal_format_of(bytes + 1, bytes[0]);
	size_t left = n - 1 - bytes[0];
	AVPacket *packet = av_packet_alloc();
	if (format.length_bytes && packet && av_new_packet(packet, (int)left) == 0) {
		memcpy(packet->data, bytes + 1 + bytes[0], left);
		if (nal_drop_messages(packet, &format) == 0) {
			assert((size_t)packet->size <= left);
			holds_no_message(packet, format.length_bytes);
		}
	}
	av_packet_free(&packet);
	return 0;
}
