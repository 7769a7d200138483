/* amanat drill: a backup is worth what its restore is worth; so it is restored, started, and used. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "api/version.h"
#include "cli/cli.h"
#include "cli/upkeep.h"
#include "keys/keys.h"
#include "social/account.h"
#include "social/video.h"
#include "upkeep/files.h"

#define ANSWER_BYTES_MAX ((size_t)1 << 30)
#define ANSWER_SECONDS 30
#define FOR_EVER_US INT64_C(253402300799000000)
#define KEEP_DAYS 35

struct drill {
	int64_t began_us, backup_us, restore_us, serve_us;
	struct restore_report restored;
	struct fsck_report checked;
	int64_t accounts, keys_opened;
	int64_t clip, clip_bytes;              /* 0: nobody has published one */
	bool signed_in, played;
};

/* --- one request over the loopback --- */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static enum err send_all(struct ctx *cx, int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
		if (n <= 0)
			return fail(cx, E_IO, "speaking to the restored node: %s", strerror(errno));
		bytes = str_from(bytes, (size_t)n);
	}
	return OK;
}

/* `answer` holds head and body; `body` borrows from it.  E_IO also for another status. */
static enum err ask(struct ctx *cx, unsigned port, struct str request, int status, struct buf *answer, struct str *body)
{
	struct sockaddr_in place = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct timeval patience = { .tv_sec = ANSWER_SECONDS };
	char piece[64 * 1024], wanted[16];
	AUTO(close_fd) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
	    connect(fd, (const struct sockaddr *)&place, sizeof place) != 0)
		return fail(cx, E_IO, "reaching the restored node: %s", strerror(errno));
	TRY(send_all(cx, fd, request));
	for (ssize_t n = 1; n > 0;) {
		n = recv(fd, piece, sizeof piece, 0);
		if (n < 0)
			return fail(cx, E_IO, "the restored node does not answer: %s", strerror(errno));
		buf_bytes(answer, piece, (size_t)n);
	}
	struct str all = buf_view(answer);
	const char *end = memmem(all.p, all.n, "\r\n\r\n", 4);
	snprintf(wanted, sizeof wanted, "HTTP/1.1 %d", status);
	if (answer->failed || !end || !str_starts(all, str_of(wanted)))
		return fail(cx, E_IO, "the restored node answered \"%.12s\" where %d was expected", all.n ? all.p : "", status);
	*body = str_from(all, (size_t)(end + 4 - all.p));
	return OK;
}

/* --- a person --- */

static enum err sign_in(struct ctx *cx, unsigned port)
{
	unsigned char secret[24];
	struct buf words = buf_new(256);
	AUTO(buf_free) struct buf answer = buf_new(ANSWER_BYTES_MAX), again = buf_new(ANSWER_BYTES_MAX);
	struct str body;
	int64_t id;
	random_bytes(secret, sizeof secret);
	buf_hex(&words, secret, sizeof secret);
	const char *password = arena_text(&cx->mem, buf_view(&words));
	buf_free(&words);
	const char *handle = arena_printf(&cx->mem, "drill_%.10s", password).p;
	struct sign_up sign_up = { .handle = str_of(handle), .password = str_of(password), .role = ROLE_MEMBER };
	TRY(account_add(cx, &sign_up, &id));
	const char *json = arena_printf(&cx->mem, "{\"handle\":\"%s\",\"password\":\"%s\",\"client\":\"program\"}", handle, password).p;
	TRY(ask(cx, port, arena_printf(&cx->mem, "POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nOrigin: http://127.0.0.1:%u\r\n"
		"Content-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", port, port, strlen(json), json), 201, &answer, &body));
	const char *token = memmem(body.p, body.n, "\"token\":\"", 9);
	if (!token)
		return fail(cx, E_IO, "the restored node gave no session");
	struct str rest = str_from(body, (size_t)(token + 9 - body.p)), value = str_cut(&rest, '"');
	return ask(cx, port, arena_printf(&cx->mem, "GET /api/v1/me HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer " STR_FMT
		"\r\nConnection: close\r\n\r\n", port, STR_ARG(value)), 200, &again, &body);
}

static enum err open_keys(struct ctx *cx, struct drill *drill)
{
	struct account_page page = {};
	do {
		TRY(account_list(cx, page.next, &page));
		for (size_t i = 0; i < page.count; i++) {
			AUTO(grant_wipe) struct grant grant = { .purpose = GRANT_NONE };
			if (str_eq(page.items[i].state, STR("closed")))
				continue;
			drill->accounts++;
			TRY(account_grant(cx, GRANT_OPERATOR, page.items[i].id, &grant));
			drill->keys_opened++;
		}
	} while (page.next != 0);
	return OK;
}

/* --- a clip: ISO/IEC 14496-12, 4.2: size[4] type[4], or size 1 and size[8] behind; 0: to the end --- */

static uint64_t big_endian(const char *p, unsigned n)
{
	uint64_t number = 0;
	for (unsigned i = 0; i < n; i++)
		number = number << 8 | (unsigned char)p[i];
	return number;
}

