-- What the alerts of an incident are about, where it is no workload (`service` names those): a node, a volume claim, a scraped target.
ALTER TABLE incidents ADD COLUMN object_kind text,
  ADD COLUMN object_name text,
  -- The cluster that the alerts name; null if they name none.
  ADD COLUMN cluster text,
  -- Of a cluster that this installation does not serve, so that it cannot investigate.
  ADD COLUMN is_out_of_reach boolean NOT NULL DEFAULT false;
