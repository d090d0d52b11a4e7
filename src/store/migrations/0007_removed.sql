-- A contact that was removed is forgotten but for its address, and of its packets only their order is known: packets that
-- come or go after it was added again are still told from those before.
ALTER TABLE contacts ADD COLUMN removed_at_ms INTEGER;
