ALTER TABLE comment ADD COLUMN thread INTEGER NOT NULL DEFAULT 0;
ALTER TABLE comment ADD COLUMN answers INTEGER NOT NULL DEFAULT 0;
CREATE INDEX comment_in_thread ON comment (thread, id) WHERE thread <> 0;
CREATE INDEX comment_first ON comment (video, id) WHERE thread = 0;
DROP INDEX comment_on_video;
