-- Publications and subscriptions. Those that are not connected need no publisher.

-- The servers need not log what decoding would read.
SET client_min_messages = error;
CREATE PUBLICATION empty_publication;
CREATE PUBLICATION of_all_tables FOR ALL TABLES;
CREATE PUBLICATION "Publication ""\ " FOR TABLE ONLY parent, ONLY "Everything of a table ""\"
WITH (publish = 'insert, truncate');
CREATE PUBLICATION of_partitions FOR TABLE by_list, by_range_old WITH (publish_via_partition_root = true);
CREATE PUBLICATION publishes_nothing FOR TABLE by_list WITH (publish = '');
CREATE PUBLICATION deletes FOR TABLE "--option"."--option", "select"."select"
WITH (publish = 'update, delete');
ALTER PUBLICATION of_partitions OWNER TO torture_owner;
COMMENT ON PUBLICATION of_all_tables IS 'it''s all';

CREATE SUBSCRIPTION plain_subscription CONNECTION 'dbname=nowhere' PUBLICATION one
WITH (connect = false);
CREATE SUBSCRIPTION "Subscription ""\ "
CONNECTION 'host=nowhere dbname=''it\''s'' password=secret user=a\ b'
PUBLICATION one, "Two ""2"" \", "thr,ee"
WITH (connect = false, slot_name = 'other_slot', synchronous_commit = 'remote_apply');
CREATE SUBSCRIPTION without_slot CONNECTION '' PUBLICATION one WITH (connect = false, slot_name = NONE);
COMMENT ON SUBSCRIPTION plain_subscription IS 'it''s plain';
-- Without a slot, it goes as easily as it came.
ALTER SUBSCRIPTION plain_subscription SET (slot_name = NONE);
SET client_min_messages = warning;
