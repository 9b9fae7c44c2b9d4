-- Which worker holds a thread or a target. A lease expires by this database's clock: a worker that is suspended, and so neither
-- renews nor releases it, loses it.
CREATE TABLE leases (
  name text PRIMARY KEY,
  -- A new number for each holder, so that an earlier holder cannot mistake a later holder's lease for its own.
  holder bigint NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE SEQUENCE lease_holders OWNED BY leases.holder;
