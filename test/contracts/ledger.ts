import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Answer, Turn } from "../../src/knowledge/types.ts";
import { bounds, type Ledger, type NewAnswer } from "../../src/ledger/types.ts";

export interface LedgerContract {
  /** Opens the ledger of this test, with its clock; opened again it is the same ledger. */
  open(options: { conversationMinutes: number; now: () => number }): Promise<Ledger>;
  /** Whether what was written is there when it is opened again. */
  readonly durable: boolean;
  /** Throws away what `open` made. */
  reset?(): Promise<void>;
}

const answer: Answer = {
  status: "answered",
  text: "NVLink joins GPUs — “fast”. 🧵 [1]",
  claims: [{ text: "NVLink joins GPUs.", citations: [1] }],
  citations: [
    {
      n: 1,
      document: "a.md",
      title: "NVLink",
      heading: [],
      lines: [1, 2],
      url: null,
      quote: "NVLink joins GPUs.",
    },
  ],
  nearest: [],
  mode: "extractive",
  generation: "g1",
  latencyMs: 12,
  notices: [],
  dropped: 0,
};

const asked: NewAnswer = {
  conversation: "channel:ada",
  asker: "ada",
  question: "What is NVLink?",
  history: [],
  label: "answered",
  answer,
  latencyMs: 40,
};

const exchange = (n: number): Turn[] => [
  { role: "user", content: `question ${n}` },
  { role: "assistant", content: `answer ${n}` },
];

/** What every Ledger must do; run on the fake and on every real one. */
export function describeLedger(name: string, contract: LedgerContract): void {
  describe(`Ledger contract: ${name}`, () => {
    let ledger: Ledger;
    let time: number;
    const open = () => contract.open({ conversationMinutes: 10, now: () => time });

    beforeEach(async () => {
      time = 1_000_000;
      ledger = await open();
    });
    afterEach(async () => {
      await ledger.close();
      await contract.reset?.();
    });

    it("keeps the turns of conversations apart and in order", async () => {
      expect(await ledger.conversation("a")).toEqual([]);
      await ledger.remember("a", exchange(1));
      await ledger.remember("b", exchange(2));
      await ledger.remember("a", exchange(3));
      expect(await ledger.conversation("a")).toEqual([...exchange(1), ...exchange(3)]);
      expect(await ledger.conversation("b")).toEqual(exchange(2));
    });

    it("forgets a conversation some minutes after its last turn, not after its first", async () => {
      await ledger.remember("a", exchange(1));
      time += 9 * 60_000;
      await ledger.remember("a", exchange(2));
      time += 9 * 60_000;
      expect(await ledger.conversation("a")).toHaveLength(4);
      time += 60_000;
      expect(await ledger.conversation("a")).toEqual([]);
      await ledger.remember("a", exchange(3));
      expect(await ledger.conversation("a")).toEqual(exchange(3));
    });

    it("goes on from given turns", async () => {
      await ledger.remember("a", exchange(1));
      await ledger.remember("a", exchange(2));
      await ledger.remember("a", exchange(3), exchange(1));
      expect(await ledger.conversation("a")).toEqual([...exchange(1), ...exchange(3)]);
    });

    it("bounds the turns in count and length, keeps the newest, and begins with a question", async () => {
      for (let n = 0; n < 20; n++) await ledger.remember("a", exchange(n));
      const turns = await ledger.conversation("a");
      expect(turns).toHaveLength(bounds.turns);
      expect(turns.at(-1)?.content).toBe("answer 19");
      await ledger.remember("a", [{ role: "user", content: "alone" }]);
      expect((await ledger.conversation("a"))[0]?.role).toBe("user");
      await ledger.remember("b", [{ role: "user", content: `${"x".repeat(bounds.turnLength - 1)}🧵🧵` }]);
      const [long] = await ledger.conversation("b");
      expect(long?.content).toBe("x".repeat(bounds.turnLength - 1));
    });

    it("keeps whole answers under ids that differ and cannot be guessed", async () => {
      const id = await ledger.record(asked);
      const other = await ledger.record({ ...asked, label: "failed", answer: null });
      expect(id).not.toBe(other);
      expect(id.length).toBeGreaterThanOrEqual(22);
      expect(await ledger.answer(id)).toEqual({ ...asked, id, at: time });
      expect((await ledger.answer(other))?.answer).toBeNull();
      expect(await ledger.answer("unknown")).toBeUndefined();
    });

    it("keeps what became of each block that a model wrote", async () => {
      const verdicts: Answer["verdicts"] = [
        { outcome: "kept", text: "NVLink joins GPUs [1].", reason: null, detail: null, support: 1 },
        { outcome: "dropped", text: "It costs 9 €.", reason: "no_citation", detail: "why", support: null },
      ];
      const id = await ledger.record({ ...asked, answer: { ...answer, mode: "generative", verdicts } });
      expect((await ledger.answer(id))?.answer?.verdicts).toEqual(verdicts);
      const quoted = await ledger.record(asked);
      expect((await ledger.answer(quoted))?.answer?.verdicts).toBeUndefined();
    });

    it("finds the answer that a message shows", async () => {
      const id = await ledger.record({ ...asked, history: exchange(1) });
      await ledger.link("100", id);
      await ledger.link("101", id);
      expect(await ledger.linked("101")).toEqual({ ...asked, history: exchange(1), id, at: time });
      const next = await ledger.record(asked);
      await ledger.link("100", next);
      expect((await ledger.linked("100"))?.id).toBe(next);
      expect(await ledger.linked("999")).toBeUndefined();
      await expect(ledger.link("102", "unknown")).rejects.toThrow();
    });

    it("keeps settings, and lets a key be claimed once", async () => {
      expect(await ledger.setting("k")).toBeUndefined();
      await ledger.set("k", "1");
      await ledger.set("k", "2");
      expect(await ledger.setting("k")).toBe("2");
      expect(await ledger.claim("k", "3")).toBe(false);
      const claims = await Promise.all([ledger.claim("hint", "a"), ledger.claim("hint", "b")]);
      expect(claims.filter(Boolean)).toHaveLength(1);
    });

    it.runIf(contract.durable)("is the same after it was closed and opened", async () => {
      const id = await ledger.record(asked);
      await ledger.link("100", id);
      await ledger.remember("a", exchange(1));
      await ledger.set("k", "v");
      await ledger.close();
      ledger = await open();
      expect((await ledger.linked("100"))?.answer).toEqual(answer);
      expect(await ledger.conversation("a")).toEqual(exchange(1));
      expect(await ledger.setting("k")).toBe("v");
    });
  });
}
