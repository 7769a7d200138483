CREATE INDEX total_most ON total (total DESC) WHERE kind = 'likes';
