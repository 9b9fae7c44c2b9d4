-- What people see. `grouping` says by what later alerts are recognised as the same trouble.
CREATE TABLE incidents (
  id uuid PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('open', 'resolved', 'closed')),
  title text NOT NULL,
  severity text NOT NULL,
  namespace text,
  service text,
  opened_at timestamptz NOT NULL,
  -- The last time an alert joined or changed: the grouping window counts from here.
  active_at timestamptz NOT NULL,
  resolved_at timestamptz,
  closed_at timestamptz,
  reopened_count int NOT NULL DEFAULT 0
);
CREATE INDEX incidents_by_state ON incidents (state, active_at DESC);
CREATE INDEX incidents_newest_first ON incidents (opened_at DESC, id DESC);

-- One occurrence: hash(fingerprint + startsAt). Redeliveries change `deliveries` and `last_seen_at` only.
CREATE TABLE alerts (
  id text PRIMARY KEY,
  incident_id uuid REFERENCES incidents,
  fingerprint text NOT NULL,
  name text NOT NULL,
  status text NOT NULL CHECK (status IN ('firing', 'resolved')),
  labels jsonb NOT NULL,
  annotations jsonb NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz,
  received_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  deliveries int NOT NULL DEFAULT 1
);
CREATE INDEX alerts_of_incident ON alerts (incident_id, starts_at);
CREATE INDEX alerts_by_fingerprint ON alerts (fingerprint, starts_at DESC);

-- Append-only. `key` makes a replayed line after a crash the same line. Each hash covers the one before it.
CREATE TABLE timeline (
  id bigint PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents,
  key text NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  says text NOT NULL,
  data jsonb NOT NULL,
  previous_hash text NOT NULL,
  hash text NOT NULL,
  UNIQUE (incident_id, key)
);
CREATE INDEX timeline_of_incident ON timeline (incident_id, id);
CREATE SEQUENCE timeline_ids OWNED BY timeline.id;

-- The id is drawn under the incident's lock, so ids of one incident become visible in order and a stream may resume by id.
CREATE FUNCTION timeline_append() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('timeline:' || NEW.incident_id, 0));
  NEW.id := nextval('timeline_ids');
  NEW.previous_hash := coalesce(
    (SELECT hash FROM timeline WHERE incident_id = NEW.incident_id ORDER BY id DESC LIMIT 1), '');
  NEW.hash := timeline_hash(NEW);
  RETURN NEW;
END $$;

CREATE FUNCTION timeline_hash(line timeline) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(jsonb_build_array(
    line.previous_hash, line.incident_id, line.key, extract(epoch FROM line.at), line.kind, line.says, line.data)::text,
    'UTF8')), 'hex')
$$;

CREATE FUNCTION timeline_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the timeline is append-only';
END $$;

CREATE FUNCTION timeline_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('syntra_timeline', NEW.incident_id::text);
  RETURN NULL;
END $$;

CREATE TRIGGER timeline_append BEFORE INSERT ON timeline FOR EACH ROW EXECUTE FUNCTION timeline_append();
CREATE TRIGGER timeline_refuse BEFORE UPDATE OR DELETE ON timeline FOR EACH ROW EXECUTE FUNCTION timeline_refuse();
CREATE TRIGGER timeline_tell AFTER INSERT ON timeline FOR EACH ROW EXECUTE FUNCTION timeline_tell();

-- What has to be told to the queue. Written in the transaction that makes it true; deleted once the queue has it.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  investigation_id uuid NOT NULL,
  why text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION outbox_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('syntra_outbox', '');
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_tell AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_tell();

-- Who calls whom, as past investigations read it: lets an alert of a caller join the trouble of what it calls.
CREATE TABLE dependencies (
  namespace text NOT NULL,
  caller text NOT NULL,
  callee text NOT NULL,
  via text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (namespace, caller, callee)
);
