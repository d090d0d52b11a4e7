-- Everything a learner has: what can be asked, what was answered, what was chosen.
-- One meaning and one unit per column. Times are UTC milliseconds; study days are days since 1970-01-01 in the
-- learner's calendar, turning over at 04:00 local time. Languages: en, zh-TW, zh-CN.

-- Facts about this file: device, fingerprint of the installed bank, outline of the bank, key of the card cache.
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The learner's choices; a value is JSON.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Interview rounds. date YYYY-MM-DD and time HH:MM are local to zone (IANA), or to the learner where zone is null.
CREATE TABLE rounds (
    number INTEGER PRIMARY KEY,
    name   TEXT NOT NULL,
    date   TEXT NOT NULL,
    time   TEXT,
    zone   TEXT
) STRICT;

-- What can be asked. Kinds are open: question and prompt today. A retired item is no longer in the bank; its row stays
-- because reviews speak of it.
CREATE TABLE items (
    number   INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    revision INTEGER NOT NULL,
    domain   TEXT NOT NULL,
    topic    TEXT NOT NULL,
    depth    INTEGER NOT NULL,           -- 1 to 4
    freq     INTEGER NOT NULL,           -- 0 core, 1 common, 2 rare
    seconds  INTEGER NOT NULL,           -- target time
    status   TEXT NOT NULL,              -- draft, reviewed, verified
    question_kind TEXT,                  -- null for what is no question
    shuffle  INTEGER NOT NULL,           -- drawn once: order among new items of equal depth and frequency
    in_track INTEGER NOT NULL DEFAULT 0, -- whether the chosen track schedules it
    retired  INTEGER NOT NULL DEFAULT 0,
    seen     INTEGER NOT NULL DEFAULT 0, -- whether it has a card (part of the cache)
    UNIQUE (kind, id)
) STRICT;

-- What an item says. Apart from items, so that lists and counts need not walk over the texts.
CREATE TABLE contents (
    number INTEGER PRIMARY KEY REFERENCES items (number),
    title  TEXT NOT NULL, -- JSON: the prompt's plain words by language
    body   TEXT NOT NULL  -- JSON
) STRICT;

CREATE INDEX items_new ON items (depth, freq, shuffle) WHERE in_track = 1 AND retired = 0 AND seen = 0;
CREATE INDEX items_of_track ON items (domain) WHERE in_track = 1 AND retired = 0;
CREATE INDEX items_place ON items (domain, topic, depth, id) WHERE retired = 0;

-- Parameters of the memory model; set 1 is the model's defaults. Reviews name the set that predicted them.
CREATE TABLE parameter_sets (
    number       INTEGER PRIMARY KEY,
    model        TEXT NOT NULL,    -- FSRS-6
    parameters   TEXT NOT NULL,    -- JSON list of 21 numbers
    fitted_at_ms INTEGER,          -- null: not fitted
    evidence     TEXT              -- JSON: what the fit stands on; null: not fitted
) STRICT;

-- The log: append-only truth, from which cards are rebuilt. A row is a graded answer or names the row it voids.
CREATE TABLE reviews (
    device           TEXT NOT NULL,
    sequence         INTEGER NOT NULL CHECK (sequence >= 1),
    order_ms         INTEGER NOT NULL, -- order of replay: at_ms, or the greatest order_ms before it if the clock stood behind
    at_ms            INTEGER NOT NULL,
    offset_minutes   INTEGER NOT NULL, -- local time minus UTC
    study_day        INTEGER NOT NULL,
    voids_device     TEXT,
    voids_sequence   INTEGER,
    kind             TEXT,
    item             TEXT,
    revision         INTEGER,
    session          TEXT,             -- today, browse
    grade            INTEGER CHECK (grade BETWEEN 1 AND 4),
    proposed         INTEGER CHECK (proposed BETWEEN 1 AND 4),
    ticked           TEXT,             -- JSON list of key-point ids
    answer_mode      TEXT,             -- thought, typed
    answer           TEXT,
    prompt_language  TEXT,
    reveal_language  TEXT,
    think_ms         INTEGER,          -- prompt to reveal
    total_ms         INTEGER,          -- prompt to grade
    elapsed_days     INTEGER,          -- study days since the item's answer before; null for the first
    predicted_recall REAL,             -- 0 to 1; null for the first
    parameter_set    INTEGER REFERENCES parameter_sets (number),
    PRIMARY KEY (device, sequence),
    CHECK ((voids_device IS NULL) = (voids_sequence IS NULL)),
    CHECK ((voids_device IS NULL) = (grade IS NOT NULL AND kind IS NOT NULL AND item IS NOT NULL
        AND revision IS NOT NULL AND session IS NOT NULL AND ticked IS NOT NULL AND answer_mode IS NOT NULL
        AND prompt_language IS NOT NULL AND reveal_language IS NOT NULL AND think_ms IS NOT NULL
        AND total_ms IS NOT NULL AND parameter_set IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX reviews_item ON reviews (kind, item);
CREATE INDEX reviews_day ON reviews (study_day, grade, total_ms); -- with its key it covers the sums of a day
CREATE UNIQUE INDEX reviews_voids ON reviews (voids_device, voids_sequence) WHERE voids_device IS NOT NULL;

CREATE TRIGGER reviews_stay_as_written BEFORE UPDATE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END;
CREATE TRIGGER reviews_stay BEFORE DELETE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END;

-- The log without voided answers.
CREATE VIEW answers AS
SELECT * FROM reviews r
WHERE r.grade IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM reviews v WHERE v.voids_device = r.device AND v.voids_sequence = r.sequence);

-- The cache: each practised item's memory state, rebuilt from the log by replay.
CREATE TABLE cards (
    kind       TEXT NOT NULL,
    id         TEXT NOT NULL,
    stability  REAL NOT NULL,    -- days until recall falls to 0.9
    difficulty REAL NOT NULL,    -- 1 to 10
    last_day   INTEGER NOT NULL, -- study day of the last answer
    due_day    INTEGER NOT NULL, -- study day it is due, before any interview date is considered
    due_at_ms  INTEGER,          -- set while it comes back within the day
    answers    INTEGER NOT NULL,
    lapses     INTEGER NOT NULL, -- answers of again after the first
    number     INTEGER,          -- its item's; null while the bank does not have it
    shuffle    INTEGER,          -- its item's: order among cards due on the same day
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Covers the walk over what is due, so that only the items themselves are looked up, by number.
CREATE INDEX cards_due ON cards (due_day, shuffle, due_at_ms, last_day, number);
CREATE INDEX cards_back_today ON cards (due_day, due_at_ms) WHERE due_at_ms IS NOT NULL;
