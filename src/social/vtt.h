/* social/vtt.h - captions as their author sends them (WebVTT, https://www.w3.org/TR/webvtt1/), made into captions that may be
 * handed to everybody.  Pure.
 *
 * Strict: what a player would have to guess at is refused, with the line.  What is kept is times and words: identifiers,
 * settings, notes, styles and regions go, and of the markup everything but <i>, <b> and <u> (a player's own rules place and
 * colour the words). */
#ifndef SOCIAL_VTT_H
#define SOCIAL_VTT_H
#include "base/ctx.h"

#define VTT_BYTES_MAX ((size_t)256 << 10)      /* as it is sent, and as it is kept */
#define VTT_CUES_MAX 4000
#define VTT_CUE_BYTES_MAX 2000                 /* of one cue's words */

/* The same captions in one form, ending in an empty line; made again from itself it is the same.  `out` in cx->mem.
 * E_INVALID "captions-invalid" with a text "line N: what is wrong". */
enum err vtt_clean(struct ctx *, struct str in, struct str *out);
#endif
