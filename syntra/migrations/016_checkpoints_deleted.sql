-- When the checkpoints of an ended investigation were deleted. Null also for those that a crash may have left behind.
ALTER TABLE investigations ADD COLUMN checkpoints_deleted_at timestamptz;
CREATE INDEX investigations_with_checkpoints ON investigations (id)
  WHERE checkpoints_deleted_at IS NULL AND state IN ('done', 'failed');
