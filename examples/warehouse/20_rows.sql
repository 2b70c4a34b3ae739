-- The rows, made by arithmetic. pick(n, salt, bound) is a die that always falls the same way.

CREATE FUNCTION pg_temp.pick(n bigint, salt bigint, bound integer) RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT ((hashint8extended(n, salt) & 9223372036854775807) % bound)::integer';
CREATE FUNCTION pg_temp.word(n bigint, salt bigint, words text[]) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT words[1 + ((hashint8extended(n, salt) & 9223372036854775807) % cardinality(words))::integer]';
CREATE FUNCTION pg_temp.key(n bigint, kind text) RETURNS uuid
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT md5(kind || n::text)::uuid';

-- platform

INSERT INTO public._prisma_migrations
SELECT pg_temp.key(n, 'migration')::text, md5(n::text) || md5((n + 1)::text),
       timestamptz '2023-02-01 09:00Z' + n * interval '9 days' + interval '1.25 s',
       to_char(timestamptz '2023-02-01 09:00Z' + n * interval '9 days', 'YYYYMMDDHH24MISS') || '_' ||
         pg_temp.word(n, 1, '{add,drop,rename,index}') || '_' || pg_temp.word(n, 2, '{orders,stock,users,prices,jobs}'),
       CASE WHEN n = 17 THEN E'Database error code: 42P07\n\nrelation "stock" already exists\n' END,
       CASE WHEN n = 17 THEN timestamptz '2023-07-05 10:00Z' END,
       timestamptz '2023-02-01 09:00Z' + n * interval '9 days', CASE WHEN n = 17 THEN 0 ELSE 1 END
  FROM generate_series(1, 70) AS n;

INSERT INTO platform."User" (id, email, "fullName", "passwordDigest", roles, settings, "lastSeenIp", "createdAt", "updatedAt", "deletedAt")
SELECT pg_temp.key(n, 'user'), 'user' || n || '@' || pg_temp.word(n, 3, '{example.org,Example.COM,lager.example,münchen.example}'),
       pg_temp.word(n, 4, '{Ana,Björn,Chloë,Đorđe,Élodie,Fatima,Göran,Hồng,İpek,Jürgen,Łukasz,Mária,李,Ольга}') || ' ' ||
         pg_temp.word(n, 5, '{Nguyễn,O''Brien,Müller,"van der Berg",Şahin,Ωmega,Smith,王}'),
       CASE WHEN n % 11 <> 0 THEN decode(md5(n::text) || md5('pw' || n), 'hex') END,
       CASE n % 4 WHEN 0 THEN '{clerk,admin}' WHEN 1 THEN '{}' WHEN 2 THEN '{"night shift","a,b","c\"d"}' ELSE '{auditor}' END::text[],
       jsonb_build_object('theme', pg_temp.word(n, 6, '{dark,light}'), 'locale', pg_temp.word(n, 7, '{de-DE,en-GB,fr-FR}'), 'pageSize', 10 * (1 + n % 5)),
       CASE WHEN n % 3 = 0 THEN (format('10.%s.%s.%s', n % 256, n / 7 % 256, n % 97))::inet WHEN n % 3 = 1 THEN ('2001:db8::' || to_hex(n) || '/64')::inet END,
       timestamp '2022-01-01' + n * interval '3 hours 7.123 s', timestamp '2024-06-01' + n * interval '1 minute',
       CASE WHEN n % 50 = 0 THEN timestamp '2024-07-01' END
  FROM generate_series(1, 2000) AS n;

INSERT INTO platform."Session"
SELECT decode(md5('session' || n) || md5(n::text), 'hex'), pg_temp.key(1 + pg_temp.pick(n, 8, 2000), 'user'),
       timestamptz '2024-09-30 06:00Z' + n * interval '17 s', CASE WHEN n % 5 = 0 THEN interval '1 mon 2 days 03:04:05.678' ELSE interval '8 hours' END,
       ('192.0.2.' || n % 256)::inet, ('08:00:2b:01:02:' || lpad(to_hex(n % 256), 2, '0'))::macaddr
  FROM generate_series(1, 1500) AS n;

