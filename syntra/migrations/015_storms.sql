-- The failure domains that the first alert of an incident names, such as {"node": "worker-3"}: many new incidents of one are a storm.
ALTER TABLE incidents ADD COLUMN domains jsonb,
  -- What the alerts of a storm's incident share.
  ADD COLUMN storm_label text,
  ADD COLUMN storm_value text;
CREATE INDEX incidents_of_storms ON incidents (active_at) WHERE storm_label IS NOT NULL AND state <> 'closed';
