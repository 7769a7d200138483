#include "media/output.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/blob_arriving.h"

void output_close(struct output *output)
{
	if (output->fd >= 0)
		close(output->fd);
	if (output->tmp[0])
		blob_tmp_drop(output->cx, output->tmp);
}

enum err output_open(struct ctx *cx, bool public, struct output *out)
{
	out->cx = cx;
	out->fd = -1;
	if (public)
		return blob_tmp(cx, &out->fd, out->tmp);
	if (!fault_hit(cx))
		out->fd = memfd_create("draft", MFD_CLOEXEC);
	return out->fd >= 0 ? OK : fail_errno(cx, errno, "memory for a draft");
}

enum err output_publish(struct ctx *cx, struct output *output, const char *content_type, char hash[BLOB_NAME_BYTES])
{
	TRY(blob_publish(cx, output->fd, output->tmp, content_type, hash));
	output->tmp[0] = 0;
	return OK;
}
