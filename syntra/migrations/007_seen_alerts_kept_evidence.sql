-- Which investigation looked at an alert first. Null: it joined too late for any, and is looked into by another one.
-- Said by a mark, not by comparing times: a transaction's time is its start, and clocks are set back.
ALTER TABLE alerts ADD COLUMN seen_by uuid REFERENCES investigations;
UPDATE alerts SET seen_by = (
  SELECT id FROM investigations i WHERE i.incident_id = alerts.incident_id ORDER BY created_at DESC LIMIT 1);
CREATE INDEX alerts_unseen ON alerts (incident_id) WHERE seen_by IS NULL AND status = 'firing';
-- The service that its labels speak of; null also for what came before this column.
ALTER TABLE alerts ADD COLUMN service text;

-- What an index shows of an answer. Kept beside it, because the results are large.
ALTER TABLE evidence ADD COLUMN head jsonb GENERATED ALWAYS AS (answer - '{question,result}'::text[]) STORED;

-- Results of evidence go after a while; verdict, report, digests and timeline stay.
ALTER TABLE investigations ADD COLUMN evidence_removed_at timestamptz;
CREATE INDEX investigations_with_evidence ON investigations (incident_id) WHERE evidence_removed_at IS NULL;
CREATE INDEX incidents_closed ON incidents (closed_at) WHERE state = 'closed';

-- A developer has things looked into, and decides nothing.
ALTER TABLE api_keys DROP CONSTRAINT api_keys_role_check,
  ADD CHECK (role IN ('viewer', 'developer', 'operator', 'admin'));
