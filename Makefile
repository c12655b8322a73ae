# The commands that people and CI use. `make help` lists them.

GO ?= go
FUZZTIME ?= 60s

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: demo
demo: deps build ## install what is missing, build, and run examples/quakes on real data
	@cd examples/quakes && ../../bin/opencore run

.PHONY: test
test: deps-test check test-python ## install what is missing, then check and test everything
	$(GO) test -race -timeout 20m ./...

.PHONY: test-python
test-python: ## check and test clients/python, and the Python that is generated
	cd clients/python && ../../.venv/bin/mypy && ../../.venv/bin/pytest -q
	for folder in interp/build/testdata/python interp/build/hellopy examples/sensors examples/scoring; do \
		(cd $$folder && $(CURDIR)/.venv/bin/mypy --strict --cache-dir $(CURDIR)/.venv/mypy .) || exit 1; done
	for folder in examples/sensors examples/scoring; do (cd $$folder && $(CURDIR)/.venv/bin/pytest -q -p no:cacheprovider) || exit 1; done

.PHONY: test-editors
test-editors: ## check and test what is under editors/; needs Node 20, npm and a C compiler
	cd editors/tree-sitter-actors && npm ci && npm test
	cd editors/vscode && npm ci && npm test && npm run package
	editors/neovim/test/run.sh

.PHONY: build
build: ## build bin/opencore
	@echo "building bin/opencore and bin/opencore-layout"
	@$(GO) build -o bin/ ./cmd/...

.PHONY: check
check: ## gofmt, go vet, staticcheck, generated files without a diff
	@out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "gofmt would change:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool -modfile=tools/go.mod staticcheck ./...
	@tools/generated.sh

.PHONY: generate
generate: ## write what is generated: grammar.ebnf, docs/standard.md, and the Go and Python beside .actors files
	$(GO) test ./lang/syntax -count=1 -run '^TestEBNF$$' -update >/dev/null
	$(GO) generate ./...
	$(GO) run ./cmd/opencore doc standard --markdown >docs/standard.md.new && mv docs/standard.md.new docs/standard.md
	for file in examples/scoring/scoring bench/python/middle; do $(GO) run ./cmd/opencore compile --emit python $$file.actors || exit 1; done

.PHONY: hooks
hooks: ## switch on the git hook that runs the fast part before each commit
	git config core.hooksPath tools/hooks

.PHONY: c
c: deps-test ## build the example of the client in C
	@$(MAKE) -s -C clients/c

.PHONY: bench
bench: deps-bench ## measure against all peers, and write docs/benchmarks.md; takes more than an hour
	@$(GO) run ./bench -docs docs

.PHONY: fuzz
fuzz: deps ## run every fuzzer for FUZZTIME (60s)
	@tools/fuzz.sh $(FUZZTIME)

.PHONY: prove
prove: ## the long form of the tests that hold proofs against brute force: 100,000 programs each
	$(GO) test ./lang/prove -count=1 -run 'AgainstBruteForce|AgainstKills' -v -cases 100000 -loss 100000 -timeout 2h

.PHONY: storm
storm: deps-test ## the long form of the tests that kill processes and count messages
	OPENCORE_STORM=1 $(GO) test -race -count=1 -timeout 2h -v ./internal/endtoend

.PHONY: deps deps-test deps-bench
deps:
	@tools/deps.sh
deps-test:
	@tools/deps.sh test
deps-bench:
	@tools/deps.sh bench
