import type { Pace, Replier } from "./chat.ts";
import type { Fault, FaultName, Route } from "./faults.ts";

export interface OpenAIOptions {
  /** The only key that is let in; null for a server that asks for none (vLLM, Ollama). */
  readonly key?: string | null;
  readonly models?: readonly string[];
  /** Length of the vectors when a request does not say. */
  readonly dimensions?: number;
  /** Milliseconds before each embeddings reply. */
  readonly latencyMs?: number;
}

export interface LoggedRequest {
  readonly route: Route | "unknown";
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
  /** Embeddings: the inputs. */
  readonly texts: readonly string[];
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
  endedAt?: number;
  status?: number;
  fault?: Fault;
}

export interface OpenAIServer {
  /** Base URL, ending in `/v1`. */
  readonly url: string;
  readonly key: string | null;
  readonly requests: readonly LoggedRequest[];
  /** Every text for which a vector was delivered, in order; a text twice in here was paid for twice. */
  readonly embeddedTexts: readonly string[];
  /** Most requests that were open at the same time. */
  readonly peakConcurrency: number;
  /** What broke OpenAI's description, or was asked without a script. */
  readonly violations: string[];
  /** Scripts the chat replies from now on. */
  reply(replier: Replier, pace?: Pace): void;
  /** Programs a fault for the next `times` requests of a route; several wait in a queue. */
  fault(route: Route, fault: Fault | FaultName, times?: number): void;
  /** Forgets the log, the faults and the script. Violations stay. */
  reset(): void;
  /** Ends all connections. Throws when there were violations. */
  close(): Promise<void>;
}
