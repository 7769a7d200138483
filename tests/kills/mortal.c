/* mortal - amanat, which kills itself (SIGKILL) at a seam where it is told to.
 * usage: mortal ORDER COMMAND...
 *
 * An order, the first one or a line on standard input:
 *     N [PLACE...]        at the Nth seam from now on (0: at none), not counting those at the places (FILE:LINE)
 * What it tells, a line each on descriptor 3:
 *     seam PLACE          the first time that this process reaches that seam
 *     killed PLACE NS     just before its end; CLOCK_MONOTONIC, nanoseconds */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

#define TELL_FD 3
#define PLACES_MAX 256
#define PLACE_BYTES 64
#define ORDER_BYTES (PLACES_MAX * PLACE_BYTES)

struct place {
	const char *file;                      /* as the compiler knows it: the pointer is the name */
	int line;
	bool skipped;                          /* not counted */
};

struct mortal {
	struct faults faults;                  /* first: what is reached leads back here */
	pthread_mutex_t lock;                  /* of all that follows */
	unsigned left;                         /* seams until the end; 0: no end is set */
	struct place places[PLACES_MAX];
	unsigned count;
	char order[ORDER_BYTES];               /* the last one */
};

/* "../src/store/db.c" is known as "store/db.c". */
static const char *short_name(const char *file)
{
	const char *source = strstr(file, "src/");
	return source ? source + 4 : file;
}

static bool is_named(const struct mortal *mortal, const struct place *place)
{
	char name[PLACE_BYTES];
	snprintf(name, sizeof name, " %s:%d ", short_name(place->file), place->line);
	return strstr(mortal->order, name) != NULL;
}

static struct place *place_of(struct mortal *mortal, const char *file, int line)
{
	for (unsigned i = 0; i < mortal->count; i++)
		if (mortal->places[i].file == file && mortal->places[i].line == line)
			return &mortal->places[i];
	if (mortal->count == PLACES_MAX)
		abort();
	struct place *place = &mortal->places[mortal->count++];
	*place = (struct place){ .file = file, .line = line };
	place->skipped = is_named(mortal, place);
	dprintf(TELL_FD, "seam %s:%d\n", short_name(file), line);
	return place;
}

static void die(const struct place *place)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	dprintf(TELL_FD, "killed %s:%d %lld\n", short_name(place->file), place->line, (long long)now.tv_sec * 1'000'000'000 + now.tv_nsec);
	kill(getpid(), SIGKILL);
}

static void reached(struct faults *faults, const char *file, int line)
{
	struct mortal *mortal = (struct mortal *)faults;
	pthread_mutex_lock(&mortal->lock);
	const struct place *place = place_of(mortal, file, line);
	if (mortal->left > 0 && !place->skipped && --mortal->left == 0)
		die(place);
	pthread_mutex_unlock(&mortal->lock);
}

static void obey(struct mortal *mortal, const char *line)
{
	char *names = NULL;
	pthread_mutex_lock(&mortal->lock);
	mortal->left = (unsigned)strtoul(line, &names, 10);
	snprintf(mortal->order, sizeof mortal->order, "%.*s ", (int)strcspn(names, "\n"), names);
	for (unsigned i = 0; i < mortal->count; i++)
		mortal->places[i].skipped = is_named(mortal, &mortal->places[i]);
	pthread_mutex_unlock(&mortal->lock);
}

static void *listen_to_orders(void *self)
{
	static const size_t room = ORDER_BYTES;
	char *line = malloc(room);
	if (!line)
		abort();
	while (fgets(line, (int)room, stdin))
		obey(self, line);
	free(line);
	return NULL;
}

int main(int argc, char **argv)
{
	struct mortal mortal = { .faults = { .reached = reached }, .lock = PTHREAD_MUTEX_INITIALIZER };
	pthread_t thread;
	if (argc < 3)
		return EXIT_USAGE;
	obey(&mortal, argv[1]);
	fcntl(TELL_FD, F_SETFD, FD_CLOEXEC);
	sigset_t all, before;
	sigfillset(&all);                      /* signals are for amanat's own threads */
	pthread_sigmask(SIG_BLOCK, &all, &before);
	if (pthread_create(&thread, NULL, listen_to_orders, &mortal) != 0)
		return EXIT_FAILED;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return cli_main(argc - 1, argv + 1, &mortal.faults);
}
