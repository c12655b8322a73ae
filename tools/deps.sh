#!/usr/bin/env bash
# Installs what building opencore needs besides Go: libzmq 4.3.3 or newer with
# its headers, pkg-config and a C compiler; with the argument "test" also jq,
# which tests count with. It says what it installs; without the rights to, it
# says the command that would.
set -euo pipefail

wanted=4.3.3
cc=$(go env CC)

missing=()
command -v pkg-config >/dev/null || missing+=(pkg-config)
command -v "${cc%% *}" >/dev/null || missing+=(gcc libc6-dev)
pkg-config --atleast-version=$wanted libzmq 2>/dev/null || missing+=(libzmq3-dev)
if [ "${1-}" = test ]; then
  command -v jq >/dev/null || missing+=(jq)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "opencore needs libzmq $wanted or newer with headers, pkg-config, a C compiler and, for its tests, jq." >&2
  echo "Install them with this system's package manager and run make again." >&2
  exit 1
fi
command="apt-get update && apt-get install -y ${missing[*]}"
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    command="sudo apt-get update && sudo apt-get install -y ${missing[*]}"
  else
    echo "missing: ${missing[*]}. Run this, then make again:" >&2
    echo "  sudo sh -c '$command'" >&2
    exit 1
  fi
fi
echo "installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! DEBIAN_FRONTEND=noninteractive sh -c "$command" >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
if ! pkg-config --atleast-version=$wanted libzmq; then
  echo "this system's libzmq is $(pkg-config --modversion libzmq); opencore needs $wanted or newer." >&2
  exit 1
fi
