/* tests/unit/tap.h - a point a test, printed as TAP (https://testanything.org/tap-version-13-specification.html).
 *
 *   TEST(like_twice_is_one_row) { CHECK(likes == 1); }
 *   int main(void) { RUN(like_twice_is_one_row); return tap_end(); }
 *
 * A failed CHECK tells where and ends its test. */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H
#include <stdbool.h>
#include <stdio.h>

struct tap {
	unsigned points, failed;
	bool now_failed;
	const char *skip;
};
static struct tap tap;                         /* a test program is one file and one thread of tests */

#define TEST(name) static void name(void)
#define CHECK(expression)                                                              \
	do {                                                                           \
		if (!(expression)) {                                                   \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #expression);     \
			tap.now_failed = true;                                         \
			return;                                                        \
		}                                                                      \
	} while (0)
/* For use in helpers that return something, and in loops that should go on. */
#define EXPECT(expression)                                                             \
	((expression) ? true : (printf("# %s:%d: %s\n", __FILE__, __LINE__, #expression), tap.now_failed = true, false))
#define RUN(name) tap_run(#name, name)
#define SKIP(why)                                                                      \
	do {                                                                           \
		tap.skip = (why);                                                      \
		return;                                                                \
	} while (0)

static inline void tap_run(const char *name, void (*test)(void))
{
	tap.now_failed = false;
	tap.skip = NULL;
	test();
	tap.points++;
	tap.failed += tap.now_failed;
	printf("%s %u - %s%s%s\n", tap.now_failed ? "not ok" : "ok", tap.points, name, tap.skip ? " # SKIP " : "",
	       tap.skip ? tap.skip : "");
	fflush(stdout);
}

static inline int tap_end(void)
{
	printf("1..%u\n", tap.points);
	return tap.failed != 0;
}
#endif
