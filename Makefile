# Two commands for a fresh machine: make demo, make test. Both install what is missing.

.PHONY: help demo test test-matrix check install fuzz memory bench bench-catalog
.DEFAULT_GOAL := help

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

demo: ## a real database into object storage and back, with pgsluice and with stock pg_restore; leaves nothing behind
	@scripts/demo.sh

test: ## every test, against a private PostgreSQL and a private S3 server
	@scripts/test.sh

test-matrix: ## every test, against every supported release of PostgreSQL; installs them into target/servers
	@scripts/test-matrix.sh

check: ## formatting, lints on every feature set, licences, documentation
	@scripts/check.sh

install: ## the C library, its header and its pkg-config file, into PREFIX (/usr/local)
	@scripts/install-c.sh

fuzz: ## every parser of what comes from outside, ten minutes each; see tests/fuzz
	@scripts/fuzz.sh

memory: ## the most memory a dump of a 3 GB table takes, for every codec; fails above 200 MB
	@scripts/memory.sh

bench: ## dumps of 2 GB into S3 and files, beside pg_dump and what people pipe it into; writes docs/BENCHMARKS.md
	@benches/throughput/run.sh

bench-catalog: ## a dump of 20,000 tables, 5,000 functions and 50,000 large objects, beside pg_dump's
	@benches/catalog/run.sh
