// shrink.mjs FOLDER: makes the WebAssembly modules in FOLDER as small as they get, in place and one after the other:
// a process for each of the many small ones would take minutes.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import binaryen from 'binaryen';

// What rustc uses by default; a module is refused by name when it uses more.
const { BulkMemory, BulkMemoryOpt, CallIndirectOverlong, Multivalue, MutableGlobals, NontrappingFPToInt, ReferenceTypes, SignExt } =
  binaryen.Features;
const features =
  BulkMemory | BulkMemoryOpt | CallIndirectOverlong | Multivalue | MutableGlobals | NontrappingFPToInt | ReferenceTypes | SignExt;

// As `wasm-opt -Oz` has it.
binaryen.setOptimizeLevel(2);
binaryen.setShrinkLevel(2);

// What the framework keeps for each type of view and this site never calls: its pages are taken over in one go
// (`hydrate_body`), never piece by piece as lazy routes are. The compiler cannot know, for the calls go through tables.
const neverCalled = /^<T as tachys::view::any_view::IntoAny>::into_any::hydrate_async\b/;

function drop(module) {
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const found = module.getFunctionByIndex(index);
    const { name, module: imported } = binaryen.getFunctionInfo(found);
    if (!imported && neverCalled.test(name)) binaryen.Function(found).body = module.unreachable();
  }
}

const folder = process.argv[2];
for (const name of readdirSync(folder).filter((name) => name.endsWith('.wasm'))) {
  const file = join(folder, name);
  const module = binaryen.readBinary(readFileSync(file));
  module.setFeatures(features);
  drop(module);
  module.optimize();
  module.runPasses(['merge-similar-functions']);
  module.optimize();
  // Who made it is of no use to a browser, and every chunk says it.
  module.runPasses(['strip-producers', 'strip-target-features']);
  if (!module.validate()) throw new Error(`${name} is not valid after it was shrunk`);
  writeFileSync(file, module.emitBinary());
  module.dispose();
}
