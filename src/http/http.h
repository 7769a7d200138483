/* http/http.h - the door: requests in, responses out, routes as rows of a table.
 *
 * Owns the listener, the event threads, the limits on what a client may send, and the way a handler
 * is run (enum run).  It knows nothing of accounts: `gate` decides who may pass. */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H
#include "base/ctx.h"
#include "http/listen.h"
#include "http/tls.h"

enum method { METHOD_UNSET, GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS };
const char *method_name(enum method);

/* Who may call a route; api/ interprets it. */
enum who { WHO_UNSET, ANYONE, ACCOUNT, MODERATOR, OPERATOR };
/* Rate class; safety/limit.c holds the figures. */
enum rate { RATE_UNSET, RATE_NONE, RATE_READ, RATE_WRITE, RATE_SIGN_IN, RATE_SIGN_UP, RATE_UPLOAD, RATE_WITNESS, RATE_MEDIA, RATE_CLASSES };
/* READ: inline on an event thread, own read connection, no fsync, under 5 ms.
 * READ_KEPT: the same; its answer to who is not signed in is read from public.db alone and depends on nothing but the address,
 * so it is kept and given again until public.db has changed.
 * WRITE: the connection is suspended, the whole handler runs on the writer thread inside the current
 * commit group, and is resumed after the group's commit.  SLOW: a small pool. */
enum run { RUN_UNSET, READ, READ_KEPT, WRITE, SLOW, RUN_CLASSES };

struct header {
	struct str name, value;
};

#define PATH_PARAMS_MAX 4

/* A request; all of it lives in cx->mem (or outlives the handler). */
struct req {
	const struct route *route;
	enum method method;
	struct str path;                       /* decoded once; no NUL, no "//", no ".." */
	struct str params[PATH_PARAMS_MAX];    /* what stood at each {name} of the route's path, decoded */
	struct str query;                      /* raw; read it with req_query() */
	struct str body;                       /* whole; empty for a route with a sink */
	void *sink;                            /* what the route's sink opened */
	struct str peer;                       /* numeric address; behind a trusted proxy the forwarded one.  Never stored, never logged */
	bool secure;                           /* https: ours, or by the trusted proxy's word */
	const void *wire;                      /* the library's connection, for req_header() */
};
/* Empty when there is none.  Of several headers of one name the first. */
struct str req_header(struct ctx *, const struct req *, const char *name);
/* The same name twice: which one counts would be anybody's guess. */
bool req_header_repeated(struct ctx *, const struct req *, const char *name);
struct str req_cookie(struct ctx *, const struct req *, const char *name);
/* The decoded value; false when absent.  E_INVALID (in the context) was already answered for a query
 * that is not well-formed UTF-8. */
bool req_query(struct ctx *, const struct req *, const char *name, struct str *out);

/* A browser sent this on behalf of another site: Sec-Fetch-Site says so or, where it is absent, Origin names another
 * host than the request.  False for programs, which send neither. */
bool req_cross_site(struct ctx *, const struct req *);

#define RESP_HEADERS_MAX 24
enum body_kind { BODY_NONE, BODY_BUF, BODY_STATIC, BODY_FILE, BODY_STREAM };

/* An answer that goes on until its client, its session or the server ends (http/stream.c). */
struct stream_source {
	int64_t topic;                         /* of base/events.h: whose it is */
	int64_t position;                      /* how far it has told: the source's own */
	/* Appends what is new since *position, and moves it on.  On an event thread, as a READ handler, with a context of its own
	 * that has passed the gate anew: at first, when its topic was told of, and at each heartbeat.  A failure ends the stream. */
	enum err (*next)(struct ctx *, const struct req *, int64_t *position, struct buf *out);
};

