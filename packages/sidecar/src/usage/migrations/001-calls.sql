-- One row for each call that has ended. Times are in milliseconds, `started_at` since 1970; what is NULL was not reported.
CREATE TABLE calls (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  started_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  surface TEXT NOT NULL,
  streamed INTEGER NOT NULL,
  component TEXT NOT NULL,
  type TEXT NOT NULL,
  model TEXT,
  caller TEXT NOT NULL,
  context_id TEXT,
  trace_id TEXT,
  duration_ms REAL,
  first_token_ms REAL,
  chunks INTEGER NOT NULL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cached_tokens INTEGER,
  reasoning_tokens INTEGER,
  cost_usd REAL,
  finish_reason TEXT,
  from_cache INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  tool_calls INTEGER NOT NULL,
  error_code TEXT,
  error_message TEXT,
  -- JSON: the stretches of the waterfall.
  phases TEXT NOT NULL
) STRICT;

CREATE INDEX calls_started_at ON calls (started_at);
