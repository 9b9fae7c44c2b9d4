-- Says in the notification whose action may now be executed, so that workers make room for it before they have read the outbox.
CREATE OR REPLACE FUNCTION outbox_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('syntra_outbox',
    coalesce((SELECT investigation_id::text FROM added
              WHERE lane = 'actions' AND EXISTS (
                SELECT FROM actions WHERE actions.investigation_id = added.investigation_id AND state = 'approved')
              ORDER BY id LIMIT 1), ''));
  RETURN NULL;
END $$;
DROP TRIGGER outbox_tell ON outbox;
CREATE TRIGGER outbox_tell AFTER INSERT ON outbox
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION outbox_tell();
