/* api/routes.h - all routes of the node, collected. */
#ifndef API_ROUTES_H
#define API_ROUTES_H
#include "http/http.h"

/* Each ends with a row without a path. */
extern const struct route account_routes[], session_routes[], profile_routes[], social_routes[], video_routes[], comment_routes[],
	moderation_routes[], upload_routes[], draft_routes[], feed_routes[], interest_routes[], search_routes[], suggest_routes[], track_routes[],
	node_routes[], media_routes[], page_routes[], letter_routes[], asset_routes[], embed_routes[], inbox_routes[], atom_routes[], install_routes[],
	ledger_routes[], witness_routes[], desk_routes[], trust_routes[], trust_entries_routes[], trust_charter_routes[], trust_data_routes[];

/* NULL-terminated: what http_start() takes. */
extern const struct route *const api_tables[];
#endif
