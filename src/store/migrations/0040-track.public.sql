-- Captions, and beside each video the languages that it has them in: lists need these, and not the words.
ALTER TABLE video ADD COLUMN tracks TEXT NOT NULL DEFAULT '';

CREATE TABLE track (
	video INTEGER NOT NULL,
	language TEXT NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (video, language)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER track_added AFTER INSERT ON track BEGIN
	UPDATE video SET tracks = (SELECT group_concat(language, ' ') FROM (SELECT t.language FROM track t WHERE t.video = new.video ORDER BY t.language))
	WHERE id = new.video;
END;
CREATE TRIGGER track_removed AFTER DELETE ON track BEGIN
	UPDATE video SET tracks = coalesce((SELECT group_concat(language, ' ') FROM (SELECT t.language FROM track t WHERE t.video = old.video ORDER BY t.language)), '')
	WHERE id = old.video;
END;
-- They go with their video.
CREATE TRIGGER track_of_removed AFTER DELETE ON video BEGIN
	DELETE FROM track WHERE video = old.id;
END;