INSERT INTO platform.api_keys (user_id, prefix, digest, scopes, mask, allowed, expires_on)
SELECT pg_temp.key(n, 'user'), 'wh' || lpad(n::text, 4, '0'), decode(md5('key' || n), 'hex'), (n % 256)::bit(8),
       substring((n * 7919 % 65536)::bit(16) FROM 1 FOR 1 + n % 16)::bit varying,
       CASE WHEN n % 2 = 0 THEN ARRAY['10.0.0.0/8', '2001:db8::/32']::cidr[] END,
       CASE n % 10 WHEN 0 THEN 'infinity'::date WHEN 1 THEN NULL ELSE date '2025-01-01' + n END
  FROM generate_series(1, 300) AS n;

INSERT INTO platform.jobs (queue, name, state, priority, attempts_made, opts, data, return_value, failed_reason, stacktrace, parent_id, run_at, updated_at)
SELECT pg_temp.word(n, 9, '{default,mail,labels,sync,import,reports}'),
       pg_temp.word(n, 10, '{send-invoice,print-label,sync-shop,import-csv,rebuild-report,notify}'),
       (pg_temp.word(n, 11, '{completed,completed,completed,completed,failed,waiting,delayed,active}'))::app."JobState",
       pg_temp.pick(n, 12, 21) - 10, pg_temp.pick(n, 13, 4),
       jsonb_build_object('attempts', 3, 'backoff', jsonb_build_object('type', 'exponential', 'delay', 1000 * (n % 9)), 'removeOnComplete', n % 2 = 0),
       jsonb_build_object('orderId', 700000 + n, 'to', 'user' || n % 2000 || '@example.org', 'template', pg_temp.word(n, 14, '{Rechnung,"Delivery note","Étiquette \"A6\""}'),
                          'items', jsonb_build_array(n % 5000, n % 77, NULL, 1.50), 'trace', md5(n::text)),
       CASE WHEN n % 3 = 0 THEN '{"ok": true, "ms": 17.250}'::jsonb WHEN n % 3 = 1 THEN 'null'::jsonb END,
       CASE WHEN n % 8 = 0 THEN E'Error: connect ECONNREFUSED 127.0.0.1:25\n\tat TCPConnectWrap.afterConnect' END,
       CASE WHEN n % 8 = 0 THEN ARRAY[E'at a (C:\\app\\mail.js:10:5)', 'at "b"', NULL, ''] ELSE '{}' END,
       CASE WHEN n % 10 = 9 THEN 5000 + n - 2 END,
       CASE WHEN n % 4 = 0 THEN '-infinity' ELSE timestamptz '2024-09-01 00:00Z' + n * interval '31.5 s' END,
       timestamptz '2024-09-01 00:00Z' + n * interval '32 s'
  FROM generate_series(1, 12000) AS n;

INSERT INTO platform.job_logs
SELECT 5000 + n, line, format('[%s] step %s of %s: %s', md5(n::text), line, 1 + n % 4, pg_temp.word(n, line, '{ok,retry,"rate limited",done}'))
  FROM generate_series(0, 11999, 2) AS n, generate_series(1, 1 + n % 4) AS line;

INSERT INTO platform.audit_log (happened_at, actor, action, relation, old_row, new_row, client)
SELECT CASE WHEN n % 5000 = 0 THEN timestamptz '1970-01-01 00:00Z' WHEN n % 3001 = 0 THEN timestamptz '2038-01-19 03:14:07Z' ELSE timestamptz '2024-07-01 00:00Z' + n * interval '5 minutes' END,
       pg_temp.key(1 + pg_temp.pick(n, 15, 2000), 'user'), pg_temp.word(n, 16, '{insert,update,update,delete}'),
       CASE n % 3 WHEN 0 THEN 'platform."User"' WHEN 1 THEN 'catalog.products' ELSE '"Legacy Import"."Kunden Stamm"' END::regclass,
       CASE WHEN n % 4 <> 0 THEN jsonb_build_object('id', n, 'status', pg_temp.word(n, 17, '{draft,confirmed}'), 'total', n * 1.19, 'by', md5(n::text)) END,
       jsonb_build_object('id', n, 'status', pg_temp.word(n, 18, '{shipped,invoiced}'), 'total', n * 1.19, 'by', md5((n * 3)::text), 'note', repeat('audit ', n % 12)),
       ('10.1.' || n % 200 || '.' || n % 250)::inet
  FROM generate_series(1, 26000) AS n;

