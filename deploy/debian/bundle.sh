#!/usr/bin/env bash
# Everything that a Debian machine without a network needs, as one file: Luotu's wheel, the Python packages
# and the Debian packages with all that they depend on. bundle.sh PYTHON, on a Debian of the same release.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=$1
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
arch=$(dpkg --print-architecture)
name="luotu-$release-$arch"
debs=(postgresql-15 postgresql-15-postgis-3 postgis fonts-noto-cjk python3 python3-venv)
[ "$release" = bookworm ] || debs=(postgresql postgresql-postgis postgis fonts-noto-cjk python3 python3-venv)

deploy/wheel.sh "$python"
rm -rf "dist/$name"
mkdir -p "dist/$name/wheels" "dist/$name/debs/partial"
cp dist/luotu-*.whl dist/requirements.txt deploy/install-wheel.sh deploy/debian/install.sh \
  deploy/debian/luotu.env deploy/debian/luotu.service deploy/debian/luotu-worker@.service \
  RUNBOOK.md README.md LICENSE "dist/$name/"
cp deploy/monitoring/* "dist/$name/"
"$python" -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
  -r dist/requirements.txt --dest "dist/$name/wheels"

# As if nothing were installed here: so that a bare machine gets all of it.
bare=$(mktemp -d)
trap 'rm -rf "$bare"' EXIT
: > "$bare/status"
apt-get -qq -y --no-install-recommends --download-only -o Dir::State::status="$bare/status" \
  -o Dir::Cache::archives="$PWD/dist/$name/debs" -o APT::Sandbox::User=root -o Debug::NoLocking=1 \
  install "${debs[@]}" >/dev/null
rmdir "dist/$name/debs/partial"
rm -f "dist/$name/debs/lock"
# The list by which apt finds them: what each package says of itself, its file and its checksum.
(
  cd "dist/$name/debs"
  for deb in *.deb; do
    dpkg-deb --field "$deb"
    echo "Filename: ./$deb"
    echo "Size: $(stat -c %s "$deb")"
    echo "SHA256: $(sha256sum "$deb" | cut -d' ' -f1)"
    echo
  done > Packages
)
(cd "dist/$name" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum > SHA256SUMS)
tar -C dist -cf "dist/$name.tar" "$name"
rm -rf "dist/$name"
ls -lh "dist/$name.tar"
