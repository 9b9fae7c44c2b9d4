-- The ledger. `state` moves by compare-and-set only; every move is a row of action_transitions.
CREATE TABLE actions (
  id uuid PRIMARY KEY,
  investigation_id uuid NOT NULL UNIQUE REFERENCES investigations,
  incident_id uuid NOT NULL REFERENCES incidents,
  state text NOT NULL CHECK (state IN (
    'proposed', 'refused', 'awaiting-approval', 'approved', 'rejected', 'expired', 'superseded',
    'executing', 'verifying', 'undoing', 'succeeded', 'undone', 'failed')),
  proposal jsonb NOT NULL,
  kind text NOT NULL,
  risk text NOT NULL,
  tier text NOT NULL,
  environment text NOT NULL,
  -- What one action at a time may touch: `Application/core` where Argo CD delivers it, else `shop/Deployment/core`.
  target text NOT NULL,
  -- SHA-256 over the observed state that people are shown; a decision names it.
  state_digest text NOT NULL,
  requested_by text NOT NULL,
  approvals_needed int NOT NULL,
  refusal jsonb,
  outcome jsonb,
  verification jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  decided_at timestamptz,
  executed_at timestamptz,
  finished_at timestamptz
);
CREATE INDEX actions_of_target ON actions (target, executed_at DESC);
CREATE INDEX actions_awaiting ON actions (expires_at) WHERE state = 'awaiting-approval';

CREATE TABLE action_transitions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  action_id uuid NOT NULL REFERENCES actions,
  from_state text,
  to_state text NOT NULL,
  by_whom text NOT NULL,
  says text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX transitions_of_action ON action_transitions (action_id, id);

-- The guard of each effect: the row is there before the call, and says whether the call is known to have worked.
CREATE TABLE action_steps (
  action_id uuid NOT NULL REFERENCES actions,
  phase text NOT NULL CHECK (phase IN ('do', 'undo')),
  number int NOT NULL,
  tool text NOT NULL,
  args jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('intended', 'done', 'failed')),
  result jsonb,
  attempts int NOT NULL DEFAULT 1,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  PRIMARY KEY (action_id, phase, number)
);

CREATE TABLE decisions (
  action_id uuid NOT NULL REFERENCES actions,
  operator text NOT NULL,
  decision text NOT NULL CHECK (decision IN ('approve', 'reject')),
  reason text,
  state_digest text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (action_id, operator)
);
