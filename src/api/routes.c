#include "api/routes.h"

const struct route *const api_tables[] = {
	account_routes, session_routes, profile_routes, social_routes, video_routes, comment_routes, moderation_routes, upload_routes,
	draft_routes, feed_routes, interest_routes, search_routes, suggest_routes, track_routes, node_routes, media_routes, page_routes, letter_routes,
	asset_routes, embed_routes, inbox_routes, atom_routes, install_routes, ledger_routes, witness_routes, desk_routes, trust_routes, trust_entries_routes, trust_charter_routes,
	trust_data_routes, NULL,
};
