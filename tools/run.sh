#!/usr/bin/env bash
# run.sh [FLAGS...]: installs what is missing, builds what changed, and serves. The flags go to the server.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cd "$root"
tools/setup.sh
tools/build.sh
exec "$server_binary" "$@"
