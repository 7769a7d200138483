#include "boxes.h"

#include <libavutil/intreadwrite.h>
#include <string.h>

#define BOXES_MAX 4096

static bool read_all(struct input *input, int64_t offset, unsigned char *out, int n)
{
	for (int got = 0; got < n;) {
		int count = input_read(input, offset + got, out + got, n - got);
		if (count <= 0)
			return false;
		got += count;
	}
	return true;
}

bool boxes_have(struct input *input, const char type[4])
{
	int64_t offset = 0;
	for (int i = 0; i < BOXES_MAX; i++) {
		unsigned char head[16];
		if (!read_all(input, offset, head, 8))
			return false;
		uint64_t bytes = AV_RB32(head), left = (uint64_t)(input->bytes - offset);
		if (bytes == 0)
			bytes = left;                   /* to the end of the file */
		if (bytes == 1)
			bytes = read_all(input, offset, head, 16) ? AV_RB64(head + 8) : 0;
		if (bytes < 8 || bytes > left)
			return false;
		if (memcmp(head + 4, type, 4) == 0)
			return true;
		offset += (int64_t)bytes;
	}
	return false;
}
