/** How the blocks of one generated answer fared: what a member does not see. */
export interface Writing {
  /** Blocks that the model wrote. */
  readonly written: number;
  /** Blocks of them that were shown after the repair call had rewritten them. */
  readonly repaired: number;
  /** Blocks that no passage supports, not even rewritten. */
  readonly dropped: number;
  /** `generative`; `no_evidence`: by the model's word, or nothing verified and nothing to quote; `extractive`: fell back. */
  readonly outcome: "generative" | "extractive" | "no_evidence";
  /** What the model failed with, for the operator. */
  readonly fault?: string;
}
