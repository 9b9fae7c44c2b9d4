-- A malformed op is logged as rejected like any other, but has only a number, and all of it as its value.
ALTER TABLE ops
  ALTER COLUMN entity DROP NOT NULL,
  ALTER COLUMN row_id DROP NOT NULL,
  ALTER COLUMN field DROP NOT NULL,
  ALTER COLUMN stamp DROP NOT NULL,
  ADD CONSTRAINT ops_well_formed CHECK (
    reject_code IS NOT NULL OR (entity, row_id, field, stamp) IS NOT NULL
  );
