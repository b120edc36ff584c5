#!/usr/bin/env bash
# bench-grid.sh [OPTIONS]: what the grid costs in a browser, beside an idle page and a bare canvas. The options are
# those of benches/grid/grid.mjs; --ten looks at ten million rows as well. It fails when a must is missed.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cd "$root"
tools/setup.sh test
tools/build.sh site
choose_rust
export_site_files
cargo build --release --bin inlet --no-default-features --features ssr
INLET_CHROMIUM=$(find_chromium) node benches/grid/grid.mjs "$INLET_TARGET/release/inlet" "$@"
