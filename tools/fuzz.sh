#!/usr/bin/env bash
# Runs every fuzzer of the project for a while each: tools/fuzz.sh 60s
# What one finds lies in the testdata/fuzz of its package.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=()
for file in $(grep -rlE '^func Fuzz' --include='*_test.go' .); do
  for name in $(grep -oE '^func Fuzz[A-Za-z0-9_]*' "$file" | cut -d' ' -f2); do
    echo "$(dirname "$file") $name"
    go test "$(dirname "$file")" -run '^$' -fuzz "^$name\$" -fuzztime "${1:-60s}" || failed+=("$(dirname "$file") $name")
  done
done
[ ${#failed[@]} -eq 0 ] && exit 0
printf 'failed: %s\n' "${failed[@]}"
exit 1
