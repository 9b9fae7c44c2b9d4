-- Where people continue, an action is handed off to them. Entries of the timeline keep the kind that they were written with:
-- their hash covers it.
ALTER TABLE actions DROP CONSTRAINT actions_state_check;
UPDATE actions SET state = 'handed-off' WHERE state = 'handed-over';
ALTER TABLE actions ADD CONSTRAINT actions_state_check CHECK (state IN (
  'proposed', 'refused', 'awaiting-approval', 'approved', 'rejected', 'expired', 'superseded',
  'executing', 'verifying', 'undoing', 'succeeded', 'undone', 'failed', 'handed-off'));
UPDATE action_transitions SET from_state = 'handed-off' WHERE from_state = 'handed-over';
UPDATE action_transitions SET to_state = 'handed-off' WHERE to_state = 'handed-over';
UPDATE investigations SET outcome = 'handed-off' WHERE outcome = 'handed-over';
UPDATE memories SET outcome = 'handed-off' WHERE outcome = 'handed-over';