INSERT INTO platform.documents (id, title, mime_type, content, body, language, created_at)
SELECT pg_temp.key(n, 'document'), 'Delivery note ' || n || ' — ' || pg_temp.word(n, 19, '{Hamburg,Wrocław,Århus,Besançon}'),
       pg_temp.word(n, 20, '{application/pdf,image/png,text/plain}'),
       CASE WHEN n % 7 <> 0 THEN (SELECT decode(string_agg(md5(n || ':' || i), ''), 'hex') FROM generate_series(1, 200 + pg_temp.pick(n, 21, 600)) AS i) END,
       (SELECT string_agg(pg_temp.word(n * 1000 + i, 22, '{pallet,crate,forklift,lager,entrepôt,magazyn,"10 kg",box}'), ' ') FROM generate_series(1, 40 + n % 300) AS i),
       CASE WHEN n % 2 = 0 THEN 'english' ELSE 'simple' END::regconfig, timestamptz '2024-01-01 00:00Z' + n * interval '6 hours'
  FROM generate_series(1, 300) AS n;

INSERT INTO platform.webhooks (url, events, headers, secret, active)
SELECT 'https://shop' || n || '.example/hook?x=%20&y=1', ARRAY['order.shipped', 'stock, low', 'it''s "quoted"'],
       extensions.hstore(ARRAY['X-Shop', n::text, 'X-Empty', '', 'X-Null', NULL]), md5('hook' || n), n % 5 <> 0
  FROM generate_series(1, 40) AS n;

INSERT INTO platform.feature_flags
SELECT 'flag-' || n, CASE n % 3 WHEN 0 THEN NULL ELSE n % 3 = 1 END, n % 101, ('[ {"if":  "tenant = ' || n || '"} ]')::json
  FROM generate_series(1, 60) AS n;

INSERT INTO platform.nightly_lock SELECT FROM generate_series(1, 3);

-- catalog

INSERT INTO catalog.currencies VALUES
  ('EUR', 'Euro', DEFAULT), ('USD', 'US dollar', 2), ('GBP', 'Pound sterling', 2), ('PLN', 'złoty', 2), ('CHF', 'Swiss franc', 2), ('JPY', '円', 0), ('KWD', 'Kuwaiti dinar', 3);

INSERT INTO catalog.tax_rates (country, rate, valid)
SELECT country, 15 + n, CASE n WHEN 1 THEN daterange(NULL, '2021-01-01') ELSE daterange('2021-01-01', NULL) END
  FROM unnest(ARRAY['DE', 'AT', 'PL', 'FR', 'DK']) AS country, generate_series(1, 2) AS n;

INSERT INTO catalog.categories
SELECT n, CASE WHEN n > 10 THEN n / 10 END, 'Category ' || n,
       CASE WHEN n <= 10 THEN 'all.c' || n WHEN n <= 100 THEN 'all.c' || n / 10 || '.c' || n ELSE 'all.c' || n / 100 || '.c' || n / 10 || '.c' || n END::extensions.ltree,
       sqrt(n)
  FROM generate_series(1, 400) AS n;

