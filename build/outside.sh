# shellcheck shell=bash
# A PostgreSQL and a NATS that are not the city's own, for the tests of a city with outside servers.

# with_outside_servers COMMAND…
with_outside_servers() {
  # shellcheck source=build/checks.sh
  . "$root/build/checks.sh"
  local data bin port result=0 children=()
  local as_user=()
  data=$(mktemp -d)
  bin=$(find /usr/lib/postgresql/*/bin -name initdb -exec dirname {} \; | sort -V | tail -1)
  if [ "$(id -u)" -eq 0 ]; then
    as_user=(setpriv --reuid=postgres --regid=postgres --init-groups --)
    chown postgres "$data"
  fi
  (cd / && "${as_user[@]}" "$bin/initdb" -D "$data/pg" -U outside --auth=trust --no-sync --locale=C.UTF-8 -E UTF8) >/dev/null
  (cd / && exec "${as_user[@]}" "$bin/postgres" -D "$data/pg" -c listen_addresses= -c "unix_socket_directories=$data" -c max_connections=200 -c fsync=off) >"$data/pg.log" 2>&1 &
  children+=($!)
  port=$(free_port)
  PATH=$PATH:/usr/sbin nats-server -a 127.0.0.1 -p "$port" -js -sd "$data/js" >/dev/null 2>&1 &
  children+=($!)
  until [ -S "$data/.s.PGSQL.5432" ] && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    sleep 0.1
  done
  DAARION_TEST_POSTGRES="Host=$data;Username=outside;Database=postgres" DAARION_TEST_NATS=nats://127.0.0.1:$port "$@" || result=$?
  kill -INT "${children[@]}" 2>/dev/null || true
  wait "${children[@]}" || true
  rm -rf "$data"
  return "$result"
}
