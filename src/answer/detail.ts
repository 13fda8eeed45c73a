/** How much an answer shows: the short answer, or whole sections. */
export type Detail = "short" | "full";
export const details = ["short", "full"] as const satisfies readonly Detail[];

/** Room that an extract has. */
export interface Room {
  readonly detail: Detail;
  /** Characters of text of each window, the likeliest first. */
  readonly windows: readonly number[];
  /** The windows of a short answer: the passages that they come from decide whether there is an answer at all. */
  readonly weighed: readonly number[];
  /** Characters of the whole text as it is shown, citation marks included. */
  readonly most: number;
}

/**
 * Characters that an extract shows at most. Discord takes 2,000 a message: a short answer with its sources is
 * one or two, a full one at most ten in the worst case of escapes and long addresses (test/discord/render.test.ts).
 */
export const mostShown: Readonly<Record<Detail, number>> = { short: 1_500, full: 5_000 };

/** Windows for one, two or three questions in a message: several answers together are about as long as one. */
const windows: Readonly<Record<Detail, readonly (readonly number[])[]>> = {
  // About 1,000 characters shown (RESULTS.md, extracts).
  short: [[900, 750, 600], [600, 350], [500]],
  full: [
    [2_400, 1_800, 1_200, 900, 700, 500],
    [1_800, 900, 600],
    [1_200, 600],
  ],
};

/** The room of an answer to one of so many questions. */
export function roomFor(detail: Detail, questions = 1): Room {
  const of = (one: Detail) => windows[one][Math.min(questions, windows[one].length) - 1] ?? [];
  return { detail, windows: of(detail), weighed: of("short"), most: mostShown[detail] };
}

/** What is left of a room below a text that is shown first. */
export function roomBelow(room: Room, text: string | undefined): Room {
  return text === undefined ? room : { ...room, most: room.most - shownLength(text) - 2 };
}

/** Characters of a text with its marks; each counts as two digits, since merged answers are numbered on. */
export function shownLength(text: string): number {
  return text.length + (text.match(/\[\d\]/g)?.length ?? 0);
}

/** The member's words where nothing fits: units are shown whole or not at all. */
export const tooLong: Readonly<Record<Detail, string>> = {
  short:
    "What answers this is too long for a short answer. Ask again with the detail “full”, or open these sections:",
  full: "What answers this is too long to be shown here. It stands in these sections:",
};
/** A notice below an answer that shows the rest. */
export const leftOut: Readonly<Record<Detail, string>> = {
  short: "A part of this is too long for a short answer; ask again with the detail “full” to see it.",
  full: "A part of this is too long to be shown here; its source has it.",
};
