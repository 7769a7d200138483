#include "store/vfs.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/cipher.h"

#define NAME_BYTES 40

struct vfs {
	sqlite3_vfs base;
	sqlite3_vfs *real;
	char name[NAME_BYTES];
	bool sealed;
	unsigned char key[KEY_BYTES];
	struct ctx seam;                       /* carries the faults, nothing else */
	int failure;                           /* errno of the last thing that failed */
};

/* What SQLite holds for an open file; the machine's own file object lies behind it. */
struct file {
	sqlite3_file base;
	struct vfs *vfs;
	sqlite3_file *real;
	struct log_file log;
};

/* The one number of the process that no context can carry: SQLite's callbacks have none, and the kernel's disk is one, too. */
static atomic_uint_fast64_t fsyncs;

uint64_t vfs_fsyncs(void)
{
	return atomic_load(&fsyncs);
}

static struct file *file_of(sqlite3_file *base)
{
	return (struct file *)base;
}

/* SQLite tells its callers that writing failed, and not why. */
static int noted(struct file *file, int rc)
{
	if (rc == SQLITE_OK)
		return rc;
	int number = 0, seen = errno;
	file->real->pMethods->xFileControl(file->real, SQLITE_FCNTL_LAST_ERRNO, &number);
	file->vfs->failure = number ? number : seen;
	return rc;
}

static int real_sync(struct file *file, int flags)
{
	if (fault_hit(&file->vfs->seam))
		return SQLITE_IOERR_FSYNC;
	atomic_fetch_add(&fsyncs, 1);
	return noted(file, file->real->pMethods->xSync(file->real, flags));
}

/* --- the same for all files --- */

static int file_close(sqlite3_file *base)
{
	struct file *file = file_of(base);
	return file->real->pMethods ? file->real->pMethods->xClose(file->real) : SQLITE_OK;
}

static int clear_read(sqlite3_file *base, void *out, int n, sqlite3_int64 offset)
{
	struct file *file = file_of(base);
	return file->real->pMethods->xRead(file->real, out, n, offset);
}

static int clear_write(sqlite3_file *base, const void *bytes, int n, sqlite3_int64 offset)
{
	struct file *file = file_of(base);
	if (fault_hit(&file->vfs->seam))
		return SQLITE_FULL;
	return noted(file, file->real->pMethods->xWrite(file->real, bytes, n, offset));
}

static int clear_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	struct file *file = file_of(base);
	return noted(file, file->real->pMethods->xTruncate(file->real, size));
}

static int clear_sync(sqlite3_file *base, int flags)
{
	return real_sync(file_of(base), flags);
}

static int clear_size(sqlite3_file *base, sqlite3_int64 *out)
{
	struct file *file = file_of(base);
	return file->real->pMethods->xFileSize(file->real, out);
}

static int file_lock(sqlite3_file *base, int level)
{
	struct file *file = file_of(base);
	return file->real->pMethods->xLock(file->real, level);
}

static int file_unlock(sqlite3_file *base, int level)
{
	struct file *file = file_of(base);
	return file->real->pMethods->xUnlock(file->real, level);
}

static int file_check_lock(sqlite3_file *base, int *out)
{
	struct file *file = file_of(base);
	return file->real->pMethods->xCheckReservedLock(file->real, out);
}

static int file_control(sqlite3_file *base, int operation, void *argument)
{
	struct file *file = file_of(base);
	if (operation == SQLITE_FCNTL_MMAP_SIZE)
		return SQLITE_NOTFOUND;        /* a mapped page would be a sealed one */
	return file->real->pMethods->xFileControl(file->real, operation, argument);
}

static int file_sector(sqlite3_file *base)
{
	struct file *file = file_of(base);
	return file->real->pMethods->xSectorSize(file->real);
}