INSERT INTO catalog.products (id, sku, ean, name, category_id, size, attributes, tags, storage, allowed_at, list_price, cost_price, hazard, data_sheet, discontinued, created_at, updated_at)
SELECT n, pg_temp.word(n, 23, '{AB,cd,Ef,GH}') || '-' || lpad(n::text, 5, '0'),
       CASE WHEN n % 6 <> 0 THEN stem || app.ean13_check_digit(stem) END,
       pg_temp.word(n, 24, '{Heavy,Light,Folding,"Stainless steel",Ökologische,"12\" wide"}') || ' ' || pg_temp.word(n, 25, '{rack,pallet,box,Kiste,étagère,trolley,label,"hook & eye"}') || ' ' || n,
       CASE WHEN n % 40 <> 0 THEN 1 + pg_temp.pick(n, 26, 400) END,
       CASE WHEN n % 9 <> 0 THEN ROW(10 * (1 + n % 80), 5 + n % 300, NULL, n / 7.0)::app.dimensions END,
       extensions.hstore(ARRAY['colour', pg_temp.word(n, 27, '{red,blue,"light \"grey\""}'), 'material', pg_temp.word(n, 28, '{steel,wood,PE}'), 'origin', NULL]),
       CASE n % 3 WHEN 0 THEN '{}' WHEN 1 THEN '{new,"on sale"}' ELSE '{"NULL",null-like,"with{brace}"}' END::text[],
       CASE n % 4 WHEN 0 THEN '[2,8)' WHEN 1 THEN '(,25]' WHEN 2 THEN 'empty' ELSE '[-18.5,)' END::app.temperature_range,
       CASE WHEN n % 10 = 0 THEN '{[2,8),[15,25)}'::app.temperature_windows END,
       (100 + pg_temp.pick(n, 29, 90000)) / 100.0, CASE WHEN n % 13 <> 0 THEN ((50 + pg_temp.pick(n, 30, 40000)) / 100.0)::numeric::money END,
       (n % 16)::bit(4),
       jsonb_build_object('ean', stem, 'voltage', CASE WHEN n % 2 = 0 THEN 230 END, 'certificates', jsonb_build_array('CE', 'RoHS'), 'text', repeat('Datenblatt ', n % 8)),
       n % 100 = 0, timestamptz '2022-01-01 08:00Z' + n * interval '1 hour', timestamptz '2024-01-01 08:00Z' + n * interval '1 minute'
  FROM generate_series(1, 5000) AS n, LATERAL (SELECT '40' || lpad((n * 7919)::text, 10, '0')) AS s(stem);

INSERT INTO catalog.product_translations (product_id, locale, title, description)
SELECT id, locale, locale || ': ' || name, CASE WHEN id % 5 <> 0 THEN repeat(pg_temp.word(id, 31, '{"robust and stackable ","sturdy shelf for boxes ","holds up to 500 kg "}'), 1 + id % 5) END
  FROM catalog.products, unnest(ARRAY['de-DE', 'en-GB']) AS locale;

INSERT INTO catalog.product_prices
SELECT id, region::app.region, tstzrange('2024-01-01 00:00Z', CASE WHEN id % 5 = 0 THEN timestamptz '2024-07-01 00:00Z' END), list_price * 1.1 + 0.01, 'EUR'
  FROM catalog.products, unnest(ARRAY['north', 'export']) AS region WHERE id % 2 = 0;

INSERT INTO catalog.price_list_retail SELECT id, list_price, 'EUR', CASE WHEN id % 2 = 0 THEN 'incl. VAT' END FROM catalog.products WHERE id <= 500;
INSERT INTO catalog.price_list_staff SELECT id, round(list_price * 0.7, 2), 'USD', NULL FROM catalog.products WHERE id <= 100;
INSERT INTO catalog.bundle_items SELECT n, n + k, k * 1.5 FROM generate_series(1, 1000, 5) AS n, generate_series(1, 3) AS k;

-- inventory

