-- Double-entry bookkeeping.

SET ROLE warehouse_accounting;

CREATE TABLE accounting.accounts (
  number   character varying(8) PRIMARY KEY,
  name     text NOT NULL,
  kind     character(1) NOT NULL,
  parent   character varying(8),
  CONSTRAINT accounts_kind_check CHECK (kind IN ('A', 'L', 'E', 'I', 'X'))
);
COMMENT ON COLUMN accounting.accounts.kind IS 'Asset, Liability, Equity, Income, eXpense';

CREATE TABLE accounting.fiscal_periods (
  first_day date PRIMARY KEY,
  last_day  date GENERATED ALWAYS AS ((first_day + 30)) STORED,
  closed_by text,
  closed_at timestamp with time zone
);

CREATE TABLE accounting.exchange_rates (
  currency app.currency NOT NULL,
  day      date NOT NULL,
  rate     numeric(18,8) NOT NULL,
  source   text DEFAULT 'ECB'::text,
  CONSTRAINT exchange_rates_pkey PRIMARY KEY (currency, day)
);

CREATE TABLE accounting.journal_entries (
  id        bigint PRIMARY KEY,
  booked_on date NOT NULL,
  text      text NOT NULL,
  reversal_of bigint,
  document  uuid,
  booked_by name DEFAULT CURRENT_USER
);

-- By half-year.
CREATE TABLE accounting.journal_lines (
  entry_id  bigint NOT NULL,
  position  smallint NOT NULL,
  booked_on date NOT NULL,
  account   character varying(8) NOT NULL,
  debit     app.amount,
  credit    app.amount,
  cost_centre text COLLATE "C",
  PRIMARY KEY (booked_on, entry_id, position),
  CONSTRAINT one_side_only CHECK (debit = 0::numeric OR credit = 0::numeric)
) PARTITION BY RANGE (booked_on);
CREATE TABLE accounting.journal_lines_2023 PARTITION OF accounting.journal_lines FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE accounting.journal_lines_2024h1 PARTITION OF accounting.journal_lines FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
CREATE TABLE accounting.journal_lines_2024h2 PARTITION OF accounting.journal_lines FOR VALUES FROM ('2024-07-01') TO ('2025-01-01');

CREATE TABLE accounting.invoices (
  id          uuid PRIMARY KEY,
  number      text NOT NULL,
  order_id    bigint,
  region      app.region,
  placed_on   date,
  issued_on   date NOT NULL,
  due_on      date GENERATED ALWAYS AS (issued_on + 14) STORED,
  net         numeric(14,2) NOT NULL,
  tax         numeric(14,2) NOT NULL,
  lines       jsonb DEFAULT '[]'::jsonb NOT NULL,
  entry_id    bigint,
  CONSTRAINT "invoices-number" UNIQUE (number) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE accounting.payments (
  id         bigint GENERATED ALWAYS AS IDENTITY,
  invoice_id uuid,
  paid_at    timestamp with time zone NOT NULL,
  amount     money NOT NULL,
  method     text,
  reference  text,
  PRIMARY KEY (id)
);

RESET ROLE;
