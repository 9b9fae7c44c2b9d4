-- A storm lasts for as long as enough alerts join it: with every delivery the services that had one recently are counted, each with
-- its severity. By hash, because an index takes no long names. See syntra/alerts/load-candidates.ts.
CREATE INDEX alerts_by_place ON alerts (
  incident_id,
  md5(coalesce(labels->>'severity', 'none') || '/' || coalesce(labels->>'namespace', '') || '/' || coalesce(service, '')),
  received_at DESC
);
