#!/usr/bin/env bash
# Installs Luotu into an environment of its own: install-wheel.sh PYTHON FOLDER DIST
# DIST holds luotu-….whl and requirements.txt; where it holds wheels/ nothing is asked of the network.
set -euo pipefail
python=$1 folder=$2 dist=$3
options=(--quiet --disable-pip-version-check --no-input)
if [ -d "$dist/wheels" ]; then options+=(--no-index --find-links "$dist/wheels"); fi
"$python" -m venv "$folder"
"$folder/bin/pip" install "${options[@]}" --require-hashes -r "$dist/requirements.txt"
"$folder/bin/pip" install "${options[@]}" --no-deps "$dist"/luotu-*.whl
# Read once now, so that the first start does not compile it as a user who may not write here.
"$folder/bin/python" -m compileall -q "$folder/lib" || true
