-- Runs at each start, on SQLite and PostgreSQL alike.
CREATE TABLE IF NOT EXISTS articles (
    -- Never used twice. A slug is: an article may be deleted and another one written under its name.
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    summary TEXT,
    body TEXT NOT NULL,
    version BIGINT NOT NULL
);
