-- What only newer servers know.

\if :has_17
SET ROLE warehouse_owner;

-- Identity columns of partitioned tables, and a partitioned table that names the access method of its partitions.
CREATE TABLE inventory.temperature_alarms (
  id      bigint GENERATED ALWAYS AS IDENTITY (START WITH 10),
  raised  date NOT NULL,
  celsius real
) PARTITION BY RANGE (raised) USING heap;
CREATE TABLE inventory.temperature_alarms_2024 PARTITION OF inventory.temperature_alarms FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO inventory.temperature_alarms (raised, celsius) SELECT date '2024-01-01' + n, n / 10.0 FROM generate_series(1, 200) AS n;
GRANT MAINTAIN ON inventory.temperature_alarms TO warehouse_clerk;

RESET ROLE;
\endif

\if :has_18
SET ROLE warehouse_owner;

-- Keys over time, virtual columns, constraints that are not enforced, not-null constraints with a name.
CREATE TABLE inventory.rentals (
  bin_id  integer NOT NULL,
  during  daterange NOT NULL,
  days    integer GENERATED ALWAYS AS (upper(during) - lower(during)) VIRTUAL,
  tenant  text CONSTRAINT somebody_rents NOT NULL NO INHERIT,
  price   numeric,
  CONSTRAINT rentals_pkey PRIMARY KEY (bin_id, during WITHOUT OVERLAPS),
  CONSTRAINT affordable CHECK (price < 1000) NOT ENFORCED
);
CREATE TABLE inventory.rental_notes (
  bin_id integer,
  during daterange,
  note   text,
  CONSTRAINT rental_notes_fkey FOREIGN KEY (bin_id, PERIOD during) REFERENCES inventory.rentals (bin_id, PERIOD during),
  CONSTRAINT no_such_bin FOREIGN KEY (bin_id) REFERENCES inventory.bins (id) NOT ENFORCED
);
ALTER TABLE inventory.rental_notes ADD CONSTRAINT note_given NOT NULL note NOT VALID;
COMMENT ON CONSTRAINT note_given ON inventory.rental_notes IS 'Not checked for old rows';
INSERT INTO inventory.rentals (bin_id, during, tenant, price)
SELECT n, daterange(date '2024-01-01' + 10 * k, date '2024-01-10' + 10 * k), 'tenant ' || n, 10 * n FROM generate_series(1, 100) AS n, generate_series(0, 2) AS k;
INSERT INTO inventory.rental_notes SELECT n, daterange('2024-01-02', '2024-01-05'), 'note ' || n FROM generate_series(1, 100) AS n;

RESET ROLE;
\endif
