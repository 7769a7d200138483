#include "base/clock.h"

#include <fcntl.h>
#include <stdio.h>
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
		memcpy(out, "00000000-0000-0000-0000-000000000000", BOOT_ID_BYTES);  /* a lease then ends by time alone */
	if (fd >= 0)
		close(fd);
}

struct civil {
	unsigned year, month, day, weekday, hour, minute, second;      /* month and day from 1, weekday from Sunday, 0 */
};

/* Not gmtime_r(): it takes a lock that all threads share.  Years begin in March, so that a leap day ends one; eras of 400
 * years are all alike (Howard Hinnant, "chrono-compatible low-level date algorithms").  What is not of the years 0 to 9999
 * becomes 1970's first second. */
static struct civil civil_of(int64_t wall_us)
{
	int64_t seconds = wall_us / SECOND_US - (wall_us % SECOND_US < 0);
	if (seconds < -INT64_C(62167219200) || seconds > INT64_C(253402300799))
		seconds = 0;
	int64_t from_year_0 = seconds + INT64_C(719468) * 86400 + INT64_C(146097) * 86400;     /* an era more: never negative */
	unsigned days = (unsigned)(from_year_0 / 86400), second = (unsigned)(from_year_0 % 86400);
	unsigned era = days / 146097, day_of_era = days % 146097;
	unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned month = (5 * day_of_year + 2) / 153;
	return (struct civil){
		.year = era * 400 + year_of_era + (month >= 10) - 400, .month = month < 10 ? month + 3 : month - 9,
		.day = day_of_year - (153 * month + 2) / 5 + 1, .weekday = (days + 3) % 7,
		.hour = second / 3600, .minute = second / 60 % 60, .second = second % 60,
	};
}

static char *digits(char *at, unsigned number, unsigned count)
{
	for (unsigned i = count; i-- > 0; number /= 10)
		at[i] = (char)('0' + number % 10);
	return at + count;
}

void time_rfc3339(int64_t wall_us, char out[RFC3339_BYTES])
{
	struct civil at = civil_of(wall_us);
	char *p = digits(out, at.year, 4);
	*p++ = '-';
	p = digits(p, at.month, 2);
	*p++ = '-';
	p = digits(p, at.day, 2);
	*p++ = 'T';
	p = digits(p, at.hour, 2);
	*p++ = ':';
	p = digits(p, at.minute, 2);
	*p++ = ':';
	p = digits(p, at.second, 2);
	memcpy(p, "Z", 2);
}

/* `n` digits; false: one is none. */
static bool read_digits(const char *p, unsigned n, unsigned *out)
{
	unsigned number = 0;
	for (unsigned i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		number = number * 10 + (unsigned)(p[i] - '0');
	}
	*out = number;
	return true;
}

static unsigned days_of_month(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return month == 2 && leap ? 29 : days[month - 1];
}

/* Days since 1970-01-01 in the Gregorian calendar: March is the first month, so that a leap day is a year's last. */
static int64_t days_of(unsigned year, unsigned month, unsigned day)
{
	const int64_t from_march = month > 2 ? year : year - 1, months = (month + 9) % 12;
	return 365 * from_march + from_march / 4 - from_march / 100 + from_march / 400 + (153 * months + 2) / 5 + day - 719469;
}

/* By hand: strptime() and timegm() take twenty times as long, and a log has millions. */
bool time_rfc3339_read(struct str text, int64_t *wall_us)
{
	static const char form[] = "....-..-..T..:..:..Z";
	unsigned year, month, day, hour, minute, second;
	if (text.n != sizeof form - 1)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (form[i] != '.' && text.p[i] != form[i])
			return false;
	if (!read_digits(text.p, 4, &year) || !read_digits(text.p + 5, 2, &month) || !read_digits(text.p + 8, 2, &day) ||
	    !read_digits(text.p + 11, 2, &hour) || !read_digits(text.p + 14, 2, &minute) || !read_digits(text.p + 17, 2, &second))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month) || hour > 23 || minute > 59 || second > 59)
		return false;
	*wall_us = days_of(year, month, day) * DAY_US + hour * HOUR_US + minute * MINUTE_US + second * SECOND_US;
	return true;
}

void time_http_date(int64_t wall_us, char out[HTTP_DATE_BYTES])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct civil at = civil_of(wall_us);
	snprintf(out, HTTP_DATE_BYTES, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", days + 3 * at.weekday, at.day,
		months + 3 * (at.month - 1), at.year, at.hour, at.minute, at.second);
}
