-- How many bytes of answers an investigation has recorded, which is limited. Those recorded before do not count.
ALTER TABLE investigations ADD COLUMN evidence_bytes bigint NOT NULL DEFAULT 0;