/* An answer in the making.  Zeroed is an empty 200. */
struct resp {
	int status;                            /* 0 means 200, or 204 when there is no body */
	struct header headers[RESP_HEADERS_MAX];
	unsigned header_count;
	enum body_kind kind;
	struct buf buf;                        /* BODY_BUF: owned */
	struct str text;                       /* BODY_STATIC: outlives the process's requests, or lives in cx->mem */
	int fd;                                /* BODY_FILE: owned, closed when sent */
	int64_t file_bytes;                    /* BODY_FILE: whole size; Range and If-Range are http/'s business */
	struct stream_source stream;           /* BODY_STREAM */
	struct str etag;                       /* quoted; when set, If-None-Match is answered with 304 */
};
/* Both strings are copied into cx->mem; a value with CR, LF or NUL is an assert: encode it first. */
void resp_header(struct ctx *, struct resp *, const char *name, struct str value);
void resp_json(struct resp *, struct buf *body);           /* moves the buffer; application/json */
void resp_html(struct resp *, struct buf *body);           /* moves the buffer; text/html; charset=utf-8 */
void resp_text(struct resp *, const char *content_type, struct str);
void resp_file(struct resp *, int fd, int64_t bytes, const char *content_type);
void resp_stream(struct resp *, const char *content_type, const struct stream_source *);
/* RFC 9457. */
struct problem_details {
	int status;
	const char *code;                      /* NULL: type is "about:blank" (section 4.2.1), else "/problems/CODE" */
	const char *title;                     /* NULL: the status's phrase */
	struct str detail;
	int64_t retry_seconds;                 /* more than 0: retry_after, and the header Retry-After */
};
/* application/problem+json with type, title, status, detail, code and retry_after.  Sets the status. */
void resp_problem(struct ctx *, struct resp *, const struct problem_details *);
/* Set-Cookie: HttpOnly, SameSite=Lax, Path=/, Secure when the request was.  max_age_seconds 0 erases it, -1 lets it end with
 * the browser's session.  The value must be cookie-octets (RFC 6265 section 4.1.1): anything else is an assert. */
void resp_cookie(struct ctx *, struct resp *, const struct req *, const char *name, struct str value, int64_t max_age_seconds);
void resp_free(struct resp *);

/* A body too large to hold: fed as it arrives, on the event thread.  open() runs after the gate and may refuse
 * before a byte is read (the client's `Expect: 100-continue` is then answered with the refusal).  write() may not
 * fsync.  close() always follows a successful open(): after the handler with `complete` true, on the
 * handler's thread (for WRITE after the commit); with `complete` false, on an event thread, when the handler did not run
 * (the client went away, write() failed, the writer's queue was full): then it may take no lock that a write holds. */
struct sink {
	enum err (*open)(struct ctx *, const struct req *, void **sink);
	enum err (*write)(void *sink, const void *bytes, size_t n);
	void (*close)(void *sink, bool complete);
};

typedef enum err handler(struct ctx *, const struct req *, struct resp *);

/* A row of a route table; a table ends with a row without a path.  Closed by default: a test fails on an unset column. */
struct route {
	enum method method;
	const char *path;                      /* "/api/v1/videos/{id}/like"; a trailing {rest*} takes slashes too */
	handler *run;
	enum who who;
	enum rate rate;
	enum run how;
	size_t body_max;                       /* bytes; 0 means no body is taken */
	const char *doc;                       /* one line, for the API description */
	const char *takes, *gives;             /* schema names in the API description; NULL: none */
	const struct sink *sink;               /* NULL: the body is collected into req.body */
};

/* What http/ needs from above.  `self` is handed to each. */
struct http_hooks {
	void *self;
	/* Prepares a context (arena, clock, ids, ...; all but `db`) and takes it back.  A request may wait long for its
	 * body between the two, so nothing scarce is lent here. */
	void (*ctx_open)(void *self, enum run, struct ctx *);
	void (*ctx_close)(void *self, struct ctx *);
	/* Sets cx->db to a read connection, and takes it back: around the gate and the sink's open(), and around a READ or
	 * SLOW handler, always within one call on one thread.  So as many as event and slow threads together are enough.
	 * problem() and finish() have no db. */
	void (*db_lend)(void *self, struct ctx *);
	void (*db_return)(void *self, struct ctx *);
	/* After routing, before any body byte is read: authentication, origin, rate. */
	enum err (*gate)(void *self, struct ctx *, const struct req *);
	/* Runs `work(argument)` on the writer thread, then `done(argument, outcome)` after its group's commit
	 * (outcome OK) or its failure (E_BUSY, E_IO, E_FULL: nothing was kept).  The writer sets cx->db. */
	void (*write)(void *self, struct ctx *, enum err (*work)(struct ctx *, void *argument), void *argument,
	              void (*done)(void *argument, enum err outcome));
	/* How long the write that has waited longest has waited. */
	int64_t (*write_wait_us)(void *self);
	/* For READ_KEPT: another number whenever what is public may have changed, before the write that changed it is answered. */
	uint64_t (*public_version)(void *self);
	/* Turns cx->failure into an answer (problem+json, or a page for a browser).  When resp.status is not 0 already, http/
	 * knows a finer status than the code has (405, 408, 413, 414, 415, 416, 417, 431, 501): keep it.  req.route may be
	 * NULL and req.path empty.  resp_problem() writes the body. */
	void (*problem)(void *self, struct ctx *, const struct req *, enum err, struct resp *);
	/* Headers that each answer carries (CSP and the like), just before it goes out. */
	void (*finish)(void *self, struct ctx *, const struct req *, struct resp *);
};

