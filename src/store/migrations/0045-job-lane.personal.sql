-- Which of a folder's two processes holds the lease: what a dead server held its successor takes back at once.
ALTER TABLE job ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
