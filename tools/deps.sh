#!/usr/bin/env bash
# Installs what building opencore needs besides Go: libzmq 4.3.3 or newer with
# its headers, pkg-config and a C compiler. With the argument "test" also what
# tests use: jq, which they count with, MessagePack for C, and Python with a
# virtual environment in .venv that has clients/python, what it needs, and
# pygls, an editor's end of the language server. With "bench" also valgrind, and
# in .venv-bench what opencore is measured against; what can't be had is left
# out there. It says what it installs; without the rights to, it says the
# command that would.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=4.3.3
cc=$(go env CC)

missing=()
command -v pkg-config >/dev/null || missing+=(pkg-config)
command -v "${cc%% *}" >/dev/null || missing+=(gcc libc6-dev)
pkg-config --atleast-version=$wanted libzmq 2>/dev/null || missing+=(libzmq3-dev)
if [ "${1-}" = bench ]; then
  command -v valgrind >/dev/null || missing+=(valgrind)
fi
if [ -n "${1-}" ]; then
  command -v jq >/dev/null || missing+=(jq)
  pkg-config --exists msgpack 2>/dev/null || pkg-config --exists msgpack-c 2>/dev/null || missing+=(libmsgpack-dev)
  python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || missing+=(python3 python3-venv)
fi

install() {
  if ! command -v apt-get >/dev/null; then
    echo "opencore needs libzmq $wanted or newer with headers, pkg-config, a C compiler and, for its tests, jq, msgpack-c and Python 3.10 or newer with venv." >&2
    echo "Install them with this system's package manager and run make again." >&2
    exit 1
  fi
  local sudo=
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
      echo "missing: ${missing[*]}. Run this, then make again:" >&2
      echo "  sudo sh -c 'apt-get update && apt-get install -y ${missing[*]}'" >&2
      exit 1
    fi
    sudo=sudo
  fi
  echo "installing ${missing[*]}"
  quietly $sudo apt-get update
  # Debian has given it another name since.
  if ! apt-cache show libmsgpack-dev >/dev/null 2>&1; then
    missing=("${missing[@]/libmsgpack-dev/libmsgpack-c-dev}")
  fi
  quietly $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y "${missing[@]}"
  if ! pkg-config --atleast-version=$wanted libzmq; then
    echo "this system's libzmq is $(pkg-config --modversion libzmq); opencore needs $wanted or newer." >&2
    exit 1
  fi
}

# quietly runs a command and shows what it printed only if it fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
}

# environment makes .venv anew when what is needed has changed. The code of
# clients/python is used where it stands.
environment() {
  local sum
  sum=$(cat clients/python/pyproject.toml tools/deps.sh | sha256sum)
  [ "$(cat .venv/made-for 2>/dev/null)" = "$sum" ] && return
  echo "installing pyzmq, msgspec, pytest, mypy, pygls and clients/python into .venv"
  rm -rf .venv
  quietly python3 -m venv .venv
  quietly .venv/bin/python3 -m pip install --disable-pip-version-check --editable 'clients/python[test]' 'pygls>=2'
  echo "$sum" >.venv/made-for
}

# peers makes .venv-bench. Each is installed on its own, as not all of them are
# to be had everywhere.
peers() {
  local sum
  sum=$(sha256sum <tools/deps.sh)
  [ "$(cat .venv-bench/made-for 2>/dev/null)" = "$sum" ] && return
  echo "installing pyzmq, msgspec, uvloop, DuckDB and dora into .venv-bench"
  rm -rf .venv-bench
  quietly python3 -m venv .venv-bench
  for peer in pyzmq msgspec uvloop duckdb "dora-rs dora-rs-cli"; do
    # shellcheck disable=SC2086
    .venv-bench/bin/python3 -m pip install --quiet --disable-pip-version-check $peer || echo "without $peer"
  done
  echo "$sum" >.venv-bench/made-for
}

[ ${#missing[@]} -eq 0 ] || install
[ -z "${1-}" ] || environment
[ "${1-}" != bench ] || peers
