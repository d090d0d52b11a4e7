-- Drills and incidents: what was drawn, and what the learner did with it. Cases are kept whole, so that an old one stays
-- what it was, whatever later versions draw from its seed.

-- Answered cases of drills, each with its review.
CREATE TABLE drill_cases (
    device   TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    family   TEXT NOT NULL,    -- D01 to D22
    level    INTEGER NOT NULL, -- from 1
    seed     INTEGER NOT NULL,
    version  INTEGER NOT NULL, -- of the family
    body     TEXT NOT NULL,    -- JSON: the case and what was typed
    PRIMARY KEY (device, sequence),
    FOREIGN KEY (device, sequence) REFERENCES reviews (device, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX drill_cases_family ON drill_cases (family, level, seed);

-- Plays of incidents. ended_at_ms is null while one can be gone on with.
CREATE TABLE plays (
    number         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again
    incident       TEXT NOT NULL,    -- I01 to I24
    seed           INTEGER NOT NULL,
    version        INTEGER NOT NULL, -- of the incident's world
    cause          TEXT NOT NULL,    -- what the world was built with: a hypothesis of the incident
    started_at_ms  INTEGER NOT NULL,
    offset_minutes INTEGER NOT NULL,
    ended_at_ms    INTEGER,
    body           TEXT NOT NULL     -- JSON: the case, the steps taken, the words written
) STRICT;

CREATE INDEX plays_incident ON plays (incident);

-- The learner's own runbooks, one for an incident.
CREATE TABLE runbooks (
    incident      TEXT PRIMARY KEY,
    changed_at_ms INTEGER NOT NULL,
    body          TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;
