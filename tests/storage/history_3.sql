BEGIN TRANSACTION;
CREATE TABLE edits (
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        at INTEGER NOT NULL,
        position INTEGER NOT NULL,
        what TEXT NOT NULL,
        words TEXT NOT NULL,
        total INTEGER NOT NULL,  -- seconds
        PRIMARY KEY (session, ordinal)
    ) WITHOUT ROWID
    ;
CREATE TABLE intervals (
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        "index" INTEGER NOT NULL,
        phase TEXT NOT NULL,
        planned INTEGER NOT NULL,  -- seconds
        target INTEGER NOT NULL,  -- seconds
        at INTEGER NOT NULL,
        walked INTEGER NOT NULL,
        held INTEGER NOT NULL,
        left TEXT NOT NULL,
        round INTEGER,
        rounds INTEGER,
        speed_kmh REAL,
        label TEXT NOT NULL,
        PRIMARY KEY (session, ordinal)
    ) WITHOUT ROWID
    ;
INSERT INTO "intervals" VALUES(1,0,0,'warm-up',20,20,10000,20000,0,'complete',NULL,NULL,NULL,'');
INSERT INTO "intervals" VALUES(1,1,1,'turn',10,10,30000,10000,0,'complete',1,2,NULL,'');
INSERT INTO "intervals" VALUES(1,2,2,'backward',30,30,40000,30000,0,'complete',1,2,1.6,'eyes up');
INSERT INTO "intervals" VALUES(1,3,3,'turn',10,10,70000,10000,0,'complete',1,2,NULL,'');
INSERT INTO "intervals" VALUES(1,4,4,'forward',20,20,80000,20000,0,'complete',1,2,NULL,'');
INSERT INTO "intervals" VALUES(1,5,5,'turn',10,10,100000,10000,0,'complete',2,2,NULL,'');
INSERT INTO "intervals" VALUES(1,6,6,'backward',30,30,110000,30000,0,'complete',2,2,1.6,'eyes up');
INSERT INTO "intervals" VALUES(1,7,7,'turn',10,10,140000,10000,0,'complete',2,2,NULL,'');
INSERT INTO "intervals" VALUES(1,8,8,'cool-down',20,20,150000,20000,0,'complete',NULL,NULL,NULL,'');
INSERT INTO "intervals" VALUES(2,0,0,'warm-up',20,20,10000,20000,0,'complete',NULL,NULL,NULL,'');
INSERT INTO "intervals" VALUES(2,1,1,'turn',10,10,30000,10000,0,'complete',1,2,NULL,'');
INSERT INTO "intervals" VALUES(2,2,2,'backward',30,30,40000,30000,0,'complete',1,2,1.6,'eyes up');
INSERT INTO "intervals" VALUES(2,3,3,'turn',10,10,70000,0,0,'ended',1,2,NULL,'');
INSERT INTO "intervals" VALUES(3,0,0,'warm-up',20,20,10000,20000,0,'complete',NULL,NULL,NULL,'');
INSERT INTO "intervals" VALUES(3,1,1,'turn',10,10,30000,10000,0,'complete',1,2,NULL,'');
INSERT INTO "intervals" VALUES(3,2,2,'backward',30,30,45000,2000,0,'open',1,2,1.6,'eyes up');
CREATE TABLE journal (
        session INTEGER PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
        position INTEGER NOT NULL,
        lead_in INTEGER NOT NULL,
        walked INTEGER NOT NULL,
        held INTEGER NOT NULL,
        paused INTEGER NOT NULL,
        longest_backward INTEGER NOT NULL,
        seen INTEGER NOT NULL  -- the wall clock, since 1970 in UTC
    );
INSERT INTO "journal" VALUES(3,32000,10000,32000,0,5000,2000,1772614847000);
CREATE TABLE marks (
        day INTEGER NOT NULL,
        started INTEGER NOT NULL,
        session INTEGER NOT NULL,  -- the walk, with its day and start: the order of the history
        start TEXT NOT NULL,  -- the rung the plan started from
        week_start INTEGER NOT NULL,
        made_by TEXT NOT NULL,  -- the version of the program: another one may have other rules
        past BLOB NOT NULL,
        PRIMARY KEY (day, started, session, start, week_start)
    ) WITHOUT ROWID
    ;
