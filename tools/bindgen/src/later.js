const got = {};

/** Does something once; what failed may be tried again. */
function once(name, act) {
    got[name] ??= act().catch((error) => {
        delete got[name];
        throw error;
    });
    return got[name];
}

/** A file of the parts, which begins to come at once. */
function file(name) {
    const answer = fetch(new URL(`./PREFIX${name}`, import.meta.url));
    answer.catch(() => {});
    return answer;
}

/** Makes the chunks of a pack that are not made yet: each is its number, its length and its bytes. */
async function unpack(answer) {
    if (!answer.ok) throw new Error(`${answer.url} was answered with ${answer.status}`);
    const bytes = await answer.arrayBuffer();
    const numbers = new DataView(bytes);
    const made = [];
    for (let at = 0; at < bytes.byteLength; ) {
        const length = numbers.getUint32(at + 4, true);
        const chunk = new Uint8Array(bytes, at + 8, length);
        made.push(once(numbers.getUint32(at, true), async () => WebAssembly.instantiate(chunk, getSharedImports())));
        at += 8 + length;
    }
    await Promise.all(made);
}

/** Loads a part: its pack, then its own module. */
const part = (name) => wrapAsyncCb(() => once(name, async () => {
    const own = file(`${name}.wasm`);
    await unpack(await file(`${name}.pack`));
    await WebAssembly.instantiateStreaming(own, getSharedImports());
}));
