-- Conversations that components with "history" remember. Times are milliseconds since 1970.

CREATE TABLE conversations (
  id INTEGER PRIMARY KEY,
  caller TEXT NOT NULL,
  component TEXT NOT NULL,
  context_id TEXT NOT NULL,
  -- The system and developer messages that hold for the conversation, as JSON.
  instructions TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  -- NULL: never.
  expires_at INTEGER,
  UNIQUE (caller, component, context_id)
) STRICT;

CREATE INDEX conversations_by_time ON conversations (caller, updated_at);
CREATE INDEX conversations_by_end ON conversations (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE turns (
  conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  -- Counts from 1 and is never used twice.
  sequence INTEGER NOT NULL,
  -- What the caller said and what the model answered, as JSON.
  messages TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (conversation, sequence)
) STRICT;
