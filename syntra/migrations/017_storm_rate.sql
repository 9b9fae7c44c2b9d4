-- A storm lasts for as long as enough alerts join it: the newest of its incident are counted with every delivery.
CREATE INDEX alerts_received ON alerts (incident_id, received_at DESC);
