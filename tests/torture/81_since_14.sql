-- What servers know since PostgreSQL 14.

\if :since_14

-- Before, pg_dump comments on such constraints ahead of making them.
COMMENT ON CONSTRAINT not_validated ON DOMAIN later_checked IS 'not looked at yet';
COMMENT ON CONSTRAINT good ON DOMAIN loops.checked IS 'as the function says';

\endif
