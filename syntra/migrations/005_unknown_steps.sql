-- A step of which it could not be read whether it had its effect is neither done nor failed.
ALTER TABLE action_steps DROP CONSTRAINT action_steps_state_check;
ALTER TABLE action_steps ADD CONSTRAINT action_steps_state_check
  CHECK (state IN ('intended', 'done', 'failed', 'unknown'));
