-- A synced row: its owner, its fields, the stamp of each field that was ever set, and the user's head at its last change.
CREATE TABLE projects (
  user_id  uuid NOT NULL,
  id       uuid NOT NULL,
  rev      bigint NOT NULL,
  stamps   jsonb NOT NULL,
  name     text NOT NULL,
  color    text,
  position text NOT NULL,
  archived boolean NOT NULL,
  deleted  boolean NOT NULL,
  PRIMARY KEY (user_id, id)
);
CREATE INDEX projects_rev ON projects (user_id, rev);

CREATE TABLE tasks (
  user_id      uuid NOT NULL,
  id           uuid NOT NULL,
  rev          bigint NOT NULL,
  stamps       jsonb NOT NULL,
  name         text NOT NULL,
  note         text NOT NULL,
  project_id   uuid,
  status       text NOT NULL,
  completed_at timestamptz,
  priority     text NOT NULL,
  due          date,
  estimate_s   integer,
  position     text NOT NULL,
  deleted      boolean NOT NULL,
  PRIMARY KEY (user_id, id),
  FOREIGN KEY (user_id, project_id) REFERENCES projects (user_id, id)
);
CREATE INDEX tasks_rev ON tasks (user_id, rev);
CREATE INDEX tasks_project ON tasks (user_id, project_id);

CREATE TABLE time_entries (
  user_id    uuid NOT NULL,
  id         uuid NOT NULL,
  rev        bigint NOT NULL,
  stamps     jsonb NOT NULL,
  task_id    uuid,
  started_at timestamptz,
  ended_at   timestamptz,
  note       text NOT NULL,
  deleted    boolean NOT NULL,
  PRIMARY KEY (user_id, id),
  FOREIGN KEY (user_id, task_id) REFERENCES tasks (user_id, id)
);
CREATE INDEX time_entries_rev ON time_entries (user_id, rev);
CREATE INDEX time_entries_started ON time_entries (user_id, started_at);
CREATE INDEX time_entries_running ON time_entries (user_id)
  WHERE ended_at IS NULL AND started_at IS NOT NULL AND NOT deleted;

-- One row per user. Locking it serialises the user's writers, so that revs become visible in order.
CREATE TABLE sync_heads (
  user_id       uuid PRIMARY KEY,
  seq           bigint NOT NULL,
  clock_ms      bigint NOT NULL,
  clock_counter bigint NOT NULL
);

CREATE TABLE sync_clients (
  user_id   uuid NOT NULL,
  client_id text NOT NULL,
  last_seq  bigint NOT NULL,
  PRIMARY KEY (user_id, client_id)
);

-- The append-only history. `value` is json, not jsonb: a rejected value may be one that jsonb cannot store.
CREATE TABLE ops (
  user_id       uuid NOT NULL,
  client_id     text NOT NULL,
  seq           bigint NOT NULL,
  at            timestamptz NOT NULL,
  entity        text NOT NULL,
  row_id        uuid NOT NULL,
  field         text NOT NULL,
  value         json NOT NULL,
  stamp         jsonb NOT NULL,
  base          jsonb,
  group_id      text,
  reject_code   text,
  reject_reason text,
  PRIMARY KEY (user_id, client_id, seq)
);
CREATE INDEX ops_row ON ops (user_id, row_id);

-- Values that lost to a concurrent one: neither author had seen the other value.
CREATE TABLE conflicts (
  user_id    uuid NOT NULL,
  id         uuid NOT NULL,
  at         timestamptz NOT NULL,
  entity     text NOT NULL,
  row_id     uuid NOT NULL,
  field      text NOT NULL,
  lost_value jsonb NOT NULL,
  lost_stamp jsonb NOT NULL,
  won_value  jsonb NOT NULL,
  won_stamp  jsonb NOT NULL,
  PRIMARY KEY (user_id, id)
);

-- Requests run as this role if the service's login may assume it. It owns nothing and may not delete.
DO $$ BEGIN
  CREATE ROLE core_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
END $$;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['projects','tasks','time_entries','sync_heads','sync_clients','ops','conflicts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY own_rows ON %I USING (user_id = nullif(current_setting(''app.user_id'', true), '''')::uuid)', name);
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'core_app') THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO core_app', name);
    END IF;
  END LOOP;
END $$;

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'core_app') AND NOT pg_has_role(current_user, 'core_app', 'SET') THEN
    EXECUTE format('GRANT core_app TO %I', current_user);
  END IF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$;
