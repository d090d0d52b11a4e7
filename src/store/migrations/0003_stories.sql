-- Stories, what was rehearsed of them, and mock loops.

-- A story is its newest version. Deleting one takes everything of it: it is the learner's own.
CREATE TABLE stories (
    id            TEXT PRIMARY KEY,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A version is a sitting of writing: what is saved within half an hour of the last change belongs to it.
CREATE TABLE story_versions (
    story         TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    number        INTEGER NOT NULL CHECK (number >= 1),
    changed_at_ms INTEGER NOT NULL,
    body          TEXT NOT NULL, -- JSON: the story
    PRIMARY KEY (story, number)
) STRICT, WITHOUT ROWID;

-- Mock loops. ended_at_ms is null while one can be gone on with.
CREATE TABLE mocks (
    number         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again
    started_at_ms  INTEGER NOT NULL,
    offset_minutes INTEGER NOT NULL,
    ended_at_ms    INTEGER,
    seed           INTEGER NOT NULL,
    body           TEXT NOT NULL -- JSON: its rounds, where it stands, the candidate's own questions
) STRICT;

-- Answers told at length, aloud or typed: rehearsals, and the answers of mock loops. ended_at_ms is null while one can
-- be gone on with.
CREATE TABLE rehearsals (
    number         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again: recordings are named by it
    kind           TEXT NOT NULL, -- what was asked
    item           TEXT NOT NULL,
    story          TEXT REFERENCES stories (id) ON DELETE SET NULL, -- what was told, if it was named
    mock           INTEGER REFERENCES mocks (number) ON DELETE CASCADE,
    round          INTEGER,       -- of the mock, from 0
    started_at_ms  INTEGER NOT NULL,
    offset_minutes INTEGER NOT NULL,
    study_day      INTEGER NOT NULL,
    ended_at_ms    INTEGER,
    recording      INTEGER NOT NULL DEFAULT 0, -- whether recordings/<number>.wav is to be there
    body           TEXT NOT NULL  -- JSON: the words, times, figures, probes and scores
) STRICT;

CREATE INDEX rehearsals_item ON rehearsals (kind, item);
CREATE INDEX rehearsals_story ON rehearsals (story) WHERE story IS NOT NULL;
CREATE INDEX rehearsals_mock ON rehearsals (mock, round) WHERE mock IS NOT NULL;
