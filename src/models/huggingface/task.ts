import type { Profile } from "./profile.ts";

/** What a worker thread is started with. */
export interface Setting {
  /** The file from which `require` finds transformers.js. */
  readonly requireFrom: string;
  /** A folder's absolute path, or a name on the hub. */
  readonly model: string;
  readonly local: boolean;
  /** Where downloaded models are kept. */
  readonly cache: string;
  /** Address of the hub, or of a mirror; transformers.js's own when absent. */
  readonly endpoint?: string | undefined;
  readonly dtype: string;
  readonly subfolder: string;
  /** Threads of one computation. */
  readonly threads: number;
}

/** `fetch-config` brings a named model's config.json into the cache. */
export type Task =
  | { readonly kind: "fetch-config" }
  | {
      readonly kind: "embed";
      readonly texts: readonly string[];
      readonly profile: Pick<Profile, "pooling" | "tokens" | "dimensions">;
    };

/** Where it went wrong: errors lose their class between threads, so a fault is a value. */
export type Stage = "package" | "config" | "tokenizer" | "weights" | "compute" | "dimensions";

export type Outcome =
  | { readonly vectors: number[][] }
  | {
      readonly stage: Stage;
      readonly reason: string;
      /** HTTP status of the hub, when it answered with a refusal. */
      readonly status?: number;
    };
