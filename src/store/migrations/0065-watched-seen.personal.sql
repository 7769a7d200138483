-- What was only put out of sight is no view, and whoever counts without a grant must see that.
-- 2: of before, when only the sealed columns said it.
ALTER TABLE watched ADD COLUMN seen INTEGER NOT NULL DEFAULT 2;