/* Of what the machine may promise only this one: it spares the log a padding of repeated frames. */
static int file_characteristics(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int file_shm_map(sqlite3_file *base, int region, int bytes, int extend, void volatile **out)
{
	struct file *file = file_of(base);
	return noted(file, file->real->pMethods->xShmMap(file->real, region, bytes, extend, out));
}

static int file_shm_lock(sqlite3_file *base, int offset, int n, int flags)
{
	struct file *file = file_of(base);
	return file->real->pMethods->xShmLock(file->real, offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *base)
{
	struct file *file = file_of(base);
	file->real->pMethods->xShmBarrier(file->real);
}

static int file_shm_unmap(sqlite3_file *base, int remove)
{
	struct file *file = file_of(base);
	return file->real->pMethods->xShmUnmap(file->real, remove);
}

/* --- a sealed database --- */

/* What SQLite wants may be part of a page: it reads the first bytes of page 1 before it knows how large a page is. */
static int pages_read(sqlite3_file *base, void *out, int n, sqlite3_int64 offset)
{
	struct file *file = file_of(base);
	unsigned char sealed[PAGE_BYTES], plain[PAGE_BYTES];
	int64_t first = offset / PAGE_BYTES * PAGE_BYTES;
	int within = (int)(offset - first);
	if (n > PAGE_BYTES - within)
		return SQLITE_IOERR_READ;
	int rc = file->real->pMethods->xRead(file->real, sealed, PAGE_BYTES, first);
	if (rc == SQLITE_IOERR_SHORT_READ) {
		sqlite3_int64 size;
		memset(out, 0, (size_t)n);
		rc = file->real->pMethods->xFileSize(file->real, &size);
		if (rc == SQLITE_OK)
			rc = size <= first ? SQLITE_IOERR_SHORT_READ : SQLITE_CORRUPT;
	} else if (rc == SQLITE_OK && !page_open(file->vfs->key, (uint32_t)(first / PAGE_BYTES + 1), sealed, plain)) {
		rc = SQLITE_CORRUPT;
	}
	if (rc == SQLITE_OK)
		memcpy(out, plain + within, (size_t)n);
	return rc;
}

static int pages_write(sqlite3_file *base, const void *bytes, int n, sqlite3_int64 offset)
{
	struct file *file = file_of(base);
	unsigned char sealed[PAGE_BYTES];
	if (n != PAGE_BYTES || offset % PAGE_BYTES || !page_seal(file->vfs->key, (uint32_t)(offset / PAGE_BYTES + 1), bytes, sealed))
		return SQLITE_IOERR_WRITE;
	return clear_write(base, sealed, PAGE_BYTES, offset);
}

/* --- a sealed log --- */

static int frames_read(sqlite3_file *base, void *out, int n, sqlite3_int64 offset)
{
	return log_read(&file_of(base)->log, out, n, offset);
}

static int frames_write(sqlite3_file *base, const void *bytes, int n, sqlite3_int64 offset)
{
	struct file *file = file_of(base);
	return fault_hit(&file->vfs->seam) ? SQLITE_FULL : noted(file, log_write(&file->log, bytes, n, offset));
}

static int frames_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	return noted(file_of(base), log_truncate(&file_of(base)->log, size));
}

static int frames_sync(sqlite3_file *base, int flags)
{
	struct file *file = file_of(base);
	int rc = real_sync(file, flags);
	if (rc == SQLITE_OK)
		log_synced(&file->log);
	return rc;
}

static int frames_size(sqlite3_file *base, sqlite3_int64 *out)
{
	int64_t size = 0;
	int rc = log_size(&file_of(base)->log, &size);
	if (rc == SQLITE_OK)
		*out = size;
	return rc;
}

#define METHODS(read_, write_, truncate_, sync_, size_)                                                             \
	{ .iVersion = 2, .xClose = file_close, .xRead = read_, .xWrite = write_, .xTruncate = truncate_,            \
		.xSync = sync_, .xFileSize = size_, .xLock = file_lock, .xUnlock = file_unlock,                     \
		.xCheckReservedLock = file_check_lock, .xFileControl = file_control, .xSectorSize = file_sector,    \
		.xDeviceCharacteristics = file_characteristics, .xShmMap = file_shm_map, .xShmLock = file_shm_lock, \
		.xShmBarrier = file_shm_barrier, .xShmUnmap = file_shm_unmap }
static const sqlite3_io_methods clear_methods = METHODS(clear_read, clear_write, clear_truncate, clear_sync, clear_size);
static const sqlite3_io_methods pages_methods = METHODS(pages_read, pages_write, clear_truncate, clear_sync, clear_size);
static const sqlite3_io_methods frames_methods = METHODS(frames_read, frames_write, frames_truncate, frames_sync, frames_size);

/* --- the file system --- */

static struct vfs *vfs_of(sqlite3_vfs *base)
{
	return base->pAppData;
}

static int fs_open(sqlite3_vfs *base, sqlite3_filename name, sqlite3_file *out, int flags, int *flags_out)
{
	struct vfs *vfs = vfs_of(base);
	struct file *file = file_of(out);
	memset(file, 0, sizeof *file);
	if (vfs->sealed && !(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)))
		return SQLITE_CANTOPEN;
	file->vfs = vfs;
	file->real = (sqlite3_file *)(file + 1);
	int rc = vfs->real->xOpen(vfs->real, name, file->real, flags, flags_out);
	if (rc != SQLITE_OK) {
		vfs->failure = errno;
		return rc;
	}
	file->log = (struct log_file){ .file = file->real, .key = vfs->key };
	file->base.pMethods = &clear_methods;
	if (vfs->sealed)
		file->base.pMethods = flags & SQLITE_OPEN_WAL ? &frames_methods : &pages_methods;
	return SQLITE_OK;
}

