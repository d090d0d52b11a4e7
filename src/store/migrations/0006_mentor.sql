-- People packets are exchanged with, the packets, and what came in them.

-- A person stands under one address; a new address for the same name is another row, so that what came before stays apart.
CREATE TABLE contacts (
    number         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again
    role           TEXT NOT NULL,    -- mentor, learner: what the other is to this one
    name           TEXT NOT NULL,
    address        TEXT NOT NULL,    -- as packets write it
    since_ms       INTEGER NOT NULL,
    compared_at_ms INTEGER,          -- when the fingerprints were compared; null: not yet
    UNIQUE (role, address)
) STRICT;

-- Packets made and taken. seen and answered: of a review, when the mentor opened and answered it.
CREATE TABLE packets (
    number         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again: received recordings are filed by it
    contact        INTEGER NOT NULL REFERENCES contacts (number) ON DELETE CASCADE,
    sent           INTEGER NOT NULL, -- 1: made here, 0: taken
    kind           TEXT NOT NULL,    -- review, feedback
    sequence       INTEGER NOT NULL CHECK (sequence >= 1),
    digest         TEXT NOT NULL,    -- SHA-256 of its header, in hexadecimal
    created_at_ms  INTEGER NOT NULL, -- by the sender's clock
    at_ms          INTEGER NOT NULL, -- made or taken here
    seen_at_ms     INTEGER,
    answered_at_ms INTEGER,
    summary        TEXT,             -- JSON: of a review that was taken, what the cohort's table shows
    body           BLOB,             -- gzip of JSON: what it says; null where only the latest are kept
    UNIQUE (contact, sent, kind, sequence)
) STRICT;

-- A mentor's comments, each on an item: a question, a story, an incident.
CREATE TABLE comments (
    packet     INTEGER NOT NULL REFERENCES packets (number) ON DELETE CASCADE,
    id         INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    item       TEXT NOT NULL,
    body       TEXT NOT NULL, -- JSON: where it belongs, the words, scores
    read_at_ms INTEGER,
    PRIMARY KEY (packet, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX comments_item ON comments (kind, item);

-- A mentor's assignments. One of an item is done when the item was answered after it came; done_at_ms is the learner's tick.
CREATE TABLE assignments (
    packet      INTEGER NOT NULL REFERENCES packets (number) ON DELETE CASCADE,
    id          INTEGER NOT NULL,
    kind        TEXT,          -- null: nothing the program knows
    item        TEXT,
    due         TEXT NOT NULL, -- YYYY-MM-DD, the learner's calendar
    taken_at_ms INTEGER NOT NULL,
    done_at_ms  INTEGER,
    body        TEXT NOT NULL, -- JSON: title and words
    PRIMARY KEY (packet, id)
) STRICT, WITHOUT ROWID;

-- Feedback that is being written, one for a learner.
CREATE TABLE feedback_drafts (
    contact INTEGER PRIMARY KEY REFERENCES contacts (number) ON DELETE CASCADE,
    body    TEXT NOT NULL -- JSON
) STRICT;
