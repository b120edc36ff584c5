#!/usr/bin/env bash
# Builds the browser half, the site's files and the server half that carries them.
#
#   build.sh          everything that changed since the last time
#   build.sh site     the site's files only
#
# These are the plain commands behind what cargo-leptos does, which would take longer to build than Inlet.
set -euo pipefail
source "$(dirname "$0")/env.sh"

# The same as in [package.metadata.leptos]; tests/build_chain.rs compares them.
output_name=inlet
site_root=target/site
site_pkg_dir=pkg
style_file=style/main.css
assets_dir=public
bin_features=ssr
lib_features=hydrate
lib_profile_release=wasm-release
# What comes with the pages that most visits never open.
later_style_file=style/later.css

cd "$root"
choose_rust || fail "there is no Rust that builds for the browser. Run: tools/setup.sh"
[ -x node_modules/.bin/tailwindcss ] || fail "the npm packages are missing. Run: tools/setup.sh"
pkg=$site_root/$site_pkg_dir
mkdir -p "$pkg"

build_script() {
  local module=$INLET_FRONT_TARGET/$wasm_target/$lib_profile_release/$output_name.wasm work stamp
  say "the browser half"
  # The parts that come later are cut out of the module by its relocations.
  # The folders of this machine stand for nothing in a browser, and would be sent to each.
  CARGO_TARGET_DIR=$INLET_FRONT_TARGET cargo rustc --config "target.$wasm_target.rustflags=['--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src/=']" \
    --lib --no-default-features --features "$lib_features" \
    --target "$wasm_target" --profile "$lib_profile_release" -- -C link-arg=--emit-relocs
  stamp=$( (cat "$module" Cargo.lock package-lock.json tools/build.sh tools/{shrink,pack}.mjs tools/bindgen/src/*) | cksum)
  if [ "$stamp" = "$(cat "$INLET_FRONT_TARGET/bound.stamp" 2>/dev/null)" ] && [ -f "$pkg/$output_name.js" ]; then return 0; fi
  work=$(mktemp -d)
  CARGO_TARGET_DIR=$INLET_FRONT_TARGET cargo run --quiet --package bindgen -- "$module" "$work" "$output_name"
  rm -f "$pkg"/later_*
  node tools/shrink.mjs "$work" 2>"$work/log" || { tail -20 "$work/log" >&2; fail "the browser half could not be shrunk."; }
  node tools/pack.mjs "$work"
  mv "$work"/*.wasm "$work"/*.pack "$work/$output_name.js" "$pkg"
  rm -rf "$work"
  echo "$stamp" > "$INLET_FRONT_TARGET/bound.stamp"
}

# build_stylesheet FILE NAME: one file of the site.
build_stylesheet() {
  local work
  work=$(mktemp -d)
  node_modules/.bin/tailwindcss --input "$1" --output "$work/style.css" --minify 2>"$work/log" \
    || { cat "$work/log" >&2; fail "Tailwind could not build $1."; }
  replace "$work/style.css" "$pkg/$2"
  rm -rf "$work"
}

build_style() {
  say "the style"
  build_stylesheet "$style_file" "$output_name.css"
  build_stylesheet "$later_style_file" "$(basename "$later_style_file")"
}

# Copies the assets as they are, and removes those that are no longer there. The loader, which every page of others
# fetches, goes without its remarks and indents.
copy_assets() {
  local file plain
  plain=$(mktemp)
  sed -E '/^ *(\/\/.*|\/\*.*\*\/)$/d; s/^ +//' "$assets_dir/embed.js" > "$plain"
  (cd "$site_root" && find . -type f ! -path "./$site_pkg_dir/*" ! -name "*.br" ! -name "*.gz") | while read -r file; do
    if [ ! -f "$assets_dir/$file" ]; then rm "$site_root/$file"; fi
  done
  (cd "$assets_dir" && find . -type f) | while read -r file; do
    mkdir -p "$site_root/$(dirname "$file")"
    if [ "$file" = ./embed.js ]; then replace "$plain" "$site_root/$file"; else replace "$assets_dir/$file" "$site_root/$file"; fi
  done
  rm "$plain"
}

# replace NEW OLD: leaves a file alone that would not change, so that nothing is built anew for it.
replace() { if ! cmp -s "$1" "$2"; then cp "$1" "$2"; fi; }

build_server() {
  say "the server half"
  export_site_files
  cargo build --bin inlet --no-default-features --features "$bin_features"
}

build_script
build_style
copy_assets
node tools/compress.mjs "$site_root"
if [ "${1:-}" != site ]; then build_server; fi
