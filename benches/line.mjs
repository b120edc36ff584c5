// The line of a figure, as the measurements print it.

let shorts = 0;

/** Prints one figure; `met` says by its ratio to the denominator, or by itself, whether it is enough. */
export function line(name, value, denominator, must, met) {
  const number = (it) => (typeof it === 'number' ? String(Math.round(it * 1000) / 1000) : it);
  const ratio = typeof denominator === 'number' && denominator ? value / denominator : value;
  const ok = met(ratio);
  if (!ok) shorts += 1;
  console.log([name, number(value), number(denominator ?? '-'), number(ratio), must, ok ? 'ok' : 'SHORT'].join(' · '));
}

/** The line of a figure that could not be measured, and why. */
export function notMeasured(name, why) {
  console.log([name, why, 'not measured'].join(' · '));
}

/** Says how many were short, and fails when there are any. */
export function judge() {
  if (!shorts) return;
  console.error(`${shorts} SHORT`);
  process.exitCode = 1;
}

export const median = (list) => quantile(list, 0.5);

/** The value that such a share of them does not exceed. */
export function quantile(list, share) {
  const sorted = [...list].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
