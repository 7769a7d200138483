#include "api/metrics.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api/version.h"
#include "base/config.h"
#include "custody/custody.h"
#include "feed/feed.h"
#include "http/http.h"
#include "safety/limit.h"
#include "store/db.h"
#include "store/stock.h"
#include "store/writer.h"

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP amanat_%s %s\n# TYPE amanat_%s %s\n", name, help, name, type);
}

static void one(struct buf *out, const char *name, const char *type, const char *help, uint64_t value)
{
	head(out, name, type, help);
	buf_printf(out, "amanat_%s %" PRIu64 "\n", name, value);
}

static void http_metrics(const struct http *http, struct buf *out)
{
	struct http_stats stats;
	http_read_stats(http, &stats);
	head(out, "http_requests_total", "counter", "Requests by class of status; 0xx were cut off.");
	for (int i = 0; i < 6; i++)
		buf_printf(out, "amanat_http_requests_total{status=\"%dxx\"} %" PRIu64 "\n", i, stats.requests[i]);
	const struct {
		const char *run;
		uint64_t count, us;
	} runs[] = { { "read", stats.reads, stats.read_us }, { "write", stats.writes, stats.write_us }, { "slow", stats.slows, stats.slow_us } };
	head(out, "http_handler_total", "counter", "Handlers run, by run class.");
	for (size_t i = 0; i < 3; i++)
		buf_printf(out, "amanat_http_handler_total{run=\"%s\"} %" PRIu64 "\n", runs[i].run, runs[i].count);
	head(out, "http_handler_seconds_total", "counter", "Time in handlers, by run class.");
	for (size_t i = 0; i < 3; i++)
		buf_printf(out, "amanat_http_handler_seconds_total{run=\"%s\"} %.6f\n", runs[i].run, (double)runs[i].us / 1e6);
	one(out, "http_bytes_out_total", "counter", "Bytes of answers.", stats.bytes_out);
	one(out, "http_streams", "gauge", "Connections of them that are streams of events.", stats.streams);
	one(out, "http_connections", "gauge", "Connections at this moment.", stats.connections);
}

static void store_metrics(struct writer *writer, struct buf *out)
{
	struct writer_stats stats;
	writer_read_stats(writer, &stats);
	one(out, "store_groups_total", "counter", "Commit groups.", stats.groups);
	one(out, "store_writes_total", "counter", "Writes in them.", stats.works);
	one(out, "store_writes_failed_total", "counter", "Writes that were rolled back.", stats.failed);
	one(out, "store_writes_queued", "gauge", "Writes that wait at this moment.", stats.queued);
	one(out, "store_largest_group", "gauge", "The most writes that one group had.", stats.largest_group);
	one(out, "store_fsyncs_total", "counter", "Fsyncs of database files.", db_fsyncs());
}

static void keyholder_metrics(const struct keyholder *keyholder, struct buf *out)
{
	head(out, "key_unwraps_total", "counter", "User keys unwrapped, by purpose.");
	for (int purpose = GRANT_NONE + 1; purpose < GRANT_PURPOSES; purpose++)
		buf_printf(out, "amanat_key_unwraps_total{purpose=\"%s\"} %" PRIu64 "\n", grant_purpose_name((enum grant_purpose)purpose),
		           keyholder_count(keyholder, (enum grant_purpose)purpose));
}

static void stock_metrics(struct ctx *cx, struct buf *out)
{
	struct stock stock;
	if (stock_read(cx, cx->config->store_folder, &stock) != OK)
		return;                        /* the other figures stand; this one is missed by who watches it */
	head(out, "jobs", "gauge", "Work to do later, by state.");
	buf_printf(out, "amanat_jobs{state=\"due\"} %" PRId64 "\namanat_jobs{state=\"running\"} %" PRId64 "\namanat_jobs{state=\"retrying\"} %" PRId64 "\n",
	           stock.jobs_due, stock.jobs_running, stock.jobs_retrying);
	one(out, "jobs_oldest_due_seconds", "gauge", "How long the oldest job that is due has waited.", (uint64_t)(stock.oldest_due_us / SECOND_US));
	one(out, "outbox_rows", "gauge", "Published and not yet safe in public.db.", (uint64_t)stock.outbox_rows);
	head(out, "store_bytes", "gauge", "Size of the databases, by file and part.");
	for (int i = 0; i < STOCK_FILES; i++)
		buf_printf(out, "amanat_store_bytes{file=\"%s\",part=\"data\"} %" PRId64 "\namanat_store_bytes{file=\"%s\",part=\"log\"} %" PRId64 "\n",
		           stock.files[i].name, stock.files[i].bytes, stock.files[i].name, stock.files[i].log_bytes);
	one(out, "disk_bytes", "gauge", "Size of the file system that holds the data.", (uint64_t)stock.disk_bytes);
	one(out, "disk_free_bytes", "gauge", "Free on it.", (uint64_t)stock.disk_free_bytes);
}

