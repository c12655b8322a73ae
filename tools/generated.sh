#!/usr/bin/env bash
# Fails if generating anew changes a file that is committed as generated:
# grammar.ebnf, docs/standard.md, and the Go and Python beside .actors files.
set -euo pipefail
cd "$(dirname "$0")/.."

sums() { (echo grammar.ebnf; echo docs/standard.md; find bench examples internal -name '*.actors.go' -o -name '*_actors.py' | sort) | xargs sha256sum; }

before=$(sums)
make --no-print-directory -s generate
if ! diff <(echo "$before") <(sums); then
  echo "generated files were out of date; they are up to date now: commit them" >&2
  exit 1
fi
