#!/usr/bin/env bash
# Renews the locked requirements from the .in files; needs `uv`. Arguments go to `uv pip compile`, such as
# --upgrade, or --upgrade-package NAME. The locks hold for every Python from 3.11 on and name no package index.
set -euo pipefail
cd "$(dirname "$0")/../requirements"

lock() {
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header "$@"
}

lock dev.in --output-file dev.txt "$@"
# What runs in production is what was tested.
lock base.in --constraints dev.txt --output-file base.txt
lock node.in --output-file node.txt "$@"