static void program_metrics(const struct ctx *cx, struct buf *out)
{
	head(out, "build_info", "gauge", "Which program this is.");
	buf_printf(out, "amanat_build_info{version=\"" AMANAT_VERSION "\",commit=\"" AMANAT_COMMIT "\"} 1\n");
	head(out, "start_time_seconds", "gauge", "When it started, in seconds since 1970.");
	buf_printf(out, "amanat_start_time_seconds %.3f\n", (double)cx->metrics->started_us / SECOND_US);
	one(out, "http_connections_max", "gauge", "Connections that are let in (server.connections).", (uint64_t)cx->config->server_connections);
}

/* Its own descriptor of the folder is one of them, and ".", ".." are none. */
static uint64_t open_files(void)
{
	uint64_t count = 0;
	DIR *folder = opendir("/proc/self/fd");
	while (folder && readdir(folder))
		count++;
	if (folder)
		closedir(folder);
	return count > 3 ? count - 3 : 0;
}

static void limit_metrics(struct ctx *cx, struct buf *out)
{
	static const char *const names[RATE_CLASSES] = {
		[RATE_READ] = "read", [RATE_WRITE] = "write", [RATE_SIGN_IN] = "sign-in", [RATE_SIGN_UP] = "sign-up", [RATE_UPLOAD] = "upload",
	};
	head(out, "limits_refused_total", "counter", "Requests that were refused for coming too often, by rate class.");
	for (int rate = 0; rate < RATE_CLASSES; rate++)
		if (names[rate])
			buf_printf(out, "amanat_limits_refused_total{class=\"%s\"} %" PRIu64 "\n", names[rate], limits_refused(cx->limits, (enum rate)rate));
}

static void process_metrics(struct buf *out)
{
	struct rusage used;
	struct rlimit files;
	unsigned long pages_all = 0, pages_resident = 0;
	if (getrusage(RUSAGE_SELF, &used) == 0) {
		head(out, "process_cpu_seconds_total", "counter", "Processor time of the process, amanat-media not included.");
		buf_printf(out, "amanat_process_cpu_seconds_total %.3f\n", (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
		           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
	}
	one(out, "process_open_fds", "gauge", "Open files.", open_files());
	if (getrlimit(RLIMIT_NOFILE, &files) == 0)
		one(out, "process_max_fds", "gauge", "Open files that are allowed.", files.rlim_cur);
	FILE *file = fopen("/proc/self/statm", "re");
	if (!file)
		return;
	int read = fscanf(file, "%lu %lu", &pages_all, &pages_resident);
	fclose(file);
	if (read == 2)
		one(out, "process_resident_bytes", "gauge", "Memory that the process holds.", pages_resident * (uint64_t)sysconf(_SC_PAGESIZE));
}

void metrics_write(struct ctx *cx, struct buf *out)
{
	struct feed_stats feed;
	const struct http *http = atomic_load(&cx->metrics->http);
	if (http)
		http_metrics(http, out);
	program_metrics(cx, out);
	limit_metrics(cx, out);
	stock_metrics(cx, out);
	store_metrics(cx->writer, out);
	keyholder_metrics(cx->keyholder, out);
	feed_read_stats(cx->feed, &feed);
	one(out, "feed_builds_total", "counter", "Times the pool of candidates was built.", feed.builds);
	one(out, "feed_candidates", "gauge", "Videos in it.", feed.candidates);
	process_metrics(out);
}
