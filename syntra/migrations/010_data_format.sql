-- The form of what JSON columns hold. 1: the names of version 0.1, which `storage/upgrade-stored-data.ts` replaces at the start.
CREATE TABLE data_format (format int NOT NULL);
INSERT INTO data_format SELECT CASE WHEN EXISTS (SELECT FROM incidents) THEN 1 ELSE 2 END;
