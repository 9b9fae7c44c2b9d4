-- Keys are 256 random bits, so a plain SHA-256 is enough: there is nothing to guess.
CREATE TABLE api_keys (
  key_hash text PRIMARY KEY,
  name text NOT NULL UNIQUE,
  role text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
