-- What servers know since PostgreSQL 16.

\if :since_16

-- A child may generate a column in its own way.
CREATE TABLE generating_otherwise (g integer GENERATED ALWAYS AS (a + 100) STORED)
INHERITS (generating);
INSERT INTO generating_otherwise (a) VALUES (1);

\endif
