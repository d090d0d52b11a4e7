-- The study calendar, rounds with weights of their own, and what fitting the memory model found.

-- Days that the learner named. kind: off, light, usual, heavy; date: YYYY-MM-DD, local.
CREATE TABLE calendar_days (
    date TEXT PRIMARY KEY,
    kind TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- JSON: how much the round asks of a domain or a kind of item, as a factor; absent means 1.
ALTER TABLE rounds ADD COLUMN focus TEXT NOT NULL DEFAULT '{}';

-- JSON: where the search for this learner's memory stands, to go on from; null for a set that was not fitted.
ALTER TABLE parameter_sets ADD COLUMN learner TEXT;
