/**
 * Migrations of the ledger, numbered and forward only. The SQL of a published step is never changed: add a
 * step at the end. `PRAGMA user_version` is the number of completed steps; a version with fewer steps refuses
 * the file. The column of a new metric needs no step: `metric-columns.ts` adds it.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    project TEXT NOT NULL, user TEXT NOT NULL, session TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT,
    cycle INTEGER NOT NULL DEFAULT 0,          -- number of the newest cycle, 0 before the first
    cycle_assigned INTEGER NOT NULL DEFAULT 0, -- number of movies assigned to it
    cycle_finished INTEGER NOT NULL DEFAULT 0, -- number of these that are done or have failed
    last_movie_ms INTEGER, last_result_ms INTEGER, last_thumbnail TEXT,
    UNIQUE (project, user, session)
  ) STRICT;

  CREATE TABLE movies (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    base TEXT NOT NULL, path TEXT NOT NULL, size_bytes INTEGER NOT NULL, mtime_ms REAL NOT NULL,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,        -- attempts made, including the present one; never decreases
    attempt_limit INTEGER NOT NULL,            -- no retry once attempt has reached this
    retry_at_ms INTEGER NOT NULL DEFAULT 0,
    token TEXT, cycle INTEGER,                 -- last batch and cycle of the movie
    hashes TEXT,                               -- step hashes of the stored record
    finished_ms INTEGER, seconds REAL,
    defocus_u_a REAL, defocus_v_a REAL, astigmatism_a REAL, astigmatism_angle_deg REAL,
    fit_resolution_a REAL, confidence REAL, ice_ring_score REAL,
    motion_total_a REAL, motion_early_a REAL, motion_late_a REAL, mean_intensity REAL,
    has_pictures INTEGER NOT NULL DEFAULT 0,
    error_code TEXT, error_message TEXT,
    UNIQUE (session_id, base), UNIQUE (session_id, path)
  ) STRICT;
  CREATE INDEX movies_by_session ON movies (session_id, seq);
  CREATE INDEX movies_by_state ON movies (session_id, state, seq);
  CREATE INDEX movies_due ON movies (session_id, retry_at_ms, seq) WHERE state = 'waiting';
  CREATE INDEX movies_finished ON movies (session_id, finished_ms) WHERE finished_ms IS NOT NULL;
  CREATE INDEX movies_by_token ON movies (token) WHERE token IS NOT NULL;

  CREATE TABLE counts (
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    state TEXT NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (session_id, state)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER movies_inserted AFTER INSERT ON movies BEGIN
    INSERT INTO counts VALUES (new.session_id, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
  END;
  CREATE TRIGGER movies_deleted AFTER DELETE ON movies BEGIN
    UPDATE counts SET n = n - 1 WHERE session_id = old.session_id AND state = old.state;
  END;
  CREATE TRIGGER movies_moved AFTER UPDATE OF state ON movies WHEN old.state <> new.state BEGIN
    UPDATE counts SET n = n - 1 WHERE session_id = old.session_id AND state = old.state;
    INSERT INTO counts VALUES (new.session_id, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
  END;

  CREATE TABLE batches (
    token TEXT PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    cycle INTEGER NOT NULL, path TEXT NOT NULL,
    handle TEXT                                -- JSON of the executor's handle; NULL while it is being submitted
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE reviews (                       -- processed/reviews.jsonl: the last line for each movie
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    base TEXT NOT NULL, verdict TEXT, comment TEXT,
    PRIMARY KEY (session_id, base)
  ) STRICT, WITHOUT ROWID;
  `,
  `ALTER TABLE batches ADD COLUMN executor TEXT NOT NULL DEFAULT 'local'; -- set even while the batch is being submitted
  `,
  `
  ALTER TABLE movies ADD COLUMN waiting_since_ms INTEGER NOT NULL DEFAULT 0;
  CREATE TRIGGER movies_begin_to_wait AFTER UPDATE OF state ON movies
    WHEN new.state = 'waiting' AND old.state <> 'waiting' BEGIN
      UPDATE movies SET waiting_since_ms = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE seq = new.seq;
    END;
  CREATE INDEX movies_waiting ON movies (session_id, waiting_since_ms) WHERE state = 'waiting';
  `,
  `
  ALTER TABLE movies ADD COLUMN grid_square TEXT;   -- for existing rows: see position-backfill.ts
  ALTER TABLE movies ADD COLUMN hole TEXT;
  ALTER TABLE movies ADD COLUMN shot TEXT;
  ALTER TABLE movies ADD COLUMN stage_x_um REAL;
  ALTER TABLE movies ADD COLUMN stage_y_um REAL;
  ALTER TABLE movies ADD COLUMN shift_x REAL;       -- in shift_unit: um, or the unit of the microscope's program
  ALTER TABLE movies ADD COLUMN shift_y REAL;
  ALTER TABLE movies ADD COLUMN shift_unit TEXT;
  ALTER TABLE movies ADD COLUMN target_defocus_um REAL;
  CREATE INDEX movies_by_place ON movies (session_id, grid_square, hole, seq) WHERE grid_square IS NOT NULL;
  `,
  `
  ALTER TABLE movies ADD COLUMN due_since_ms INTEGER NOT NULL DEFAULT 0; -- when it became complete or was sent back by a user
  UPDATE movies SET due_since_ms = CASE WHEN waiting_since_ms > 0 THEN waiting_since_ms
      ELSE CAST(unixepoch('subsec') * 1000 AS INTEGER) END
    WHERE state IN ('waiting', 'queued');
  DROP TRIGGER movies_begin_to_wait;
  CREATE TRIGGER movies_begin_to_wait AFTER UPDATE OF state ON movies
    WHEN new.state = 'waiting' AND old.state <> 'waiting' BEGIN
      UPDATE movies SET waiting_since_ms = CAST(unixepoch('subsec') * 1000 AS INTEGER),
        due_since_ms = CASE old.state WHEN 'queued' THEN due_since_ms
          ELSE CAST(unixepoch('subsec') * 1000 AS INTEGER) END WHERE seq = new.seq;
    END;
  CREATE INDEX movies_due_since ON movies (session_id, due_since_ms) WHERE state IN ('waiting', 'queued');
  `,
  `
  CREATE TABLE backfills (                     -- sessions whose rows do not have all new metrics yet
    session_id INTEGER PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    after_seq INTEGER NOT NULL                 -- rows up to this one have the new metrics
  ) STRICT;
  `,
  `UPDATE movies SET error_code = 'MOVIE_CORRUPT' WHERE error_code = 'MOVIE_GARBLED'; -- the former name
  `,
  `ALTER TABLE movies ADD COLUMN last_batch TEXT; -- such as cycle-000001/batch-003, relative to workflow
  `,
  `ALTER TABLE movies ADD COLUMN fingerprint TEXT; -- of the content of the file
  `,
  `
  UPDATE movies SET cycle = NULL WHERE state NOT IN ('queued', 'done', 'failed'); -- from now on: the cycle that counts it
  CREATE TRIGGER movies_finish_in_cycle AFTER UPDATE OF state ON movies
    WHEN old.state = 'queued' AND new.state IN ('done', 'failed') BEGIN
      UPDATE sessions SET cycle_finished = min(cycle_assigned, cycle_finished + 1) WHERE id = new.session_id AND cycle = new.cycle;
    END;
  CREATE TRIGGER movies_leave_cycle AFTER UPDATE OF state ON movies
    WHEN old.state IN ('queued', 'done', 'failed') AND new.state NOT IN ('queued', 'done', 'failed') BEGIN
      UPDATE sessions SET cycle_assigned = max(0, cycle_assigned - 1),
        cycle_finished = max(0, cycle_finished - (old.state <> 'queued')) WHERE id = old.session_id AND cycle = old.cycle;
      UPDATE movies SET cycle = NULL WHERE seq = new.seq;
    END;
  `,
];
