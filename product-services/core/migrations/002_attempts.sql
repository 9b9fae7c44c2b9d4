-- The number of a client's newest request that carried ops: an older one that arrives late is void.
ALTER TABLE sync_clients ADD COLUMN last_attempt bigint NOT NULL DEFAULT 0;
