#!/usr/bin/env bash
# cache.sh: prints the folder of the builds for these dependencies and this compiler, made when missing.
#
# A new one starts as the latest of the same compiler: Cargo builds what differs. Others are removed,
# so that the cache stays as large as one build.
set -euo pipefail
source "$(dirname "$0")/env.sh"

# Where the links to the compiler go while it is not known yet where builds go.
INLET_TARGET=$(mktemp -d)
trap 'rm -rf "$INLET_TARGET"' EXIT
choose_rust || fail "there is no Rust that builds for the browser. Run: tools/setup.sh"

cache=${INLET_CACHE:-$HOME/.cache/inlet}
compiler=$(rustc --version --verbose | cksum | cut -d ' ' -f 1)
folder=$cache/build-$compiler-$(cksum < "$root/Cargo.lock" | cut -d ' ' -f 1)
mkdir -p "$cache"
if [ ! -d "$folder" ]; then
  latest=$(ls -td "$cache/build-$compiler"-* 2>/dev/null | head -n 1 || true)
  # What piles up over many changes of the dependencies is thrown away some day.
  if [ -n "$latest" ] && [ "$(du -sm "$latest" | cut -f 1)" -lt 12000 ]; then mv "$latest" "$folder"; fi
fi
mkdir -p "$folder"
touch "$folder"
find "$cache" -mindepth 1 -maxdepth 1 -name 'build-*' ! -path "$folder" -exec rm -rf {} +
echo "$folder"
