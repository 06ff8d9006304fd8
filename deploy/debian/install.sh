#!/usr/bin/env bash
# Installs Luotu on Debian, or another version of it over an older one, and asks nothing: as root, in the
# folder of the unpacked bundle. Nothing is fetched from a network. What is there already is kept:
# settings in /etc/luotu/luotu.env, data in /var/lib/luotu, backups in /var/backups/luotu.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
say() { echo "luotu: $*"; }
fail() { say "$*" >&2; exit 1; }

[ "$(id -u)" -eq 0 ] || fail "run this as root / 请以 root 运行"
command -v apt-get >/dev/null || fail "this is no Debian / 本机不是 Debian"
sha256sum --quiet --check SHA256SUMS || fail "the bundle is not whole: copy it again / 安装包不完整，请重新拷贝"

# Only the bundle's own packages are looked at, in a list of our own: the machine's sources stay as they are.
lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
mkdir -p "$lists/state/partial"
echo "deb [trusted=yes] file:$PWD/debs ./" > "$lists/sources.list"
apt=(apt-get -qq -y --no-install-recommends -o Dir::Etc::SourceList="$lists/sources.list"
  -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$lists/state" -o APT::Sandbox::User=root
  -o Dpkg::Options::=--force-confold)
export DEBIAN_FRONTEND=noninteractive
if ! dpkg-query -W -f '${Status}' postgresql-common 2>/dev/null | grep -q 'ok installed'; then
  # Debian's own cluster on port 5432 is none of our business: it is not to be made by our install.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
fi
"${apt[@]}" update
say "Debian packages / 安装系统软件包"
postgis=$(sed -n 's/^Package: \(postgresql-[0-9]*-postgis-3\)$/\1/p' debs/Packages | sort -V | tail -n 1)
"${apt[@]}" install "$postgis" postgis fonts-noto-cjk python3 python3-venv >/dev/null

id luotu >/dev/null 2>&1 ||
  useradd --system --user-group --home-dir /var/lib/luotu --shell /usr/sbin/nologin luotu
install -d -o luotu -g luotu -m 0750 /var/lib/luotu /var/backups/luotu
install -d -m 0755 /opt/luotu /usr/share/doc/luotu
install -d -o root -g luotu -m 0750 /etc/luotu
[ -e /etc/luotu/luotu.env ] || install -o root -g luotu -m 0640 luotu.env /etc/luotu/luotu.env
install -m 0644 RUNBOOK.md README.md LICENSE /usr/share/doc/luotu/

# Each version has a folder of its own; `current` names the one that runs, so that the way back is a link.
version=$(echo luotu-*.whl | cut -d- -f2)
target="/opt/luotu/$version-$(sha256sum luotu-*.whl | cut -c1-8)"
if [ ! -x "$target/bin/luotu" ]; then
  say "Python packages / 安装 Python 软件包"
  rm -rf "$target"
  ./install-wheel.sh /usr/bin/python3 "$target" "$PWD"
fi
as_luotu() { (set -a; . /etc/luotu/luotu.env; cd /var/lib/luotu; exec setpriv --reuid luotu --regid luotu --init-groups "$@"); }
running() { [ -d /run/systemd/system ] && systemctl --quiet is-active luotu; }
if [ -e /opt/luotu/current ] && [ "$(readlink /opt/luotu/current)" != "$target" ]; then
  say "a backup first / 先备份"
  as_luotu env HOME=/var/lib/luotu /opt/luotu/current/bin/luotu backup
fi
if running; then systemctl stop luotu; fi
ln -sfn "$target" /opt/luotu/current.new
mv -T /opt/luotu/current.new /opt/luotu/current
cat > /usr/local/bin/luotu <<'COMMAND'
#!/bin/sh
# The command line, as the user and with the settings of the service.
set -a
. /etc/luotu/luotu.env
set +a
if [ "$(id -u)" -eq 0 ]; then
  exec setpriv --reuid luotu --regid luotu --init-groups env HOME=/var/lib/luotu /opt/luotu/current/bin/luotu "$@"
fi
exec /opt/luotu/current/bin/luotu "$@"
COMMAND
chmod 0755 /usr/local/bin/luotu
install -m 0644 luotu.service "luotu-worker@.service" /etc/systemd/system/ 2>/dev/null ||
  install -D -m 0644 -t /etc/systemd/system luotu.service "luotu-worker@.service"
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl enable --quiet luotu
  systemctl restart luotu
  say "started; the link of the first administrator: journalctl -u luotu | grep link"
else
  say "installed; there is no systemd here: luotu run --no-demo"
fi
say "version $version; settings /etc/luotu/luotu.env; runbook /usr/share/doc/luotu/RUNBOOK.md"
