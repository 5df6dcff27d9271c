# shellcheck shell=bash
# What the city needs from the machine: found, installed where we may, named exactly where we may not.

say() { printf '%s\n' "$*" >&2; }

need_sdk() {
  if command -v dotnet >/dev/null && dotnet --list-sdks | grep -q '^10\.'; then
    return
  fi
  say "The .NET 10 SDK is missing. Install it and run this again:"
  say "  Ubuntu 24.04:  apt-get install -y dotnet-sdk-10.0"
  say "  Debian 12:     curl -fsSLO https://packages.microsoft.com/config/debian/12/packages-microsoft-prod.deb"
  say "                 dpkg -i packages-microsoft-prod.deb && apt-get update && apt-get install -y dotnet-sdk-10.0"
  say "  elsewhere:     https://dotnet.microsoft.com/download/dotnet/10.0"
  exit 1
}

has_postgres() {
  [ -n "${DAARION_POSTGRES-}" ] && return
  local bin
  for bin in /usr/lib/postgresql/*/bin/postgres; do
    [ -x "$bin" ] && [ "$(basename "$(dirname "$(dirname "$bin")")")" -ge 15 ] 2>/dev/null && return
  done
  command -v initdb >/dev/null && postgres --version 2>/dev/null | grep -q '^postgres (PostgreSQL) 1[5-9]'
}

has_nats() { [ -n "${DAARION_NATS-}" ] || command -v nats-server >/dev/null || [ -x /usr/sbin/nats-server ]; }

has_chromium() { command -v chromium >/dev/null || command -v google-chrome >/dev/null; }

need_servers() {
  local missing=()
  has_postgres || missing+=(postgresql)
  has_nats || missing+=(nats-server)
  install_packages "${missing[@]}"
}

# need_tools postgresql nats-server chromium …: what the tests of a kind need.
need_tools() {
  local missing=() tool
  for tool in "$@"; do
    case $tool in
      chromium) has_chromium || missing+=(chromium) ;;
      npx) command -v npx >/dev/null || missing+=(nodejs npm) ;;
      *) command -v "$tool" >/dev/null || missing+=("$tool") ;;
    esac
  done
  install_packages "${missing[@]}"
}

install_packages() {
  [ $# -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    else
      say "Missing: $*. Install it and run this again:  sudo apt-get install -y $*"
      exit 1
    fi
  fi
  if ! command -v apt-get >/dev/null; then
    say "Missing: $*. Install it with this machine's package manager and run this again."
    exit 1
  fi
  say "Installing $*"
  without_starting_servers "${as_root[@]}" apt-get update -qq
  without_starting_servers "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# The packages' own servers would start beside the city's: no default PostgreSQL cluster is made, no service is started.
without_starting_servers() {
  local policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.conf as_root=() made=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    made+=("$policy")
  fi
  if [ ! -e "$cluster" ]; then
    "${as_root[@]}" mkdir -p "$(dirname "$cluster")"
    echo 'create_main_cluster = false' | "${as_root[@]}" tee "$cluster" >/dev/null
    made+=("$cluster")
  fi
  local result=0
  "$@" || result=$?
  [ ${#made[@]} -eq 0 ] || "${as_root[@]}" rm -f "${made[@]}"
  return "$result"
}
