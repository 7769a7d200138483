#include "base/clock.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t read_clock(clockid_t which)
{
	struct timespec now;
	clock_gettime(which, &now);
	return (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

int64_t clock_wall_us(const struct clock *clock)
{
	return clock && clock->wall_us ? clock->wall_us(clock->self) : read_clock(CLOCK_REALTIME);
}

int64_t clock_boot_us(const struct clock *clock)
{
	return clock && clock->boot_us ? clock->boot_us(clock->self) : read_clock(CLOCK_BOOTTIME);
}

void clock_boot_id(char out[BOOT_ID_BYTES])
{
	memset(out, 0, BOOT_ID_BYTES);
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, out, BOOT_ID_BYTES - 1) : -1;
	if (n <= 0)
		memcpy(out, "unknown", sizeof "unknown");/* fits; a lease then ends by time alone */
	if (fd >= 0)
		close(fd);
}

static struct tm broken_down(int64_t wall_us)
{
	time_t seconds = (time_t)(wall_us / SECOND_US);
	struct tm tm;
	memset(&tm, 0, sizeof tm);
	gmtime_r(&seconds, &tm);
	return tm;
}

void time_rfc3339(int64_t wall_us, char out[RFC3339_BYTES])
{
	struct tm tm = broken_down(wall_us);
	if (strftime(out, RFC3339_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = 0;
}

/* Not strftime's %a and %b: those follow the locale. */
void time_http_date(int64_t wall_us, char out[HTTP_DATE_BYTES])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm = broken_down(wall_us);
	if (strftime(out, HTTP_DATE_BYTES, "ddd, %d mmm %Y %H:%M:%S GMT", &tm) == 0) {
		out[0] = 0;
		return;
	}
	memcpy(out, days + (size_t)tm.tm_wday * 3, 3);
	memcpy(out + 8, months + (size_t)tm.tm_mon * 3, 3);
}