INSERT INTO "marks" VALUES(739677,1772442000000,1,'starter',0,'0.1.0',X'5B322C5B5D2C302C5B5B22323032362D30332D3032222C226275696C646572222C747275652C332C66616C73652C66616C73652C312C302C226E6F726D616C222C3136302C36302C33302C312E305D5D2C312C302C22323032362D30332D3032222C5B5B22323032362D30332D3032222C226275696C646572222C747275652C332C66616C73652C66616C73652C312C302C226E6F726D616C222C3136302C36302C33302C312E305D5D5D');
INSERT INTO "marks" VALUES(739678,1772528400000,2,'starter',0,'0.1.0',X'5B322C5B5D2C302C5B5B22323032362D30332D3032222C226275696C646572222C747275652C332C66616C73652C66616C73652C312C302C226E6F726D616C222C3136302C36302C33302C312E305D2C5B22323032362D30332D3033222C226275696C646572222C66616C73652C6E756C6C2C6E756C6C2C6E756C6C2C6E756C6C2C6E756C6C2C6E756C6C2C36302C33302C33302C302E3337355D5D2C312C302C22323032362D30332D3032222C5B5B22323032362D30332D3032222C226275696C646572222C747275652C332C66616C73652C66616C73652C312C302C226E6F726D616C222C3136302C36302C33302C312E305D2C5B22323032362D30332D3033222C226275696C646572222C66616C73652C6E756C6C2C6E756C6C2C6E756C6C2C6E756C6C2C6E756C6C2C6E756C6C2C36302C33302C33302C302E3337355D5D5D');
CREATE TABLE pauses (
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        at INTEGER NOT NULL,
        position INTEGER NOT NULL,
        length INTEGER NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (session, ordinal)
    ) WITHOUT ROWID
    ;
INSERT INTO "pauses" VALUES(3,0,30000,20000,5000,'walker');
CREATE TABLE quarantine (
        id INTEGER PRIMARY KEY,
        session TEXT NOT NULL,  -- what it is called when the walker is told
        reason TEXT NOT NULL,
        content TEXT NOT NULL,  -- every row of it, as JSON
        tried TEXT NOT NULL DEFAULT ''  -- the version of the program that could not repair it
    );
CREATE TABLE schedules (
        session INTEGER PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
        schedule BLOB NOT NULL
    );
INSERT INTO "schedules" VALUES(3,X'7B22656E7472696573223A5B5B227761726D2D7570222C32302C6E756C6C2C22222C6E756C6C5D2C5B227475726E222C31302C6E756C6C2C22222C5B302C312C322C66616C73652C6E756C6C5D5D2C5B226261636B77617264222C33302C312E362C2265796573207570222C5B302C312C322C66616C73652C6E756C6C5D5D2C5B227475726E222C31302C6E756C6C2C22222C5B302C312C322C66616C73652C6E756C6C5D5D2C5B22666F7277617264222C32302C6E756C6C2C22222C5B302C312C322C747275652C6E756C6C5D5D2C5B227475726E222C31302C6E756C6C2C22222C5B302C322C322C66616C73652C6E756C6C5D5D2C5B226261636B77617264222C33302C312E362C2265796573207570222C5B302C322C322C66616C73652C6E756C6C5D5D2C5B227475726E222C31302C6E756C6C2C22222C5B302C322C322C66616C73652C6E756C6C5D5D2C5B22636F6F6C2D646F776E222C32302C6E756C6C2C22222C6E756C6C5D5D2C226265747765656E73223A7B2230223A2266776420323073227D7D');
CREATE TABLE sessions (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        started INTEGER NOT NULL CHECK (typeof(started) = 'integer'),  -- since 1970 in UTC
        utc_offset INTEGER NOT NULL,  -- seconds the local clock was ahead
        zone TEXT NOT NULL,
        -- The local date: days, 1 is 0001-01-01.
        day INTEGER NOT NULL CHECK (typeof(day) = 'integer' AND day BETWEEN 1 AND 3652059),
        state TEXT NOT NULL CHECK (state IN ('walking', 'finished', 'ended-early', 'interrupted')),
        name TEXT NOT NULL,
        workout_id TEXT NOT NULL,
        notation TEXT NOT NULL,
        rung TEXT,
        planned_seconds INTEGER NOT NULL CHECK (planned_seconds > 0),
        planned_rounds INTEGER NOT NULL CHECK (planned_rounds >= 0),
        lead_in INTEGER NOT NULL CHECK (lead_in >= 0),
        walked INTEGER NOT NULL CHECK (walked >= 0),
        held INTEGER NOT NULL CHECK (held >= 0),
        paused INTEGER NOT NULL CHECK (paused >= 0),
        away INTEGER NOT NULL CHECK (away >= 0),
        backward INTEGER NOT NULL CHECK (backward >= 0),
        forward INTEGER NOT NULL CHECK (forward >= 0),
        turn INTEGER NOT NULL CHECK (turn >= 0),
        rest INTEGER NOT NULL CHECK (rest >= 0),
        longest_backward INTEGER NOT NULL CHECK (longest_backward >= 0),
        rounds_done INTEGER NOT NULL CHECK (rounds_done >= 0),
        incomplete INTEGER NOT NULL CHECK (incomplete >= 0),
        completion REAL NOT NULL CHECK (completion BETWEEN 0 AND 1),
        effort INTEGER CHECK (effort BETWEEN 0 AND 10),
        stumble INTEGER CHECK (stumble IN (0, 1)),
        pain_before INTEGER CHECK (pain_before BETWEEN 0 AND 10),
        pain_after INTEGER CHECK (pain_after BETWEEN 0 AND 10),
        note TEXT NOT NULL DEFAULT '',
        next_day TEXT CHECK (next_day IN ('normal', 'sore', 'untold')),
        fall INTEGER CHECK (fall IN (0, 1))
    );
