import { isAbort, OperatorError } from "../errors.ts";

/**
 * Runs an entry point. A fault that an operator can mend is one sentence on standard error and its exit
 * code; anything else is a defect of ours and shows its stack.
 */
export async function runMain(main: () => Promise<number | undefined>): Promise<void> {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (error instanceof OperatorError) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = error.exitCode;
    } else if (isAbort(error)) {
      process.stderr.write("Stopped.\n");
      process.exitCode = 130;
    } else {
      process.stderr.write(
        `Rackmate met a defect; please report it.\n${(error as Error).stack ?? String(error)}\n`,
      );
      process.exitCode = 70;
    }
  }
}
