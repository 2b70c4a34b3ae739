-- Event triggers, which fire for nothing that is made here or by a restore.

CREATE FUNCTION refuses() RETURNS event_trigger LANGUAGE plpgsql
AS 'BEGIN RAISE EXCEPTION ''fired for %'', tg_tag; END';
CREATE EVENT TRIGGER filtered ON ddl_command_start
WHEN TAG IN ('DROP TEXT SEARCH PARSER', 'ALTER CONVERSION') EXECUTE FUNCTION refuses();
CREATE EVENT TRIGGER "Event trigger ""\ " ON sql_drop
WHEN TAG IN ('DROP TRANSFORM') EXECUTE FUNCTION "refuses"();
CREATE EVENT TRIGGER disabled ON ddl_command_end EXECUTE FUNCTION refuses();
ALTER EVENT TRIGGER disabled DISABLE;
CREATE EVENT TRIGGER on_replicas ON ddl_command_end WHEN TAG IN ('CREATE CONVERSION') EXECUTE FUNCTION refuses();
ALTER EVENT TRIGGER on_replicas ENABLE REPLICA;
CREATE EVENT TRIGGER always ON table_rewrite WHEN TAG IN ('ALTER TYPE') EXECUTE FUNCTION refuses();
ALTER EVENT TRIGGER always ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER filtered IS 'it''s an event trigger';
