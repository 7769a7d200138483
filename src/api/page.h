/* api/page.h - the frame around every page that the server renders: head, boot value, body.  web/README.md tells what the
 * client and its style sheet expect. */
#ifndef API_PAGE_H
#define API_PAGE_H
#include "api/text.h"
#include "social/profile.h"

struct page {
	struct ctx *cx;
	const struct req *req;
	const struct catalogue *language;
	struct buf html;
};

/* What a page's head says; texts are escaped here.  An empty one is left out. */
struct page_head {
	struct str title, description;
	struct str path;                       /* of the canonical address; empty: the page has none */
	struct str type;                       /* og:type: "website", "profile", "video.other" */
	struct str image;                      /* path of a picture */
	struct str video;                      /* path of a clip, with its size */
	int64_t width, height;                 /* of the clip, pixels */
	const char *asks;                      /* what the client asks first: fetched while its script is; NULL: nothing */
	const char *style;                     /* a sheet of its own, besides app.css; NULL: none */
	bool stays;                            /* the client leaves it as it is (the letter, an error) */
	bool embeds;                           /* a clip: its oEmbed answer is named */
	bool feeds;                            /* a profile: its Atom feed is named */
	bool bare;                             /* without database: no boot value, no client */
};
/* Up to and with the opening of #shell. */
enum err page_begin(struct page *, struct ctx *, const struct req *, const struct page_head *);
/* Closes #shell and the frame, moves the page into the answer. */
void page_end_html(struct page *, struct resp *);
/* Around the <main> of a page that says something without the client: name, shield; the line below. */
enum err page_doc_begin(struct page *, bool shield);
void page_doc_end(struct page *);

void page_text(struct page *, enum text_key);
void page_fill(struct page *, enum text_key, const char *name, struct str value);
void page_raw(struct page *, const char *html);
void page_escaped(struct page *, struct str);
/* Scheme and host for absolute links: server.url, else what the request names. */
struct str page_origin(struct ctx *, const struct req *);
/* "/media/HASH.EXTENSION"; empty for an empty hash. */
struct str page_media(struct ctx *, struct str hash, const char *extension);
/* What a person is called: the name, else the handle. */
struct str page_name(const struct profile_short *);
/* At most some 200 bytes of it, cut between characters. */
struct str page_shortened(struct ctx *, struct str words);
/* Inside <video>, before its other words: the captions that it has, in these languages. */
void page_tracks(struct page *, int64_t video, struct str languages);
/* Is it an account of the demo? */
enum err page_demo(struct ctx *, int64_t account, bool *out);
/* "words · Demo" when it is, for titles. */
struct str page_marked(struct ctx *, const struct catalogue *, struct str words, bool demo);
/* The mark beside a name, when it is. */
void page_chip(struct page *, bool demo);
/* A day, as RFC 3339 writes it, inside <time>. */
void page_time(struct page *, int64_t wall_us);
#endif