struct http_config {
	const char *address;                   /* numeric */
	int inherited;                         /* a listening socket that a service manager holds too, instead of address and port; 0: none */
	unsigned port;                         /* 0: any free one, see http_port() */
	unsigned event_threads, slow_threads;
	unsigned connections_max, idle_seconds, body_seconds;  /* body_seconds: a whole request must have arrived within */
	/* Connections of one address block at most, but a trusted proxy's; 0: a sixth of connections_max, and loopback is not counted. */
	unsigned block_connections;
	/* One more WRITE (or SLOW) is refused while others have waited so long; READs go on.  0: never. */
	int64_t write_patience_us, slow_patience_us;
	/* Paths that are answered also when there are too many connections; NULL-terminated, or NULL. */
	const char *const *vital;
	size_t head_max;
	/* At this path and below it a POST's X-HTTP-Method-Override is its method, for the route and the gate too; NULL: nowhere.
	 * (tus 1.0, for clients whose surroundings know no PATCH.) */
	const char *override_under;
	const char *trusted_proxies;           /* numeric addresses or networks, comma-separated; "" trusts nobody */
	struct tls_files tls;                  /* empty: the port is clear */
	struct listen_at redirect;             /* a clear port that says where the other is; neither port nor inherited: none */
	const char *redirect_to;               /* "https://example.org" */
	const struct log *log;
	bool access_log;                       /* a line a request: method, route's pattern, status, bytes, time; no address, no path */
};

struct http;
/* `tables`: NULL-terminated list of route tables.  E_CONFLICT when the port is taken, E_INVALID for a bad address or table. */
/* As tls_open() for the certificate.  Ignores SIGPIPE for the process. */
enum err http_start(struct ctx *, const struct http_config *, const struct http_hooks *, const struct route *const *tables, struct http **out);
unsigned http_port(const struct http *);
bool http_is_tls(const struct http *);
/* As tls_renew(); without TLS of our own there is nothing to take. */
enum err http_renew_certificate(struct ctx *, struct http *, bool asked, bool *taken);
/* Graceful drain: stops accepting, lets running requests end for `seconds`, then cuts, and frees.  Handlers that run on the
 * writer or the SLOW pool are awaited however long they take: stop the writer after this.  NULL is taken. */
void http_stop(struct http *, unsigned seconds);

/* For events_listen(). */
void http_tell(void *http, const int64_t *topics, size_t count);

/* Counters since start, for /metrics. */
struct http_stats {
	uint64_t requests[6];                  /* by class of status: [2] is 2xx; [0] cut off without an answer */
	uint64_t bytes_out;
	unsigned connections, streams;
	uint64_t read_us, write_us, slow_us;   /* time spent in handlers, by run class */
	uint64_t reads, writes, slows;
	/* Refused: writes and slow work for what waits, connections for being too many in all, or of their block; and answers that were
	 * taken too slowly. */
	uint64_t shed_writes, shed_slow, crowded, block_full, slow_readers;
	int64_t slow_wait_us;
	struct tls_stats tls;                  /* zeroed without TLS of our own */
};
void http_read_stats(const struct http *, struct http_stats *out);
#endif
