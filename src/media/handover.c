/* A job and its outputs, from the server to a worker that is there already: both halves. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/protocol.h"

#define OUTPUTS 2

/* Aligned as the header inside must be. */
union outputs_room {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(OUTPUTS * sizeof(int))];
};

static bool send_with(int control, const struct worker_job_message *message, const int outputs[OUTPUTS])
{
	union { const void *in; void *out; } bytes = { .in = message };
	struct iovec part = { .iov_base = bytes.out, .iov_len = sizeof *message };
	union outputs_room room = {};
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes };
	struct cmsghdr *header = CMSG_FIRSTHDR(&packet);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(OUTPUTS * sizeof(int));
	memcpy(CMSG_DATA(header), outputs, OUTPUTS * sizeof(int));
	return sendmsg(control, &packet, MSG_NOSIGNAL) == (ssize_t)sizeof *message;
}

bool worker_job_give(int control, const struct worker_job_message *message, int video_fd, int image_fd)
{
	if (video_fd >= 0)
		return send_with(control, message, (const int[OUTPUTS]){ video_fd, image_fd });
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const bool given = null >= 0 && send_with(control, message, (const int[OUTPUTS]){ null, image_fd });
	const int why = errno;
	if (null >= 0)
		close(null);
	errno = why;
	return given;
}

/* Both come with the lowest numbers that are free, in order: the first is never where the second must go. */
static bool place(int from, int wanted)
{
	return from == wanted || (dup2(from, wanted) == wanted && close(from) == 0);
}

bool worker_job_take(struct worker_job_message *out)
{
	unsigned char bytes[sizeof(struct worker_job_message) + 1];   /* one more: a longer packet does not parse */
	struct iovec part = { .iov_base = bytes, .iov_len = sizeof bytes };
	union outputs_room room = {};
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes };
	const ssize_t n = recvmsg(WORKER_FD_CONTROL, &packet, 0);
	const struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&packet) : NULL;
	if (!header || (packet.msg_flags & MSG_CTRUNC) || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(OUTPUTS * sizeof(int)))
		return false;
	int outputs[OUTPUTS];
	memcpy(outputs, CMSG_DATA(header), sizeof outputs);
	return place(outputs[0], WORKER_FD_VIDEO) && place(outputs[1], WORKER_FD_IMAGE) && worker_job_parse(bytes, (size_t)n, out);
}
