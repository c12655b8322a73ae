#!/usr/bin/env bash
# Fails if generating anew changes a file that is committed as generated:
# the Go beside the .actors files of the examples, and grammar.ebnf.
set -euo pipefail
cd "$(dirname "$0")/.."

sums() { find examples lang -name '*.actors.go' -o -name grammar.ebnf | sort | xargs sha256sum; }

before=$(sums)
make --no-print-directory -s generate
if ! diff <(echo "$before") <(sums); then
  echo "generated files were out of date; they are up to date now: commit them" >&2
  exit 1
fi
