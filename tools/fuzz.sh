#!/usr/bin/env bash
# Runs every fuzzer of the project for a while each: tools/fuzz.sh 60s
set -euo pipefail
cd "$(dirname "$0")/.."

grep -rlE '^func Fuzz' --include='*_test.go' . | while read -r file; do
  grep -oE '^func Fuzz[A-Za-z0-9_]*' "$file" | while read -r _ name; do
    echo "$(dirname "$file") $name"
    go test "$(dirname "$file")" -run '^$' -fuzz "^$name\$" -fuzztime "${1:-60s}"
  done
done
