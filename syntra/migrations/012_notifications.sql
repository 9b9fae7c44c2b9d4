-- Timeline entries that the configured sinks have not all been told of. Written in the transaction of the entry, deleted
-- once every sink has it or none can be told.
CREATE TABLE notifications (
  timeline_id bigint PRIMARY KEY REFERENCES timeline,
  incident_id uuid NOT NULL REFERENCES incidents,
  delivered_to text[] NOT NULL DEFAULT '{}',
  attempts int NOT NULL DEFAULT 0,
  -- Also the lease of the worker that delivers it: when that dies, another takes over then.
  next_attempt_at timestamptz NOT NULL DEFAULT '-infinity',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX notifications_of_incident ON notifications (incident_id, timeline_id);
