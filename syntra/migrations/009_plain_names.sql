-- Columns and tables are called what they hold. The content of JSON columns is converted where it is read.
ALTER TABLE timeline RENAME COLUMN says TO message;
ALTER TABLE action_transitions RENAME COLUMN says TO message;
ALTER TABLE memories RENAME COLUMN cause_says TO cause_message;
ALTER TABLE investigations RENAME COLUMN about TO scope;
ALTER TABLE investigations RENAME COLUMN stumbles TO failed_attempts;
ALTER TABLE actions RENAME COLUMN follow_up TO pending_revert;
ALTER TABLE refused_alerts RENAME TO rejected_alerts;
ALTER INDEX actions_following_up RENAME TO actions_with_pending_revert;
ALTER INDEX refused_alerts_newest_first RENAME TO rejected_alerts_newest_first;
ALTER FUNCTION timeline_tell() RENAME TO timeline_notify;
ALTER FUNCTION outbox_tell() RENAME TO outbox_notify;

-- The hash covers values in their order, not the names of columns: entries written before keep theirs.
CREATE OR REPLACE FUNCTION timeline_hash(line timeline) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(jsonb_build_array(
    line.previous_hash, line.incident_id, line.key, extract(epoch FROM line.at), line.kind, line.message, line.data)::text,
    'UTF8')), 'hex')
$$;
