#!/usr/bin/env bash
# bench-jobs.sh [OPTIONS]: what jobs cost, beside the bare database and graphile-worker, in a page and for those who
# watch. The options are those of benches/jobs/jobs.mjs. It fails when a must is missed.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cd "$root"
tools/setup.sh test
tools/build.sh site
choose_rust
export_site_files
cargo build --release --bin inlet --no-default-features --features ssr
cargo bench --bench jobs --no-run --no-default-features --features ssr
limits_target=${INLET_LIMITS_TARGET:-$root/benches/limits/target}
CARGO_TARGET_DIR=$limits_target cargo build --release --quiet --manifest-path benches/limits/Cargo.toml

# What is measured beside is no part of Inlet: it comes into a folder of its own, and goes.
packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
beside=()
if npm install --prefix "$packages" --ignore-scripts --no-audit --no-fund --loglevel=error graphile-worker@0.18.0 pg@8 >&2; then
  beside=(--packages "$packages")
fi
# A database that waits for the disk, as the ones that people use do.
INLET_CHROMIUM=$(find_chromium) INLET_POSTGRES_DURABLE=1 tools/postgres.sh \
  node benches/jobs/jobs.mjs "$INLET_TARGET/release/inlet" "$limits_target/release/limits" "${beside[@]}" "$@"
