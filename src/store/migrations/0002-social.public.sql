CREATE TABLE profile (
	id INTEGER NOT NULL PRIMARY KEY,
	handle TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	bio TEXT NOT NULL,
	avatar TEXT NOT NULL,
	created_us INTEGER NOT NULL,
	state TEXT NOT NULL
) STRICT;
CREATE INDEX profile_by_avatar ON profile (avatar) WHERE avatar <> '';

CREATE TABLE video (
	id INTEGER NOT NULL PRIMARY KEY,
	account INTEGER NOT NULL,
	caption TEXT NOT NULL,
	language TEXT NOT NULL,
	created_us INTEGER NOT NULL,
	duration_ms INTEGER NOT NULL,
	width INTEGER NOT NULL,
	height INTEGER NOT NULL,
	src TEXT NOT NULL,
	poster TEXT NOT NULL,
	color TEXT NOT NULL,
	has_audio INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	state TEXT NOT NULL
) STRICT;
CREATE INDEX video_of_account ON video (account, state, id);
CREATE INDEX video_by_src ON video (src);
CREATE INDEX video_by_poster ON video (poster);

CREATE TABLE comment (
	id INTEGER NOT NULL PRIMARY KEY,
	video INTEGER NOT NULL,
	account INTEGER NOT NULL,
	text TEXT NOT NULL,
	created_us INTEGER NOT NULL
) STRICT;
CREATE INDEX comment_on_video ON comment (video, id);
