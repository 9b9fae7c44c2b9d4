-- Finds the sessions that ended within the life of an access token, which auth publishes to the BFF.
CREATE INDEX sessions_revoked_at ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
