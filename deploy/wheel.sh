#!/usr/bin/env bash
# Builds dist/luotu-….whl, and dist/requirements.txt: what it runs on, every file with its hash.
# wheel.sh PYTHON, in a checkout whose browser parts are built.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/venv"
# uv comes out of the lock file, with its hash, by the pip that every venv has.
awk '/^[^ ]/ {on = /^uv==/} on' requirements.lock > "$work/uv.txt"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$work/uv.txt"
uv=("$work/venv/bin/uv" --quiet)
export VIRTUAL_ENV="$work/venv"
"${uv[@]}" pip install --constraint requirements.lock hatchling
mkdir -p dist
rm -f dist/luotu-*.whl
"$work/venv/bin/python" -m hatchling build -t wheel
"${uv[@]}" pip compile --universal --generate-hashes --no-header --no-annotate --all-extras \
  --constraint requirements.lock pyproject.toml -o dist/requirements.txt
