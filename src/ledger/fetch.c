#include "ledger/fetch.h"

#include <assert.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#define LIBRARY "libcurl-gnutls.so.4"
#define USER_AGENT "amanat/" AMANAT_FETCH_VERSION
#define CONNECT_MS_MAX INT64_C(10000)
#define POLL_MS 1000

/* What is used of it, once: each becomes a member of struct library and is looked up by its name. */
#define CALLS(CALL)                                                                                                        \
	CALL(curl_global_init) CALL(curl_easy_init) CALL(curl_easy_cleanup) CALL(curl_easy_reset) CALL(curl_easy_setopt)  \
	CALL(curl_easy_getinfo) CALL(curl_easy_strerror) CALL(curl_multi_init) CALL(curl_multi_cleanup)                   \
	CALL(curl_multi_add_handle) CALL(curl_multi_remove_handle) CALL(curl_multi_perform) CALL(curl_multi_poll)         \
	CALL(curl_multi_info_read) CALL(curl_slist_append) CALL(curl_slist_free_all)

struct library {
#define CALL(name) typeof(&name) name;
	CALLS(CALL)
#undef CALL
};

enum progress { IDLE, UNDER_WAY, ENDED };

struct slot {
	enum progress progress;
	CURL *easy;                            /* kept from request to request */
	struct curl_slist *headers;
	struct buf body;
	CURLcode result;
	char host[128], error[CURL_ERROR_SIZE];
};
struct fetch {
	struct library curl;
	CURLM *multi;
	struct slot slots[FETCH_AT_ONCE];
};

void fetch_answer_free(struct fetch_answer *answer)
{
	buf_free(&answer->body);
}

/* --- the library --- */

/* It stays loaded: what it loaded in turn was not all made to be unloaded. */
static enum err load(struct ctx *cx, struct library *out)
{
	void *const handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	struct library library;
	if (!handle)
		return fail(cx, E_IO, "the library " LIBRARY " cannot be loaded; Debian has it in the package libcurl3-gnutls");
	bool whole = true;
#define CALL(name)                                                 \
	library.name = (typeof(&name))dlsym(handle, #name);        \
	whole &= library.name != NULL;
	CALLS(CALL)
#undef CALL
	dlclose(handle);
	if (!whole || library.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return fail(cx, E_IO, LIBRARY " is too old, or cannot start");
	*out = library;
	return OK;
}

enum err fetch_open(struct ctx *cx, struct fetch **out)
{
	struct library library;
	TRY(load(cx, &library));
	CURLM *const multi = library.curl_multi_init();
	if (!multi)
		return fail(cx, E_IO, LIBRARY " cannot start");
	struct fetch *const fetch = calloc(1, sizeof *fetch);
	if (!fetch)
		abort();
	fetch->curl = library;
	fetch->multi = multi;
	*out = fetch;
	return OK;
}

static void slot_end(struct fetch *fetch, struct slot *slot)
{
	if (slot->progress != IDLE)
		fetch->curl.curl_multi_remove_handle(fetch->multi, slot->easy);
	fetch->curl.curl_slist_free_all(slot->headers);
	slot->headers = NULL;
	slot->progress = IDLE;
	buf_free(&slot->body);
}

void fetch_close(struct fetch **fetch)
{
	if (!*fetch)
		return;
	for (unsigned i = 0; i < FETCH_AT_ONCE; i++) {
		struct slot *const slot = &(*fetch)->slots[i];
		slot_end(*fetch, slot);
		if (slot->easy)
			(*fetch)->curl.curl_easy_cleanup(slot->easy);
	}
	(*fetch)->curl.curl_multi_cleanup((*fetch)->multi);
	free(*fetch);
	*fetch = NULL;
}

/* --- one exchange --- */

static size_t receive(char *bytes, size_t size, size_t n, void *of)
{
	struct slot *const slot = of;
	buf_bytes(&slot->body, bytes, size * n);
	return slot->body.failed ? 0 : size * n;       /* 0: give up */
}

/* "http://HOST..." or https, nothing that a terminal or a log would not show; the host is for messages. */
static bool read_url(struct str url, char *host, size_t host_bytes)
{
	struct str rest = url;
	if (str_starts(url, STR("http://")))
		rest = str_from(url, sizeof "http://" - 1);
	else if (str_starts(url, STR("https://")))
		rest = str_from(url, sizeof "https://" - 1);
	else
		return false;
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~')
			return false;
	const struct str name = str_cut(&rest, '/');
	if (name.n == 0 || name.n >= host_bytes || memchr(name.p, '@', name.n) || url.n > FETCH_URL_MAX)
		return false;
	memcpy(host, name.p, name.n);
	host[name.n] = '\0';
	return true;
}

static void set_up(const struct library *curl, struct slot *slot, const struct fetch_request *request, const char *url)
{
	CURL *const easy = slot->easy;
	const long patience_ms = (long)(request->patience_us / 1000);
	const long connect_ms = patience_ms < CONNECT_MS_MAX ? patience_ms : (long)CONNECT_MS_MAX;
	curl->curl_easy_reset(easy);
	curl->curl_easy_setopt(easy, CURLOPT_URL, url);
	curl->curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl->curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl->curl_easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT);
	curl->curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, patience_ms);
	curl->curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	curl->curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot->error);
	curl->curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
	curl->curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot);
	if (request->content_type) {
		/* no waiting for "100 Continue": a witness that does not know it costs a second */
		slot->headers = curl->curl_slist_append(slot->headers, "Expect:");
		curl->curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl->curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n);
		curl->curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.n ? request->body.p : "");
	}
	curl->curl_easy_setopt(easy, CURLOPT_HTTPHEADER, slot->headers);
}

