-- Alerts of a delivery that could not be understood. The others of it are taken; a sender that gets a 4xx would drop them all.
CREATE TABLE refused_alerts (
  -- The hash of what it called itself and what was wrong: the same again is counted, not kept twice.
  id text PRIMARY KEY,
  labels jsonb NOT NULL,
  fields jsonb NOT NULL,
  deliveries int NOT NULL DEFAULT 1,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL
);
CREATE INDEX refused_alerts_newest_first ON refused_alerts (last_at DESC, id);
