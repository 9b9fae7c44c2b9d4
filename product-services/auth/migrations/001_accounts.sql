CREATE TABLE users (
  id            uuid PRIMARY KEY,
  email         text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  -- Raised when the password changes; sessions with an older version are invalid.
  sec_version   integer NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL
);

-- One row per device: its refresh tokens differ only in the counter.
CREATE TABLE sessions (
  id          uuid PRIMARY KEY,
  user_id     uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  sec_version integer NOT NULL,
  hmac_key    bytea NOT NULL,
  counter     bigint NOT NULL,
  user_agent  text NOT NULL,
  created_at  timestamptz NOT NULL,
  rotated_at  timestamptz NOT NULL,
  revoked_at  timestamptz,
  revoked_for text
);
CREATE INDEX sessions_user_id ON sessions (user_id);

CREATE TABLE signing_keys (
  kid         text PRIMARY KEY,
  public_jwk  jsonb NOT NULL,
  private_jwk jsonb NOT NULL,
  -- Published at once, used for signing from this time on, so that every verifier has the key by then.
  active_from timestamptz NOT NULL,
  -- Published until this time, so that the last token it signed can still be verified. NULL: not replaced yet.
  retired_at  timestamptz
);

CREATE TABLE audit_log (
  id         uuid PRIMARY KEY,
  at         timestamptz NOT NULL,
  user_id    uuid,
  session_id uuid,
  event      text NOT NULL
);
CREATE INDEX audit_log_user_id ON audit_log (user_id, at);