enum err fetch_begin(struct ctx *cx, struct fetch *fetch, unsigned number, const struct fetch_request *request)
{
	assert(number < FETCH_AT_ONCE && fetch->slots[number].progress == IDLE);
	struct slot *const slot = &fetch->slots[number];
	char url[FETCH_URL_MAX + 1], type[128];
	if (!read_url(request->url, slot->host, sizeof slot->host))
		return fail_as(cx, E_INVALID, "fetch-url", "\"" STR_FMT "\" is not a web address: http://... or https://...",
		               (int)(request->url.n < 80 ? request->url.n : 80), request->url.p);
	if (!slot->easy)
		slot->easy = fetch->curl.curl_easy_init();
	if (!slot->easy || fault_hit(cx))
		return fail_as(cx, E_IO, "fetch-failed", "%.100s cannot be asked", slot->host);
	memcpy(url, request->url.p, request->url.n);
	url[request->url.n] = '\0';
	slot->error[0] = '\0';
	if (request->content_type) {
		AUTO(buf_free) struct buf line = buf_new(sizeof type - 1);
		buf_printf(&line, "Content-Type: %s", request->content_type);
		assert(!line.failed);
		slot->headers = fetch->curl.curl_slist_append(slot->headers, buf_terminated(&line));
	}
	slot->body = buf_new(request->bytes_max);
	set_up(&fetch->curl, slot, request, url);
	slot->progress = UNDER_WAY;
	if (fetch->curl.curl_multi_add_handle(fetch->multi, slot->easy) == CURLM_OK)
		return OK;
	slot_end(fetch, slot);
	return fail_as(cx, E_IO, "fetch-failed", "%.100s cannot be asked", slot->host);
}

static void note_ended(struct fetch *fetch)
{
	int left = 0;
	for (CURLMsg *said = fetch->curl.curl_multi_info_read(fetch->multi, &left); said; said = fetch->curl.curl_multi_info_read(fetch->multi, &left))
		for (unsigned i = 0; i < FETCH_AT_ONCE; i++)
			if (fetch->slots[i].easy == said->easy_handle && fetch->slots[i].progress == UNDER_WAY) {
				fetch->slots[i].result = said->data.result;
				fetch->slots[i].progress = ENDED;
				break;
			}
}

/* Moves all of them on until this one has ended: each has its own limit of time, so it will. */
static bool drive(struct fetch *fetch, const struct slot *slot)
{
	int running = 0;
	while (slot->progress == UNDER_WAY) {
		if (fetch->curl.curl_multi_perform(fetch->multi, &running) != CURLM_OK)
			return false;
		note_ended(fetch);
		if (slot->progress == UNDER_WAY && fetch->curl.curl_multi_poll(fetch->multi, NULL, 0, POLL_MS, NULL) != CURLM_OK)
			return false;
	}
	return true;
}

static enum err judge(struct ctx *cx, const struct fetch *fetch, const struct slot *slot)
{
	const char *const why = slot->error[0] ? slot->error : fetch->curl.curl_easy_strerror(slot->result);
	switch (slot->result) {
	case CURLE_OK:
		return OK;
	case CURLE_WRITE_ERROR:
		return fail_as(cx, E_TOOLARGE, "fetch-large", "%.100s answers with more than %zu bytes", slot->host, slot->body.max);
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return fail_as(cx, E_BUSY, "fetch-silent", "%.80s gives no answer: %.120s", slot->host, why);
	default:
		return fail_as(cx, E_IO, "fetch-failed", "asking %.80s failed: %.120s", slot->host, why);
	}
}

enum err fetch_take(struct ctx *cx, struct fetch *fetch, unsigned number, struct fetch_answer *out)
{
	assert(number < FETCH_AT_ONCE && fetch->slots[number].progress != IDLE);
	struct slot *const slot = &fetch->slots[number];
	struct fetch_answer answer = {};
	long status = 0;
	const char *type = NULL;
	if (!drive(fetch, slot))
		slot->result = CURLE_FAILED_INIT;
	const enum err outcome = judge(cx, fetch, slot);
	if (outcome == OK) {
		fetch->curl.curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
		fetch->curl.curl_easy_getinfo(slot->easy, CURLINFO_CONTENT_TYPE, &type);
		answer.status = (int)status;
		if (type && strlen(type) < sizeof answer.content_type)
			memcpy(answer.content_type, type, strlen(type) + 1);
		answer.body = slot->body;
		slot->body = buf_new(0);
		*out = answer;
	}
	slot_end(fetch, slot);
	return outcome;
}

enum err fetch_ask(struct ctx *cx, struct fetch *fetch, const struct fetch_request *request, struct fetch_answer *out)
{
	unsigned slot = 0;
	while (slot < FETCH_AT_ONCE && fetch->slots[slot].progress != IDLE)
		slot++;
	assert(slot < FETCH_AT_ONCE);
	TRY(fetch_begin(cx, fetch, slot, request));
	return fetch_take(cx, fetch, slot, out);
}