static bool is_mp4(struct str bytes)
{
	bool ftyp = false, moov = false, mdat = false;
	while (bytes.n >= 8) {
		uint64_t size = big_endian(bytes.p, 4);
		struct str type = { bytes.p + 4, 4 };
		if (size == 1)
			size = bytes.n >= 16 ? big_endian(bytes.p + 8, 8) : 0;
		else if (size == 0)
			size = bytes.n;
		if (size < 8 || size > bytes.n)
			return false;
		ftyp |= str_eq(type, STR("ftyp"));
		moov |= str_eq(type, STR("moov"));
		mdat |= str_eq(type, STR("mdat"));
		bytes = str_from(bytes, (size_t)size);
	}
	return bytes.n == 0 && ftyp && moov && mdat;
}

static enum err find_clip(struct ctx *cx, struct drill *drill, struct str *src)
{
	struct account_page accounts = {};
	do {
		TRY(account_list(cx, accounts.next, &accounts));
		for (size_t i = 0; i < accounts.count; i++) {
			struct video_page videos = {};
			TRY(video_list_by_account(cx, accounts.items[i].id, 0, &videos));
			if (videos.count == 0 || videos.items[0].video.id <= drill->clip)
				continue;
			drill->clip = videos.items[0].video.id;
			*src = videos.items[0].video.src;
		}
	} while (accounts.next != 0);
	return OK;
}

static enum err play(struct ctx *cx, struct drill *drill, unsigned port)
{
	AUTO(buf_free) struct buf answer = buf_new(ANSWER_BYTES_MAX);
	struct str src = STR(""), body;
	TRY(find_clip(cx, drill, &src));
	if (drill->clip == 0)
		return OK;
	TRY(ask(cx, port, arena_printf(&cx->mem, "GET /media/" STR_FMT ".mp4 HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n\r\n",
		STR_ARG(src), port), 200, &answer, &body));
	if (!is_mp4(body))
		return fail(cx, E_CORRUPT, "the clip that the restored node serves is no MP4");
	drill->clip_bytes = (int64_t)body.n;
	drill->played = true;
	return OK;
}

static enum err use(struct cli *cli, struct drill *drill)
{
	struct app *app = NULL;
	struct ctx cx;
	const int64_t began_us = clock_boot_us(NULL);
	TRY(app_open(&cli->cx, APP_SERVE, &app));
	app_ctx(app, &cx);
	enum err status = open_keys(&cx, drill);
	if (status == OK)
		status = play(&cx, drill, app_port(app));
	if (status == OK)
		status = sign_in(&cx, app_port(app));
	drill->signed_in = status == OK;
	cli->cx.failure = cx.failure;
	app_ctx_end(app, &cx);
	app_close(&app);
	drill->serve_us = clock_boot_us(NULL) - began_us;
	return status;
}

/* --- the certificate --- */

static double seconds(int64_t us)
{
	return (double)us / (double)SECOND_US;
}

static void tell_text(const struct drill *drill)
{
	char when[RFC3339_BYTES], of[RFC3339_BYTES], clip[64] = "none: nobody has published one";
	time_rfc3339(drill->began_us, when);
	time_rfc3339(drill->restored.at_us, of);
	if (drill->played)
		snprintf(clip, sizeof clip, "%" PRId64 ", %" PRId64 " bytes, whole", drill->clip, drill->clip_bytes);
	printf("Restore drill, %s, amanat %s (%s)\n"
	       "  generation    %s, a moment of %s; keys of %s\n"
	       "  restored      %" PRId64 " files, %" PRId64 " bytes, each held against its SHA-256, in %.2f s\n"
	       "  deleted since %" PRId64 " taken away again, %" PRId64 " accounts without a key\n"
	       "  fsck          %u invariants, %" PRId64 " rows, pages and files, %" PRId64 " faults\n"
	       "  keys          %" PRId64 " of %" PRId64 " accounts open\n"
	       "  clip played   %s\n"
	       "  signed in     one person, over HTTP on the loopback\n"
	       "  time          backup %.2f s, restore with fsck %.2f s, serving %.2f s\n"
	       "Passed.\n", when, AMANAT_VERSION, AMANAT_COMMIT, drill->restored.generation, of, drill->restored.keys_generation,
	       drill->restored.files, drill->restored.bytes, seconds(drill->restore_us), drill->restored.replayed, drill->restored.keyless,
	       drill->checked.checked, drill->checked.looked, drill->checked.faults, drill->keys_opened, drill->accounts, clip,
	       seconds(drill->backup_us), seconds(drill->restore_us), seconds(drill->serve_us));
}

