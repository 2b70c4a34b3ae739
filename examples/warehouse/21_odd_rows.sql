-- Values that break careless tools: everything COPY escapes, and things that only look as if it did.

INSERT INTO platform.text_samples (id, label, value) VALUES
  (1, 'null', NULL),
  (2, 'empty', ''),
  (3, 'looks like null', '\N'),
  (4, 'looks like the end of COPY', '\.'),
  (5, 'end of COPY on a line of its own', E'before\n\\.\nafter'),
  (6, 'tab, newline, carriage return', E'a\tb\nc\rd\r\n'),
  (7, 'other control characters', E'\b\f\x0b\x01\x1b\x7f'),
  (8, 'backslashes', E'\\ \\\\ \\n \\t \\x41 \\101'),
  (9, 'trailing backslash', E'C:\\temp\\'),
  (10, 'quotes', E'''single'' "double" `back` $$dollar$$ $1 $_$'),
  (11, 'SQL', '''); DROP TABLE platform.text_samples; --'),
  (12, 'blanks', '   '),
  (13, 'Unicode', 'Ünïcödé ß ẞ ﬁ — „“ € ﷽ ไทย עברית عربى'),
  (14, 'beyond the first plane', '📦🚚👩‍👩‍👧‍👦🇪🇺 𝄞'),
  (15, 'combining', E'e\u0301 a\u0308 \u200b\ufeff\u2028'),
  (16, 'NULL', 'NULL'),
  (17, 'braces', '{"a",NULL,\\"}'),
  (18, E'a label\twith\\escapes', 'x');

INSERT INTO platform.text_samples (id, label, raw) VALUES
  (30, 'no bytes', ''),
  (31, 'every byte', (SELECT decode(string_agg(lpad(to_hex(n), 2, '0'), '' ORDER BY n), 'hex') FROM generate_series(0, 255) AS n)),
  (32, 'bytes that look like text', '\x5c785c5c5c4e');

-- One megabyte of text in a single row: compressible, then not, then one very long line of escapes.
INSERT INTO platform.text_samples (id, label, value) VALUES
  (40, 'one megabyte, compressible', repeat('0123456789abcdef', 65536)),
  (41, 'one megabyte, not compressible', (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 32768) AS n)),
  (42, 'every character escaped', repeat(E'\\\t\n', 100000));

-- The same text thousands of times, so that a compressor meets both kinds of input.
INSERT INTO platform.text_samples (id, label, value)
SELECT 1000 + n, 'template', 'Sehr geehrte Damen und Herren, anbei erhalten Sie die Rechnung Nr. ' || n || E'.\n\tMit freundlichen Grüßen'
  FROM generate_series(1, 2000) AS n;