INSERT INTO inventory.departments SELECT n, pg_temp.word(n, 32, '{Inbound,Outbound,Returns,Cold store}') || ' ' || n, 100 + n FROM generate_series(1, 12) AS n;
INSERT INTO inventory.employees
SELECT n, 1 + n % 12, 'Employee № ' || n, CASE WHEN n > 112 THEN 101 + n % 12 END, date '2010-01-01' + 13 * n,
       CASE n % 3 WHEN 0 THEN '22:00:00-03:30' WHEN 1 THEN '14:00:00.5+02' ELSE '06:00:00+01' END::timetz, (ARRAY['A', 'B', '"', '\'])[1 + n % 4]::"char"
  FROM generate_series(101, 400) AS n;

INSERT INTO inventory.warehouses
SELECT n, 'W' || lpad(n::text, 2, '0'), pg_temp.word(n, 33, '{Hamburg,Łódź,Lyon,Malmö}') || ' ' || n,
       ROW('Hafenstraße ' || n, CASE WHEN n % 2 = 0 THEN 'Tor "B", links' END, lpad(n::text, 5, '2'), 'City, ' || n, 'DE')::app.address,
       point(10 + n / 8.0, 53.5 - n / 16.0), CASE WHEN n % 2 = 0 THEN polygon(box(point(0, 0), point(n, n + 1))) END, date '2001-02-03' + 100 * n
  FROM generate_series(1, 8) AS n;

INSERT INTO inventory.bins
SELECT n, 1 + n % 8, chr(65 + n % 26) || '-' || lpad((n / 26)::text, 4, '0'), box(point(n % 50, n / 50), point(n % 50 + 1, n / 50 + 0.5)),
       point(n % 50 + 0.5, n / 50 + 0.25), CASE n % 5 WHEN 0 THEN 'Infinity' WHEN 1 THEN 'NaN' ELSE 0.1::real * n END, CASE n % 3 WHEN 0 THEN n % 2 = 0 END
  FROM generate_series(1, 4000) AS n;

INSERT INTO inventory.lots (id, product_id, best_before, supplier_reference)
SELECT n, 1 + pg_temp.pick(n, 34, 5000), CASE WHEN n % 3 <> 0 THEN date '2025-01-01' + n % 700 END, CASE WHEN n % 4 = 0 THEN '' WHEN n % 4 = 1 THEN 'REF/' || md5(n::text) END
  FROM generate_series(1, 8000) AS n;

INSERT INTO inventory.stock_levels (warehouse_id, product_id, on_hand, reserved, counted_at)
SELECT w, p, pg_temp.pick(p * 8 + w, 35, 100000) / 10.0, pg_temp.pick(p * 8 + w, 36, 10), CASE WHEN p % 3 = 0 THEN timestamptz '2024-06-30 18:00Z' - p * interval '1 minute' END
  FROM generate_series(1, 8) AS w, generate_series(1, 5000) AS p WHERE (w + p) % 3 = 0 AND pg_temp.pick(p * 8 + w, 35, 100000) >= 100;

INSERT INTO inventory.stock_movements
SELECT n, timestamptz '2024-01-01 06:00Z' + n * interval '148 s',
       (pg_temp.word(n, 37, '{pick,pick,pick,receipt,transfer,adjustment,return,scrap}'))::app.movement_kind, 1 + pg_temp.pick(n, 38, 5000),
       1 + pg_temp.pick(n, 39, 4000), CASE WHEN n % 3 = 0 THEN 1 + pg_temp.pick(n, 40, 4000) END, (1 + pg_temp.pick(n, 41, 200000)) / 1000.0,
       CASE WHEN n % 5 = 0 THEN 1 + pg_temp.pick(n, 42, 8000) END,
       CASE n % 20 WHEN 0 THEN 'damaged: ' || pg_temp.word(n, 43, '{wet,"bent, returned",torn}') WHEN 1 THEN '' WHEN 2 THEN E'see\tticket\n#' || n END,
       CASE WHEN n % 2 = 0 THEN pg_temp.key(1 + pg_temp.pick(n, 44, 2000), 'user') END
  FROM generate_series(1, 80000) AS n;

INSERT INTO inventory.sensor_readings
SELECT 1 + n % 60, timestamp '2024-03-01' + (n / 60) * interval '5 minutes', (pg_temp.pick(n, 45, 3000) - 2500) / 100.0::real, 3 + pg_temp.pick(n, 46, 1000) / 777.0, substring(B'10110', 1, 1 + n % 5)
  FROM generate_series(1, 60000) AS n;
INSERT INTO inventory.scans SELECT (enum_range(NULL::app.region))[1 + n % 5], 'scan ' || n, n FROM generate_series(1, 2000) AS n;
INSERT INTO inventory.labels_by_letter SELECT chr(97 + n % 26) || md5(n::text), n FROM generate_series(1, 3000) AS n;

INSERT INTO inventory.equipment VALUES (1, 'pallet truck', '2019-05-01', 399.00), (2, DEFAULT, DEFAULT, NULL);
INSERT INTO inventory.inspected VALUES ('2024-02-29', 'TÜV');
INSERT INTO inventory.forklifts VALUES (10, 'Linde H25', '2018-03-04', 28000, '2024-01-15', 'TÜV', 2500), (11, 'Still RX', NULL, 31000, NULL, DEFAULT, 1600);
UPDATE inventory.forklifts SET inspector = 'nobody' WHERE inspected_on IS NULL;
INSERT INTO inventory.electric_forklifts (id, price, inspected_on, inspector, lift_kg, battery_ah) VALUES (20, 35000.50, '2024-05-06', 'DEKRA', 1200, 625);

-- purchasing

INSERT INTO purchasing.suppliers
SELECT n, pg_temp.word(n, 47, '{DE,PL,FR,IT,CN}'), 'Supplier ' || n || ' ' || pg_temp.word(n, 48, '{GmbH,"Sp. z o.o.",SARL,"S.p.A."}'),
       ROW('Contact, "' || n || '"', 'sales' || n || '@example.com', ARRAY[ROW('Street ' || n, NULL, '1000' || n, 'Town', 'PL')::app.address])::app.contact,
       n % 40 * interval '1 day', n % 11 / 2.0
  FROM generate_series(1, 200) AS n;
INSERT INTO purchasing.purchase_orders (supplier_id, supplier_country, ordered_on, expected, currency, buyer)
SELECT s.id, s.country, date '2023-01-01' + n % 600, daterange(date '2023-01-15' + n % 600, date '2023-02-15' + n % 600), 'EUR', 101 + n % 300
  FROM generate_series(1, 3000) AS n JOIN purchasing.suppliers AS s ON s.id = 1 + n % 200
 ORDER BY n;
INSERT INTO purchasing.purchase_order_lines
SELECT 9000001 - n, k, 1 + pg_temp.pick(n * 10 + k, 49, 5000), 10 * k, 1 + pg_temp.pick(n * 10 + k, 50, 9999) / 100.0, CASE WHEN n % 2 = 0 THEN 10 * k ELSE 0 END
  FROM generate_series(1, 3000) AS n, generate_series(1, 1 + n % 4) AS k;

-- sales

INSERT INTO sales.customers (id, public_id, name, email, billing, contacts, region, credit_limit, vat_id, preferences, tenant, created_at, updated_at)
SELECT n, pg_temp.key(n, 'customer'), pg_temp.word(n, 51, '{Baumarkt,Żabka,"Café \"Zur Post\"",Hofladen,Quincaillerie}') || ' ' || n,
       CASE WHEN n % 17 <> 0 THEN 'Buyer' || n || '@shop' || n % 50 || '.example' END,
       ROW('Marktplatz ' || n, '', lpad(n::text, 5, '0'), 'Ort ' || n % 300, CASE n % 5 WHEN 4 THEN 'PL' ELSE 'DE' END)::app.address,
       CASE WHEN n % 20 = 0 THEN ARRAY[ROW('A. Person', NULL, NULL)::app.contact, ROW(E'B\nC', 'b@c.de', '{}')::app.contact] END,
       (enum_range(NULL::app.region))[1 + pg_temp.pick(n, 52, 5)], CASE WHEN n % 30 = 0 THEN 'NaN' ELSE 100.00 * (n % 500) END, 'DE' || 100000000 + n,
       jsonb_build_object('newsletter', n % 2 = 0, 'payment', pg_temp.word(n, 53, '{invoice,sepa,card}')),
       ('00000000-0000-0000-0000-00000000000' || 1 + n % 3)::uuid, timestamptz '2022-05-01 10:00Z' + n * interval '2 hours', timestamptz '2024-05-01 10:00Z' + n * interval '2 s'
  FROM generate_series(1, 4000) AS n;

INSERT INTO sales.orders (region, placed_on, customer_id, status, ship_to, total, currency, note, history, tenant, updated_at)
SELECT c.region, date '2023-06-01' + n / 34, c.id, (enum_range(NULL::app.order_status))[1 + pg_temp.pick(n, 54, 8)],
       CASE WHEN n % 4 = 0 THEN c.billing END, 10 + pg_temp.pick(n, 55, 500000) / 100.0, CASE WHEN c.region = 'export' THEN pg_temp.word(n, 56, '{USD,GBP,CHF}') ELSE 'EUR' END,
       CASE n % 15 WHEN 0 THEN 'Please deliver before noon; "ring twice"' WHEN 1 THEN '' END, CASE WHEN n % 6 = 0 THEN '{draft,"on hold","it''s complicated"}'::app.order_status[] END,
       c.tenant, timestamptz '2023-06-01 12:00Z' + n * interval '42 minutes'
  FROM generate_series(1, 20000) AS n JOIN sales.customers AS c ON c.id = 1 + pg_temp.pick(n, 57, 4000)
 ORDER BY n;

INSERT INTO sales.order_lines
SELECT o.id, o.region, o.placed_on, k, 1 + pg_temp.pick(o.id * 10 + k, 58, 5000), 1 + pg_temp.pick(o.id * 10 + k, 59, 40), 1 + pg_temp.pick(o.id * 10 + k, 60, 20000) / 100.0, CASE WHEN k = 2 THEN 5 ELSE 0 END
  FROM sales.orders AS o, generate_series(1, 1 + pg_temp.pick(o.id, 61, 6)) AS k
 ORDER BY o.id, k;

INSERT INTO sales.shipments
SELECT pg_temp.key(o.id, 'shipment'), o.id, o.region, o.placed_on, pg_temp.word(o.id, 62, '{own fleet,DHL,DPD}'), upper(md5(o.id::text)), pg_temp.pick(o.id, 63, 90000) / 1000.0,
       int4range(1, 2 + o.id::integer % 9), CASE WHEN o.id % 3 = 0 THEN tstzmultirange(tstzrange('2024-01-01 08:00Z', '2024-01-01 10:00Z'), tstzrange('2024-01-01 14:00Z', NULL)) END,
       CASE WHEN o.id % 10 = 0 THEN path '[(0,0),(1.5,2),(1e-7,3)]' END, o.placed_on + time '15:00' AT TIME ZONE 'UTC', (o.id % 90) * interval '1 hour 0.125 s'
  FROM sales.orders AS o WHERE o.id % 3 = 0;

INSERT INTO sales.shipment_events (shipment_id, at, place, payload)
SELECT s.id, s.left_at + k * interval '3 hours', CASE WHEN k > 1 THEN point(k * 1.1, -k / 3.0) END,
       jsonb_build_object('status', pg_temp.word(k, 64, '{scanned,"in transit",delivered}'), 'by', s.carrier, 'raw', E'line\nbreak\\ ü')
  FROM sales.shipments AS s, generate_series(1, 3) AS k
 ORDER BY s.order_id, k;

INSERT INTO sales.carts (owner, items, opened)
SELECT pg_temp.key(n, 'user'), jsonb_build_array(jsonb_build_object('product', n, 'quantity', n % 7)), timestamptz '2024-10-01 00:00Z' - n * interval '1 hour'
  FROM generate_series(1, 800) AS n;
INSERT INTO sales.coupons SELECT 'CODE' || n, 'campaign ' || n % 7, CASE WHEN n > 7 THEN n END, n % 50, tsrange('2024-01-01', CASE WHEN n % 2 = 0 THEN timestamp '2024-12-31 23:59:59.999999' END, '[]') FROM generate_series(1, 400) AS n;

-- accounting

INSERT INTO accounting.accounts
SELECT n::text, 'Account ' || n, (ARRAY['A', 'L', 'E', 'I', 'X'])[1 + n / 1000 % 5], CASE WHEN n % 100 <> 0 THEN (n / 100 * 100)::text END FROM generate_series(1000, 6000, 25) AS n;
INSERT INTO accounting.fiscal_periods (first_day, closed_by, closed_at) SELECT day::date, CASE WHEN day < '2024-04-01' THEN 'cfo' END, CASE WHEN day < '2024-04-01' THEN (day + interval '40 days') AT TIME ZONE 'UTC' END FROM generate_series(timestamp '2023-01-01', '2024-12-01', '1 month') AS day;
INSERT INTO accounting.exchange_rates
SELECT currency, date '2023-01-01' + n, 1 + pg_temp.pick(n, ascii(currency), 100000000) / 100000000.0 FROM unnest(ARRAY['USD', 'GBP', 'PLN', 'CHF', 'JPY']) AS currency, generate_series(0, 699) AS n;
INSERT INTO accounting.journal_entries
SELECT n, date '2023-01-01' + n / 40, pg_temp.word(n, 65, '{Goods issue,Invoice,Payment,"Stock take, difference",Reversal}') || ' ' || n, CASE WHEN n % 500 = 0 THEN n - 1 END,
       CASE WHEN n % 60 = 0 THEN pg_temp.key(1 + n / 60 % 300, 'document') END, pg_temp.word(n, 66, '{anna,bot,"o''neill"}')
  FROM generate_series(1, 24000) AS n;
INSERT INTO accounting.journal_lines
SELECT e.id, k, e.booked_on, (1000 + 25 * pg_temp.pick(e.id * 4 + k, 67, 201))::text, CASE WHEN k % 2 = 1 THEN amount ELSE 0 END, CASE WHEN k % 2 = 0 THEN amount ELSE 0 END,
       CASE WHEN k > 2 THEN 'CC-' || e.id % 40 END
  FROM accounting.journal_entries AS e, LATERAL (SELECT 1 + pg_temp.pick(e.id, 68, 1000000) / 100.0) AS a(amount), generate_series(1, CASE WHEN e.id % 3 = 0 THEN 4 ELSE 2 END) AS k
 ORDER BY e.id, k;
INSERT INTO accounting.invoices (id, number, order_id, region, placed_on, issued_on, net, tax, lines, entry_id)
SELECT pg_temp.key(o.id, 'invoice'), 'RE-' || extract(year FROM o.placed_on) || '-' || lpad(o.id::text, 8, '0'), o.id, o.region, o.placed_on, o.placed_on + 1, t.gross - t.tax, t.tax,
       jsonb_build_array(jsonb_build_object('text', 'Waren', 'net', t.gross)), CASE WHEN o.id % 9 = 0 THEN 1 + o.id % 24000 END
  FROM sales.orders AS o, LATERAL app.with_tax(o.total, 7) AS t WHERE o.status IN ('invoiced', 'shipped', 'it''s complicated')
 ORDER BY o.id;
INSERT INTO accounting.payments (invoice_id, paid_at, amount, method, reference)
SELECT id, issued_on + time '09:30' AT TIME ZONE 'UTC', (net + tax)::money, pg_temp.word(order_id, 69, '{sepa,card,cash}'), CASE WHEN order_id % 2 = 0 THEN 'Verwendungszweck: ' || number END
  FROM accounting.invoices WHERE order_id % 4 <> 0
 ORDER BY number;

-- legacy

INSERT INTO "Legacy Import"."Kunden Stamm" ("Kd-Nr", "Name 1", "Straße", "PLZ", "Ampel", "order", "user", "line
break")
SELECT n, 'Kunde ' || n, CASE WHEN n % 2 = 0 THEN 'Große Straße ' || n END, lpad(n::text, 5, '0'), (enum_range(NULL::"Legacy Import"."Ampelfarbe"))[1 + n % 3], n % 9, CASE WHEN n % 3 = 0 THEN 'sa' END, E'a\nb'
  FROM generate_series(1, 1200) AS n;
INSERT INTO "Legacy Import"."Lagerbewegungsprotokollierungstabellenverzeichniseintragsnummer" SELECT n, repeat('ß', n % 40) FROM generate_series(1, 200) AS n;
INSERT INTO "select"."table" ("from", "where") SELECT CASE WHEN n > 1 THEN 'group by ' || n END, n % 2 = 0 FROM generate_series(1, 2) AS n;
UPDATE "select"."table" SET "column" = 2 WHERE "from" IS NULL;
INSERT INTO "select"."table" ("column", "from") SELECT n, 'order by' FROM generate_series(3, 50) AS n;
INSERT INTO "select".".dotted.name" VALUES ('a.b', '  x  ', 'UP', E'\t');
INSERT INTO "select"."数据表" VALUES ('仓库', 1), ('📦📦', NULL);

-- Sequences that the application has used for other things, too.
SELECT setval('platform.document_numbers', 123450);
SELECT nextval('platform.label_numbers') FROM generate_series(1, 13);
SELECT setval('inventory.lot_codes', 70007, false);
\if :has_15
SELECT nextval('platform.scratch_numbers');
\endif
