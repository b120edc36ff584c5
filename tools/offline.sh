#!/usr/bin/env bash
# offline.sh BINARY: the server needs no network and no file beside it. Runs a copy of it, in a folder
# of its own, where there is only a loopback interface, and fetches the page with everything it links.
set -euo pipefail
source "$(dirname "$0")/env.sh"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$1" "$folder/inlet"

# Root may make a network of its own; others may where the system lets them be root of one.
for way in "unshare --net" "unshare --net --map-root-user"; do
  if $way ip link set lo up 2>/dev/null; then
    cd "$folder"
    $way bash -c 'ip link set lo up && [ -z "$(ip route)" ] && node "$1" "$2"' - "$root/tools/offline.mjs" "$folder/inlet"
    exit
  fi
done
fail "this machine lets nobody make a network namespace, so this was not tested. Run it as root, with iproute2 installed."
