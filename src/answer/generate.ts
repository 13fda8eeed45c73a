import type { Turn } from "../knowledge/types.ts";
import type { ChatModel } from "../models/types.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import type { CitationTarget } from "./cite.ts";
import type { Composed } from "./extract.ts";

export interface GenerateInput {
  readonly question: string;
  readonly history: readonly Turn[];
  readonly hits: readonly Hit[];
  readonly fallback: Composed;
}
export interface GenerateTools {
  readonly chatModel: ChatModel;
  readonly target: CitationTarget;
  readonly signal?: AbortSignal;
  readonly onText?: (text: string) => void;
}
export type Generated =
  | (Composed & { readonly outcome: "answered"; readonly incomplete?: boolean; readonly notices: string[]; readonly dropped: number; readonly mode: "extractive" | "generative" })
  | { readonly outcome: "no_evidence" };
export async function generate(input: GenerateInput, _tools: GenerateTools): Promise<Generated> {
  return { ...input.fallback, outcome: "answered", notices: [], dropped: 0, mode: "extractive" };
}
