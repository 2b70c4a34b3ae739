-- What the predecessor left: names that need quoting, in every way a name can.

SET ROLE warehouse_owner;

CREATE TABLE "Legacy Import"."Kunden Stamm" (
  "Kd-Nr"       integer PRIMARY KEY,
  "Name 1"      text,
  "Straße"      text,
  "PLZ"         "Legacy Import"."Schlüssel",
  "Ampel"       "Legacy Import"."Ampelfarbe" DEFAULT 'grün'::"Legacy Import"."Ampelfarbe",
  "order"       integer,
  "user"        text,
  "50%"         numeric DEFAULT 0.5,
  "a""quote"    text DEFAULT '"'::text,
  "back\slash"  text DEFAULT E'\\'::text,
  "it's"        text DEFAULT 'it''s'::text,
  "line
break"        text,
  CONSTRAINT "Name ist Pflicht, 'ja'" CHECK ("Name 1" IS NOT NULL)
);
COMMENT ON TABLE "Legacy Import"."Kunden Stamm" IS 'Kundenstamm (»Stammdaten«)';
COMMENT ON COLUMN "Legacy Import"."Kunden Stamm"."a""quote" IS 'A column with a quote in its name; don''t ask';
COMMENT ON COLUMN "Legacy Import"."Kunden Stamm"."line
break" IS 'A column name of two lines';

-- 63 bytes, the longest name there is; the second one is cut in the middle of nothing.
CREATE TABLE "Legacy Import"."Lagerbewegungsprotokollierungstabellenverzeichniseintragsnummer" (
  "Bewegungsprotokollierungstabellenverzeichniseintragsnummernfeld" integer PRIMARY KEY,
  "ÄÖÜäöüß_ÄÖÜäöüß_ÄÖÜäöüß_ÄÖÜäöüß_x" text
);

-- Reserved words as names.
CREATE TABLE "select"."table" (
  "column" integer DEFAULT 1 NOT NULL,
  "from"   text,
  "where"  boolean,
  "primary" integer,
  CONSTRAINT "check" CHECK ("column" > 0),
  CONSTRAINT "unique" UNIQUE ("column", "from")
);
CREATE SEQUENCE "select"."Sequence" INCREMENT BY 100 OWNED BY "select"."table"."primary";
ALTER TABLE "select"."table" ALTER COLUMN "primary" SET DEFAULT nextval('"select"."Sequence"'::regclass);
CREATE TABLE "select".".dotted.name" (".a.b" text, " leading and trailing " text, "UPPER" text, "tab	inside" text);
CREATE TABLE "select"."数据表" ("列" text, "emoji 📦" integer);

RESET ROLE;
