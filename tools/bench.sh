#!/usr/bin/env bash
# bench.sh: what an import costs beside a bare insert of the same rows, and the size of the page.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cd "$root"
tools/setup.sh
tools/build.sh
choose_rust
cargo bench --no-default-features --features ssr
node tools/sizes.mjs "$server_binary"
