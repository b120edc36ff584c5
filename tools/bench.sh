#!/usr/bin/env bash
# bench.sh [OPTIONS]: what a million records cost, beside the limits of the machine, and the size of the page.
# The options are those of benches/million/main.rs; --ten and --postgres measure more. It fails when a must is missed.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cd "$root"
tools/setup.sh
tools/build.sh
choose_rust
export_site_files
run=()
# A database that waits for the disk, as the ones that people use do.
if [[ " $* " == *" --postgres "* ]]; then run=(env INLET_POSTGRES_DURABLE=1 tools/postgres.sh); fi
outcome=0
"${run[@]}" cargo bench --bench million --no-default-features --features ssr -- "$@" || outcome=$?
node tools/sizes.mjs "$server_binary"
exit "$outcome"
