-- One run of the graph; the id is the LangGraph thread id.
CREATE TABLE investigations (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'waiting', 'done', 'failed')),
  -- Why it was started, for people; data, never instruction.
  reason text NOT NULL,
  requested_by text NOT NULL,
  -- What a person asked for; null when alerts started it.
  request jsonb,
  -- Fixed by intake, so that every replay is about the same alerts.
  about jsonb,
  verdict jsonb,
  -- SHA-256 of the verdict's canonical JSON: what a replay is compared with.
  verdict_digest text,
  -- The verdict rests on the evidence of the rounds up to this one; what a proposal asked for came later.
  verdict_round int,
  report jsonb,
  report_markdown text,
  outcome text,
  failure jsonb,
  spend jsonb,
  -- Times in a row that a worker gave up on it for a reason that is not known to pass.
  stumbles int NOT NULL DEFAULT 0,
  supersedes uuid REFERENCES investigations,
  generation int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  verdict_at timestamptz,
  finished_at timestamptz,
  -- The last time a worker or the reconciler touched it.
  moved_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX investigations_of_incident ON investigations (incident_id, created_at DESC);
CREATE INDEX investigations_moving ON investigations (moved_at) WHERE state IN ('queued', 'running', 'waiting');

-- A question is planned once, with its number; its answer is written once. A row without an answer was never read to the end.
CREATE TABLE evidence (
  investigation_id uuid NOT NULL REFERENCES investigations,
  question_id text NOT NULL,
  number int NOT NULL,
  round int NOT NULL,
  question jsonb NOT NULL,
  planned_at timestamptz NOT NULL DEFAULT now(),
  answer jsonb,
  answered_at timestamptz,
  PRIMARY KEY (investigation_id, question_id),
  UNIQUE (investigation_id, number)
);

-- What came of past incidents: shown beside a new one, never a reason to act.
CREATE TABLE memories (
  investigation_id uuid PRIMARY KEY REFERENCES investigations,
  incident_id uuid NOT NULL REFERENCES incidents,
  namespace text,
  service text,
  cause_code text,
  cause_says text,
  remedy text,
  outcome text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX memories_of_service ON memories (namespace, service, at DESC);
