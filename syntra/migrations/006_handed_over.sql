-- What only people can go on with, for example a pull request that waits for a review, is neither done nor failed.
ALTER TABLE actions DROP CONSTRAINT actions_state_check, ADD CHECK (state IN (
  'proposed', 'refused', 'awaiting-approval', 'approved', 'rejected', 'expired', 'superseded',
  'executing', 'verifying', 'undoing', 'succeeded', 'undone', 'failed', 'handed-over'));

-- A setting that an action left behind on purpose is put back later, under the same guard as every other effect.
ALTER TABLE action_steps DROP CONSTRAINT action_steps_phase_check,
  ADD CHECK (phase IN ('do', 'undo', 'later'));
-- Null where an action leaves nothing behind. `waiting` is looked at again and again until it is `done` or `given-up`.
ALTER TABLE actions ADD COLUMN follow_up jsonb;
CREATE INDEX actions_following_up ON actions (id) WHERE follow_up->>'state' = 'waiting';
