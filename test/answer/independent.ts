import { readFileSync } from "node:fs";
import type { ClaimBlock } from "../../src/answer/blocks.ts";
import { verifyBlock } from "../../src/answer/verify.ts";
import { prepareSources } from "../../src/answer/verify-sources.ts";
import type { Hit } from "../../src/retrieve/retrieve.ts";
import { type MutationKind, mutationsOf, picker, sentencesOf } from "./mutate.ts";

/** A true claim in a stranger's words; an even last digit of the id means that its failures may be looked at. */
export interface IndependentClaim {
  readonly id: string;
  readonly claim: string;
  /** The passage that says it, the next, and one from far away. */
  readonly hits: readonly Hit[];
}

/** The half of a set that rules may be mended on, and the half that is only counted. */
export type Half = "open" | "held back";

export interface Judgement {
  readonly id: string;
  readonly half: Half;
  readonly kind: MutationKind | "true claim";
  readonly text: string;
  readonly verdict: string;
  readonly detail: string;
  readonly hit: Hit;
}

const claimsFile = "test/eval/verifier-paraphrases.jsonl";
/** One corpus sentence in this many is mutated too. */
const everySentence = 61;
/** Rounds over the claims, each with other picks. */
const rounds = 2;

/** The claims with their passages; throws where the corpus no longer holds one. */
export function independentClaims(all: readonly Hit[]): IndependentClaim[] {
  const lines = readFileSync(claimsFile, "utf8").trim().split("\n");
  return lines.map((line) => {
    const { id, claim, document, from } = JSON.parse(line) as Record<string, string>;
    const index = all.findIndex(
      ({ passage, document: { id: of } }) => of === document && passage.text.includes(from ?? ""),
    );
    const hits = [0, 1, 41].flatMap((step) => all[(index + step) % all.length] ?? []);
    if (index < 0 || !id || !claim) throw new Error(`${document} does not hold (${id}): ${from}`);
    return { id, claim, hits };
  });
}

/** Verdicts on the true claims, each against its own passage alone. */
export function judgeTrue(claims: readonly IndependentClaim[]): Judgement[] {
  return claims.flatMap(({ id, claim, hits: [hit] }) =>
    hit ? [judgement(id, "true claim", claim, [1], [hit])] : [],
  );
}

/** Verdicts on mutations of the claims. */
export function judgeMutatedClaims(claims: readonly IndependentClaim[]): Judgement[] {
  const pick = picker(11);
  return Array.from({ length: rounds }, () => claims)
    .flat()
    .flatMap(({ id, claim, hits }) => {
      const [hit] = hits;
      const made = hit ? mutationsOf({ text: claim, hit, hits }, pick) : [];
      return made.map(({ kind, text, cited }) => judgement(id, kind, text, cited, hits));
    });
}

/** Verdicts on mutations of every 61st sentence of the corpus. */
export function judgeMutatedSentences(all: readonly Hit[]): Judgement[] {
  const pick = picker(13);
  return sentencesOf(all)
    .filter((_, index) => index % everySentence === 0)
    .flatMap((sentence, index) =>
      mutationsOf(sentence, pick).map(({ kind, text, cited, hits }) =>
        judgement(`cs-${index}`, kind, text, cited, hits),
      ),
    );
}

function judgement(
  id: string,
  kind: Judgement["kind"],
  text: string,
  cited: readonly number[],
  hits: readonly Hit[],
): Judgement {
  const block: ClaimBlock = { kind: "sentence", text, cited, group: 0 };
  const made = verifyBlock(block, prepareSources(hits));
  const detail = made.verdict === "supported" ? "" : made.detail;
  const half = Number(id.at(-1)) % 2 === 0 ? "open" : "held back";
  const [hit] = hits as readonly [Hit];
  return { id, half, kind, text, verdict: made.verdict, detail, hit };
}
