import { createHash } from "node:crypto";

/** Requests per window in milliseconds. Discord does not publish these; they are what its headers say today. */
const BUCKETS: readonly [RegExp, number, number][] = [
  [/^POST \/channels\/\d+\/messages$/, 5, 5000],
  [/^PATCH \/channels\/\d+\/messages\/\d+$/, 5, 5000],
  [/^(PUT|DELETE) \/channels\/\d+\/messages\/\d+\/reactions\//, 1, 250],
  [/^POST \/channels\/\d+\/typing$/, 5, 5000],
  [/^POST \/channels\/\d+(\/messages\/\d+)?\/threads$/, 50, 300_000],
  [/^POST \/webhooks\//, 5, 2000],
  [/^PATCH \/webhooks\//, 5, 5000],
];
const OTHERS: readonly [number, number] = [50, 1000];
/** All routes but interactions: https://discord.com/developers/docs/topics/rate-limits#global-rate-limit */
const GLOBAL_PER_SECOND = 50;

export interface Limited {
  readonly headers: Record<string, string>;
  /** Set when the request is refused. */
  readonly retryAfterMs: number | null;
  readonly global: boolean;
}

interface Bucket {
  endsAt: number;
  used: number;
}

/** Fixed windows per route and major parameter, and the global one. */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();
  readonly #enforced: boolean;
  #globalUntil = 0;

  constructor(enforced: boolean) {
    this.#enforced = enforced;
  }

  /** Refuses everything but interactions for a while. */
  blockGlobally(ms: number): void {
    this.#globalUntil = Math.max(this.#globalUntil, Date.now() + ms);
  }

  count(method: string, path: string, route: string): Limited {
    const now = Date.now();
    const exempt = route.startsWith("/interactions/") || route.startsWith("/webhooks/");
    if (!exempt && now < this.#globalUntil)
      return { headers: {}, retryAfterMs: this.#globalUntil - now, global: true };
    const [, limit, window] = BUCKETS.find(([pattern]) => pattern.test(`${method} ${path}`)) ?? [
      null,
      ...OTHERS,
    ];
    const major = /^\/(channels|guilds|webhooks|interactions)\/[^/]+(\/[^/]{40,})?/.exec(path)?.[0] ?? "";
    const key = `${method === "GET" ? "" : method} ${route} ${major}`;
    const bucket = this.#window(key, window, now);
    const everything = this.#window("global", 1000, now);
    if (!exempt) everything.used++;
    bucket.used++;
    const refused = this.#enforced && bucket.used > limit;
    if (refused) bucket.used--;
    const resetAfter = (bucket.endsAt - now) / 1000;
    const headers = {
      "X-RateLimit-Limit": String(limit),
      "X-RateLimit-Remaining": String(Math.max(0, limit - bucket.used)),
      "X-RateLimit-Reset": (bucket.endsAt / 1000).toFixed(3),
      "X-RateLimit-Reset-After": resetAfter.toFixed(3),
      "X-RateLimit-Bucket": createHash("md5").update(`${method} ${route}`).digest("hex"),
    };
    if (refused) return { headers, retryAfterMs: bucket.endsAt - now, global: false };
    if (this.#enforced && !exempt && everything.used > GLOBAL_PER_SECOND)
      return { headers, retryAfterMs: everything.endsAt - now, global: true };
    return { headers, retryAfterMs: null, global: false };
  }

  #window(key: string, ms: number, now: number): Bucket {
    const known = this.#buckets.get(key);
    if (known !== undefined && known.endsAt > now) return known;
    const fresh: Bucket = { endsAt: now + ms, used: 0 };
    this.#buckets.set(key, fresh);
    return fresh;
  }
}
