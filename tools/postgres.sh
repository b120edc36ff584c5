#!/usr/bin/env bash
# postgres.sh COMMAND...: runs a command with a PostgreSQL of its own, in INLET_TEST_POSTGRES_URL.
#
# The cluster lives in a temporary folder, is reached by a socket there and by nothing else, and is
# gone afterwards. It does not wait for the disk: a crash may lose it, and that is all right. With
# INLET_POSTGRES_DURABLE=1 it does, and has the memory of one that is used: for measuring.
set -euo pipefail
source "$(dirname "$0")/env.sh"

bin=$(find_postgres) || fail "there are no PostgreSQL programs. Run: tools/setup.sh test"
folder=$(mktemp -d /tmp/inlet-postgres.XXXXXX)
as_owner=()
if [ "$(id -u)" = 0 ]; then
  # PostgreSQL refuses to run as root.
  owner=postgres
  id "$owner" >/dev/null 2>&1 || owner=nobody
  chown "$owner" "$folder"
  as_owner=(runuser -u "$owner" --)
fi

durability="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
if [ -n "${INLET_POSTGRES_DURABLE:-}" ]; then durability="-c shared_buffers=1GB -c max_wal_size=4GB"; fi

stop() {
  (cd / && "${as_owner[@]}" "$bin/pg_ctl" --pgdata "$folder/data" --mode immediate --wait stop >/dev/null 2>&1) || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

(
  # The owner may not be able to read the folder that we are in.
  cd /
  "${as_owner[@]}" "$bin/initdb" --pgdata "$folder/data" --username inlet --auth trust --encoding UTF8 \
    --locale C --no-sync >"$folder.log" 2>&1 \
  && "${as_owner[@]}" "$bin/pg_ctl" --pgdata "$folder/data" --log "$folder/log" --wait --timeout 60 \
    --options "-k $folder -c listen_addresses='' $durability -c max_connections=200" \
    start >>"$folder.log" 2>&1
) || { cat "$folder.log" "$folder/log" >&2 2>/dev/null; rm -f "$folder.log"; fail "PostgreSQL did not start; its own words stand above."; }
rm -f "$folder.log"

export INLET_TEST_POSTGRES_URL="postgres://inlet@localhost/postgres?host=$folder"
"$@"
