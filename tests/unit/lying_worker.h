/* tests/unit/lying_worker.h - the ways in which the stand-in for amanat-media misbehaves.  Which one is
 * the job's input_bytes, since that is all that reaches the program. */
#ifndef TESTS_LYING_WORKER_H
#define TESTS_LYING_WORKER_H

enum lie {
	LIE_NONE = 1,                   /* behaves: writes ANSWER to both outputs, tells their size */
	LIE_GARBAGE_FIRST,              /* before STARTED */
	LIE_GARBAGE,
	LIE_LONG_MESSAGE,
	LIE_TWO_STARTS,
	LIE_READ_BEYOND,
	LIE_READ_TOO_MUCH,
	LIE_NEVER_LISTENS,              /* asks on and on, takes no answer */
	LIE_ENDLESS_PROGRESS,
	LIE_SILENCE,
	LIE_DEATH,
	LIE_DEATH_BY_TIME,
	LIE_DEATH_BY_OTHERS,            /* as the kernel does that has no memory left */
	LIE_DEATH_FIRST,                /* before STARTED */
	LIE_CLOSE_AND_STAY,             /* closes its control socket and lives on */
	LIE_TALKATIVE,                  /* a megabyte on standard error, then behaves */
	LIE_WRONG_SIZE,
	LIE_UNKNOWN_REASON,
	LIE_STAYS,                      /* behaves, and does not exit */
	LIE_COUNTS_DESCRIPTORS,         /* behaves when it has exactly those of the protocol */
};
#define ANSWER "what the worker made"
#endif
