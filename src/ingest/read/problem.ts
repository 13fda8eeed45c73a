/** Why a document, or a line of it, cannot be read. The reader of the folder adds the file. */
export class Problem extends Error {
  override readonly name = "Problem";
  /** Line of the file, from 1. */
  readonly line: number;

  constructor(line: number, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.line = line;
  }
}
