/** A share or mean with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** Resamples of the bootstrap; more change the third digit only. */
const resamples = 2_000;

/**
 * Share of true values with the 95 % percentile bootstrap interval (B. Efron, 1979). Where all values are
 * equal a resample cannot differ, and the Wilson score interval (E. B. Wilson, 1927) tells what is still possible.
 */
export function proportion(values: readonly boolean[]): Estimate {
  const n = values.length;
  if (n === 0) return { value: 0, low: 0, high: 0, n };
  const numbers = values.map(Number);
  return new Set(values).size === 1 ? wilson(mean(numbers), n) : bootstrap(numbers);
}

/** Mean of the values with its bootstrap interval; the resamples are the same on every run. */
export function bootstrap(values: readonly number[]): Estimate {
  const n = values.length;
  if (n === 0) return { value: 0, low: 0, high: 0, n };
  const random = generator(n);
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let draw = 0; draw < n; draw++) sum += values[Math.floor(random() * n)] ?? 0;
    return sum / n;
  });
  return { value: mean(values), low: quantile(means, 0.025), high: quantile(means, 0.975), n };
}

/** The q-th quantile of the values, 0 when there are none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function wilson(p: number, n: number): Estimate {
  const z = 1.96;
  const centre = (p + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const spread = (z / (1 + z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  return { value: p, low: Math.max(0, centre - spread), high: Math.min(1, centre + spread), n };
}

/** Mulberry32 (T. Ettinger, 2017): a seeded generator of numbers from 0 to 1, so that a figure can be printed again. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
