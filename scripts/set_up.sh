#!/usr/bin/env bash
# Makes what a working copy needs and git does not hold: the environment and the built web assets.
# `make` calls one step at a time and remembers each by a stamp file; see the Makefile.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv

fail() {
  printf 'set-up: %s\n' "$@" >&2
  exit 1
}

is_new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
  local candidate
  for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if is_new_enough "$candidate"; then
      printf '%s' "$candidate"
      return
    fi
  done
  fail "Statlas needs Python 3.11 or newer; ${PYTHON:-python3} is older or missing." \
    "Name one with: make PYTHON=/path/to/python3.12 ..."
}

make_venv() {
  local python
  # The copy's own environment is kept unless its Python is gone or too old.
  is_new_enough "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1 && return
  python=$(find_python)
  "$python" -m venv --clear "$venv" ||
    fail "$python cannot make a virtual environment." "On Debian and Ubuntu: apt-get install python3-venv"
}

# Errors alone are printed. Byte-compiling everything would double the time; Python compiles what it uses at first import.
install_locked() {
  "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-compile --require-hashes -r "$1"
}

environment() {
  echo "set-up: the Python environment in $venv"
  make_venv
  install_locked requirements/dev.txt
  "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-build-isolation --no-deps --editable .
}

# The Sass compiler loads ES modules with require(), which Node has from 20.19 on.
has_node() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)'
}

ensure_node() {
  has_node && return
  export PATH="$PWD/$venv/bin:$PATH"
  has_node && return
  echo "set-up: Node.js from PyPI, as there is none of version 20.19 or newer"
  install_locked requirements/node.txt
  has_node || fail "Node.js from PyPI does not run here; install Node 20.19 or newer and try again."
}

packages() {
  ensure_node
  echo "set-up: the web pages' packages in node_modules"
  npm ci --silent --no-progress
}

assets() {
  ensure_node
  echo "set-up: the web pages' assets"
  node scripts/build_assets.mjs
}

case "${1:-}" in
  environment | packages | assets) "$1" ;;
  *) fail "usage: scripts/set_up.sh environment|packages|assets" ;;
esac
