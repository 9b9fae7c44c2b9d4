-- Who works on a thread or a target. A lease expires by this database's clock: a worker that was stopped, and so neither
-- renews it nor gives it back, loses it.
CREATE TABLE leases (
  name text PRIMARY KEY,
  -- Drawn anew for each holder, so that an earlier one cannot take the lease of a later one for its own.
  holder bigint NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE SEQUENCE lease_holders OWNED BY leases.holder;
