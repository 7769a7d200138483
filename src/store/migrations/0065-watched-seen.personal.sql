-- What was only put out of sight is no view, and whoever counts without a grant must see that.
ALTER TABLE watched ADD COLUMN seen INTEGER NOT NULL DEFAULT 1;
