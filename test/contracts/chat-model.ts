import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAbort } from "../../src/errors.ts";
import type { ChatModel, Prompt } from "../../src/models/types.ts";

/** A model under test, and how to script it. */
export interface ChatModelHarness {
  readonly model: ChatModel;
  /** What the model writes from now on; a generator may wait between pieces. */
  script(pieces: () => Iterable<string> | AsyncIterable<string>): void;
  /** The prompts that arrived, as the model got them. */
  prompts(): readonly Prompt[];
  close(): Promise<void>;
}

/** What every ChatModel must do; run on the fake and on every real one. */
export function describeChatModel(
  name: string,
  create: () => ChatModelHarness | Promise<ChatModelHarness>,
): void {
  describe(`ChatModel contract: ${name}`, () => {
    let harness: ChatModelHarness;
    const prompt: Prompt = { system: "Cite.", turns: [{ role: "user", content: "What is NCCL?" }] };

    beforeEach(async () => {
      harness = await create();
    });
    afterEach(async () => {
      await harness.close();
    });
    const read = async (stream: AsyncIterable<string>) => {
      const pieces: string[] = [];
      for await (const piece of stream) pieces.push(piece);
      return pieces;
    };

    it("has a name for display", () => {
      expect(harness.model.name).toMatch(/^[\w-]+:.+/);
    });

    it("streams the pieces as they come, without empty ones", async () => {
      harness.script(() => ["NCCL ", "", "is a ", "library."]);
      expect(await read(harness.model.stream(prompt))).toEqual(["NCCL ", "is a ", "library."]);
    });

    it("delivers a piece before the next is written", async () => {
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      harness.script(async function* () {
        yield "first";
        await held;
        yield " second";
      });
      const iterator = harness.model.stream(prompt)[Symbol.asyncIterator]();
      expect((await iterator.next()).value).toBe("first");
      release();
      expect((await iterator.next()).value).toBe(" second");
      expect((await iterator.next()).done).toBe(true);
    });

    it("keeps every character, also of other scripts and code", async () => {
      const pieces = ["日本", "語 🦙", "\n\n```sh\nnvidia-smi\n```\n", "  \u00a0end\n"];
      harness.script(() => pieces);
      expect((await read(harness.model.stream(prompt))).join("")).toBe(pieces.join(""));
    });

    it("passes the system text and the turns on, in order, untouched", async () => {
      harness.script(() => ["ok"]);
      const long: Prompt = {
        system: "Answer from {passages} only.\n“Quote” them.",
        turns: [
          { role: "user", content: "First?" },
          { role: "assistant", content: "Yes [1]." },
          { role: "user", content: "And {second}?" },
        ],
      };
      await read(harness.model.stream(long));
      expect(harness.prompts()).toEqual([long]);
    });

    it("starts nothing for a signal that has fired", async () => {
      harness.script(() => ["never"]);
      await expect(read(harness.model.stream(prompt, { signal: AbortSignal.abort() }))).rejects.toSatisfy(
        isAbort,
      );
    });

    it("ends at once when the signal fires while the model is silent", async () => {
      harness.script(async function* () {
        yield "one";
        await new Promise((resolve) => setTimeout(resolve, 5_000).unref());
        yield "two";
      });
      const controller = new AbortController();
      const pieces: string[] = [];
      let aborted = 0;
      const reading = (async () => {
        for await (const piece of harness.model.stream(prompt, { signal: controller.signal })) {
          pieces.push(piece);
          setTimeout(() => {
            aborted = performance.now();
            controller.abort();
          }, 30);
        }
      })();
      await expect(reading).rejects.toSatisfy(isAbort);
      expect(performance.now() - aborted).toBeLessThan(500);
      expect(pieces).toEqual(["one"]);
    });

    it("may be left early and used again, and by several at once", async () => {
      harness.script(() => ["a", "b", "c"]);
      for await (const piece of harness.model.stream(prompt)) {
        expect(piece).toBe("a");
        break;
      }
      const both = await Promise.all([
        read(harness.model.stream(prompt)),
        read(harness.model.stream(prompt)),
      ]);
      expect(both).toEqual([
        ["a", "b", "c"],
        ["a", "b", "c"],
      ]);
    });
  });
}
