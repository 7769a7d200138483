/* api/assets.h - the client's files as part of the program: web/ built by node web/build.mjs, embedded by tools/assetgen.c. */
#ifndef API_ASSETS_H
#define API_ASSETS_H
#include "http/asset.h"

extern const struct asset web_assets[];
#endif