static void tell_json(const struct drill *drill)
{
	AUTO(buf_free) struct buf text = buf_new((size_t)1 << 20);
	struct json json = json_new(&text);
	json_object(&json);
	json_key(&json, "passed"), json_bool(&json, true);
	json_key(&json, "at"), json_time(&json, drill->began_us);
	json_key(&json, "version"), json_text(&json, AMANAT_VERSION);
	json_key(&json, "commit"), json_text(&json, AMANAT_COMMIT);
	json_key(&json, "generation"), json_text(&json, drill->restored.generation);
	json_key(&json, "generation_at"), json_time(&json, drill->restored.at_us);
	json_key(&json, "keys_generation"), json_text(&json, drill->restored.keys_generation);
	json_key(&json, "files"), json_i64(&json, drill->restored.files);
	json_key(&json, "bytes"), json_i64(&json, drill->restored.bytes);
	json_key(&json, "replayed"), json_i64(&json, drill->restored.replayed);
	json_key(&json, "keyless"), json_i64(&json, drill->restored.keyless);
	json_key(&json, "accounts"), json_i64(&json, drill->accounts);
	json_key(&json, "keys_opened"), json_i64(&json, drill->keys_opened);
	json_key(&json, "clip"), drill->played ? json_id(&json, drill->clip) : json_null(&json);
	json_key(&json, "clip_bytes"), json_i64(&json, drill->clip_bytes);
	json_key(&json, "signed_in"), json_bool(&json, drill->signed_in);
	json_key(&json, "backup_us"), json_i64(&json, drill->backup_us);
	json_key(&json, "restore_us"), json_i64(&json, drill->restore_us);
	json_key(&json, "serve_us"), json_i64(&json, drill->serve_us);
	json_key(&json, "fsck"), fsck_json(&json, &drill->checked);
	json_object_end(&json);
	printf("%s\n", buf_terminated(&text));
}

/* --- in order --- */

static enum err back_up(struct cli *cli, const char *keys)
{
	struct app *app = NULL;
	struct ctx cx;
	struct backup_report report;
	TRY(app_open(&cli->cx, APP_LOOK, &app));
	app_ctx(app, &cx);
	enum err status = cli_backup(cli, &cx, cli->arguments[0], BACKUP_DATA, KEEP_DAYS, &report);
	if (status == OK)
		status = cli_backup(cli, &cx, keys, BACKUP_KEYS, KEEP_DAYS, &report);
	cli->cx.failure = cx.failure;
	app_ctx_end(app, &cx);
	app_close(&app);
	return status;
}

/* What is tried out is a copy: it must not sign in the log's name, have that witnessed, or write where the log is mirrored. */
static enum err stand_apart(struct cli *cli, const char *folder, const char *key_file)
{
	const char *const none[] = { arena_printf(&cli->cx.mem, "ledger.key_file=%s.ledger", folder).p, "ledger.policy=", "ledger.mirror=", "ledger.witness_name=" };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		TRY(cli_work_on(cli, folder, key_file, none[i]));
	return OK;
}

static enum err restore_and_use(struct cli *cli, struct drill *drill, const char *keys, const char *scratch)
{
	const char *folder = arena_printf(&cli->cx.mem, "%s/node", scratch).p;
	const char *key_file = arena_text(&cli->cx.mem, str_of(app_key_file(&cli->cx)));
	int64_t began_us = clock_boot_us(NULL);
	TRY(cli_work_on(cli, folder, key_file, "server.address=127.0.0.1"));
	TRY(cli_restore(cli, cli->arguments[0], keys, folder, FOR_EVER_US, &drill->restored, &drill->checked));
	drill->restore_us = clock_boot_us(NULL) - began_us;
	/* it speaks to itself */
	static const char *const alone[] = { "server.port=0", "tls.certificate=", "tls.key=", "tls.redirect_port=0" };
	for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
		TRY(cli_work_on(cli, folder, key_file, alone[i]));
	TRY(stand_apart(cli, folder, key_file));
	cli->log.level = LOG_WARN;
	fputs("drill: the copy's ledger signs nothing, as it must, and says so:\n", stderr);
	return use(cli, drill);
}

enum err run_drill(struct cli *cli)
{
	struct drill drill = { .began_us = cli->cx.now_us };
	const char *keys = cli_option(cli, "keys"), *place = getenv("TMPDIR");
	char scratch[512];
	int64_t began_us = clock_boot_us(NULL);
	cli->log.level = LOG_WARN;
	if (!keys)
		return fail_as(&cli->cx, E_INVALID, "usage", "--keys is needed: without the keys' backup nothing personal can be read");
	if (!cli_option(cli, "newest"))
		TRY(back_up(cli, keys));
	drill.backup_us = clock_boot_us(NULL) - began_us;
	snprintf(scratch, sizeof scratch, "%s/amanat-drill-XXXXXX", place && *place && strlen(place) < 400 ? place : "/tmp");
	if (!mkdtemp(scratch))
		return fail(&cli->cx, E_IO, "making a scratch folder: %s", strerror(errno));
	enum err status = restore_and_use(cli, &drill, keys, scratch);
	struct failure failure = cli->cx.failure;
	enum err removed = folder_remove(&cli->cx, scratch);
	if (status != OK) {
		cli->cx.failure = failure;
		return status;
	}
	TRY(removed);
	if (cli_option(cli, "json"))
		tell_json(&drill);
	else
		tell_text(&drill);
	return OK;
}
