# The commands that people and CI use. `make help` lists them.

GO ?= go

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: deps
deps:
	@tools/deps.sh

.PHONY: test
test: deps check ## install what is missing, then check and test everything
	$(GO) test -race ./...

.PHONY: check
check: ## gofmt, go vet
	@out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "gofmt would change:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
