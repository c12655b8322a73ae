#!/usr/bin/env bash
# Runs test/session.lua in the Neovim of this machine, or in $NVIM, with a
# language server and a parser that are built for it. Without a Neovim it says
# so and does nothing; with OPENCORE_NEOVIM set it fails.
set -euo pipefail
cd "$(dirname "$0")/.."
nvim=${NVIM:-nvim}
if ! command -v "$nvim" >/dev/null; then
  echo "editors/neovim: there is no Neovim here; its settings are not tested" >&2
  [ -z "${OPENCORE_NEOVIM-}" ] || exit 1
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd ../.. && CGO_ENABLED=0 go build -o "$folder/opencore" ./cmd/opencore)
parser=()
if "$nvim" --headless -u NONE -i NONE +"lua vim.cmd(vim.treesitter.get_captures_at_pos and 'qall' or 'cquit')" 2>/dev/null; then
  source=../tree-sitter-actors/src
  ${CC:-cc} -shared -fPIC -O1 -I "$source" "$source/parser.c" "$source/scanner.c" -o "$folder/actors.so"
  parser=(--cmd "let g:opencore_parser = '$folder/actors.so'")
fi
HOME=$folder XDG_STATE_HOME=$folder PATH=$folder:$PATH timeout 60 "$nvim" --headless -u NONE -i NONE "${parser[@]}" -S test/session.lua
