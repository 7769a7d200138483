/* worker/avatar.h - a picture from anywhere as a small square JPEG. */
#ifndef WORKER_AVATAR_H
#define WORKER_AVATAR_H
#include "input.h"
#include "report.h"

/* JPEG, PNG, GIF (its first picture), WebP, recognised by their first bytes; upright as their EXIF
 * says; cut to a square from the middle; AVATAR_PIXELS a side. */
enum media_reason avatar(struct input *, int image_fd, struct worker_done *done);
#endif
