/* media/avatar.h - a picture of 320 by 320 pixels from whatever was sent. */
#ifndef MEDIA_AVATAR_H
#define MEDIA_AVATAR_H
#include "store/blob.h"

#define AVATAR_BYTES_MAX ((size_t)5 << 20)
/* On the SLOW pool.  E_TOOLARGE; E_INVALID with a slug of media/reason.def. */
enum err avatar_make(struct ctx *, struct str image, char hash[BLOB_NAME_BYTES]);
#endif
