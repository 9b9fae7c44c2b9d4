-- Which lane of the queue a thread waits in: `actions` sorts before `investigations`, and is relayed first.
ALTER TABLE outbox ADD COLUMN lane text NOT NULL DEFAULT 'investigations' CHECK (lane IN ('actions', 'investigations'));
CREATE INDEX outbox_in_order ON outbox (lane, id);

-- The place of an investigation that no worker has begun: its class (0 is the most urgent), whose turn it takes, and the
-- round of turns. See syntra/jobs/take-places.ts.
ALTER TABLE investigations
  ADD COLUMN queue_class smallint,
  ADD COLUMN queue_flow text,
  ADD COLUMN queue_round int;
CREATE INDEX investigations_in_line ON investigations (queue_class, queue_round) WHERE state = 'queued';
CREATE INDEX investigations_in_line_by_flow ON investigations (queue_class, queue_flow, queue_round) WHERE state = 'queued';

-- An incident that becomes more severe while its investigation waits: the investigation takes another place.
CREATE FUNCTION incidents_requeue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (investigation_id, why)
    SELECT id, 'severity' FROM investigations WHERE incident_id = NEW.id AND state = 'queued';
  RETURN NULL;
END $$;
CREATE TRIGGER incidents_requeue AFTER UPDATE OF severity ON incidents
  FOR EACH ROW WHEN (OLD.severity IS DISTINCT FROM NEW.severity) EXECUTE FUNCTION incidents_requeue();
