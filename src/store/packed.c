#include "store/packed.h"

#include <stdlib.h>
#include <zstd.h>

#include "store/connection.h"

#define LEVEL 1

struct packer {
	ZSTD_CCtx *in;
	ZSTD_DCtx *out;
};

static struct packer *packer_of(struct db *db)
{
	if (db->packer)
		return db->packer;
	struct packer *const packer = calloc(1, sizeof *packer);
	if (!packer)
		abort();
	packer->in = ZSTD_createCCtx();
	packer->out = ZSTD_createDCtx();
	if (!packer->in || !packer->out)
		abort();
	db->packer = packer;
	return packer;
}

void packer_free(struct packer **packer)
{
	if (!packer || !*packer)
		return;
	ZSTD_freeCCtx((*packer)->in);
	ZSTD_freeDCtx((*packer)->out);
	free(*packer);
	*packer = NULL;
}

bool pack(struct ctx *cx, struct str plain, struct buf *out)
{
	const size_t room = plain.n - plain.n / 4;
	out->n = 0;
	char *const frame = buf_room(out, room);
	const size_t n = frame ? ZSTD_compressCCtx(packer_of(cx->db)->in, frame, room, plain.p, plain.n, LEVEL) : room;
	const bool saves = frame && !ZSTD_isError(n);          /* an error: it does not fit */
	out->n = saves ? n : 0;
	return saves;
}

enum err unpack(struct ctx *cx, struct str frame, struct buf *out)
{
	const unsigned long long n = ZSTD_getFrameContentSize(frame.p, frame.n);
	out->n = 0;
	char *const plain = n <= out->max ? buf_room(out, (size_t)n) : NULL;       /* what is no frame has a size beyond all */
	if (plain && ZSTD_decompressDCtx(packer_of(cx->db)->out, plain, (size_t)n, frame.p, frame.n) == n)
		return OK;
	out->n = 0;
	return fail(cx, E_CORRUPT, "what was packed is malformed");
}