INSERT INTO "sessions" VALUES(1,'00000000-0000-0000-0000-000000000000',1772442000000,0,'UTC',739677,'finished','Short One','','warm 20s, 2x(turn 10s, back 30s @1.6km/h "eyes up", turn 10s | fwd 20s), cool 20s','builder',160,2,10000,160000,0,0,0,60000,60000,40000,0,30000,2,0,1.0,3,0,1,0,'went well','normal',0);
INSERT INTO "sessions" VALUES(2,'00000000-0000-0000-0000-000000000001',1772528400000,0,'UTC',739678,'ended-early','Short One','','warm 20s, 2x(turn 10s, back 30s @1.6km/h "eyes up", turn 10s | fwd 20s), cool 20s','builder',160,2,10000,60000,0,0,0,30000,20000,10000,0,30000,0,6,0.375,NULL,NULL,NULL,NULL,'',NULL,NULL);
INSERT INTO "sessions" VALUES(3,'00000000-0000-0000-0000-000000000002',1772614800000,0,'UTC',739679,'walking','Short One','','warm 20s, 2x(turn 10s, back 30s @1.6km/h "eyes up", turn 10s | fwd 20s), cool 20s','builder',160,2,10000,32000,0,5000,0,2000,20000,10000,0,2000,0,7,0.2,NULL,NULL,NULL,NULL,'',NULL,NULL);
CREATE INDEX sessions_by_day
        ON sessions (day, started, id, state, walked, backward, forward, turn, longest_backward)
    ;
CREATE INDEX sessions_by_monday
        ON sessions ((day - 1) / 7, day, state, walked, backward, forward, turn, longest_backward)
    ;
CREATE INDEX sessions_by_sunday
        ON sessions (day / 7, day, state, walked, backward, forward, turn, longest_backward)
    ;
CREATE INDEX sessions_by_longest ON sessions (longest_backward, started DESC);
CREATE INDEX sessions_by_backward ON sessions (backward, started DESC);
CREATE TRIGGER session_added AFTER INSERT ON sessions BEGIN
        DELETE FROM marks WHERE (day, started, session) >= (new.day, new.started, new.id);
    END;
CREATE TRIGGER session_changed AFTER UPDATE ON sessions BEGIN
        DELETE FROM marks WHERE (day, started, session) >= (new.day, new.started, new.id);
        DELETE FROM marks WHERE (day, started, session) >= (old.day, old.started, old.id);
    END;
CREATE TRIGGER session_deleted AFTER DELETE ON sessions BEGIN
        DELETE FROM marks WHERE (day, started, session) >= (old.day, old.started, old.id);
    END;
CREATE INDEX sessions_untrue ON sessions (day, started, id)
        WHERE walked >= 86401000 OR backward >= 86401000 OR longest_backward / 1000 > backward / 1000
    ;
COMMIT;
PRAGMA user_version = 3;
PRAGMA application_id = 1383355501;