static int fs_delete(sqlite3_vfs *base, const char *name, int sync_folder)
{
	sqlite3_vfs *real = vfs_of(base)->real;
	return real->xDelete(real, name, sync_folder);
}

static int fs_access(sqlite3_vfs *base, const char *name, int flags, int *out)
{
	sqlite3_vfs *real = vfs_of(base)->real;
	return real->xAccess(real, name, flags, out);
}

static int fs_full_name(sqlite3_vfs *base, const char *name, int n, char *out)
{
	sqlite3_vfs *real = vfs_of(base)->real;
	return real->xFullPathname(real, name, n, out);
}

static int fs_randomness(sqlite3_vfs *base, int n, char *out)
{
	sqlite3_vfs *real = vfs_of(base)->real;
	return real->xRandomness(real, n, out);
}

static int fs_sleep(sqlite3_vfs *base, int us)
{
	sqlite3_vfs *real = vfs_of(base)->real;
	return real->xSleep(real, us);
}

static int fs_time(sqlite3_vfs *base, sqlite3_int64 *out)
{
	sqlite3_vfs *real = vfs_of(base)->real;
	return real->xCurrentTimeInt64(real, out);
}

static int fs_last_error(sqlite3_vfs *base, int n, char *out)
{
	sqlite3_vfs *real = vfs_of(base)->real;
	return real->xGetLastError ? real->xGetLastError(real, n, out) : 0;
}

enum err vfs_new(struct ctx *cx, const unsigned char *key, struct vfs **out)
{
	struct vfs *vfs = calloc(1, sizeof *vfs);
	if (!vfs)
		abort();
	vfs->real = sqlite3_vfs_find(NULL);
	assert(vfs->real && vfs->real->iVersion >= 2);
	vfs->seam.faults = cx->faults;
	snprintf(vfs->name, sizeof vfs->name, "amanat-%p", (void *)vfs);
	if (key) {
		vfs->sealed = true;
		memcpy(vfs->key, key, KEY_BYTES);
	}
	vfs->base = (sqlite3_vfs){
		.iVersion = 2, .szOsFile = (int)sizeof(struct file) + vfs->real->szOsFile, .mxPathname = vfs->real->mxPathname,
		.zName = vfs->name, .pAppData = vfs, .xOpen = fs_open, .xDelete = fs_delete, .xAccess = fs_access,
		.xFullPathname = fs_full_name, .xRandomness = fs_randomness, .xSleep = fs_sleep, .xGetLastError = fs_last_error,
		.xCurrentTimeInt64 = fs_time,
	};
	if (sqlite3_vfs_register(&vfs->base, 0) != SQLITE_OK) {
		vfs_free(&vfs);
		return fail(cx, E_IO, "SQLite refuses a file system");
	}
	*out = vfs;
	return OK;
}

int vfs_failure(struct vfs *vfs)
{
	int failure = vfs->failure;
	vfs->failure = 0;
	return failure;
}

const char *vfs_name(const struct vfs *vfs)
{
	return vfs->name;
}

void vfs_free(struct vfs **vfs)
{
	if (!vfs || !*vfs)
		return;
	sqlite3_vfs_unregister(&(*vfs)->base);
	explicit_bzero(*vfs, sizeof **vfs);
	free(*vfs);
	*vfs = NULL;
}
