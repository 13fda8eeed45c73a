import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { ConfigError } from "../../src/errors.ts";
import type { LiveEvaluation } from "../../src/evaluate/live.ts";
import { type LivePlan, sampleQuestions } from "../../src/evaluate/live-plan.ts";
import type { EvalQuestion } from "../../src/evaluate/questions.ts";
import { chatPrice, parseChatPrice } from "../../src/models/chat-prices.ts";
import type { ChatBody } from "../servers/openai/index.ts";
import { type LiveRun, runLive } from "./live/run.ts";

/** A run whose server is closed, which throws when anything broke OpenAI's description. */
async function run(...parameters: Parameters<typeof runLive>): Promise<LiveRun> {
  const made = await runLive(...parameters);
  await made.openai.close();
  return made;
}

describe("npm run eval -- --live", () => {
  it("asks the model within its plan and reports how it did beside the usual measures", async () => {
    const { code, stdout, stderr, openai } = await run(["--json"]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining("12 answerable and 4 unanswerable questions of 16"),
    ]);
    const { live, plan, keyless, answerable, unanswerable, unsupported, differences } = JSON.parse(
      stdout,
    ) as LiveEvaluation & { plan: LivePlan };
    const calls = openai.requests.length;
    expect(calls).toBeGreaterThanOrEqual(plan.expected.calls);
    expect(calls).toBeLessThanOrEqual(plan.most.calls);
    expect([plan.expected.cost, plan.most.cost]).toEqual([0, 0]);
    const read = openai.requests.reduce(
      (sum, { body }) =>
        sum + (body as ChatBody).messages.reduce((all, { content }) => all + content.length, 0),
      0,
    );
    expect(read / 4).toBeLessThanOrEqual(plan.most.inputTokens);
    expect([live.unsupported, unsupported]).toEqual([0, 0]);
    expect(live.asked).toBeGreaterThanOrEqual(10);
    expect(live.generative.value).toBeGreaterThan(0.5);
    // Chatter without citations is quoted around.
    expect(live.fellBack.value).toBeGreaterThan(0);
    expect(live.generative.value + live.fellBack.value + live.noEvidence.value).toBeCloseTo(1);
    // The server plants faults: each is repaired or dropped, none shown.
    expect(live.blocks.repaired.value).toBeGreaterThan(0);
    expect(live.blocks.dropped.value).toBeGreaterThan(0);
    expect(live.firstSentenceMs.n).toBe(Math.round(live.generative.value * live.asked));
    expect(live.firstSentenceMs.p50).toBeGreaterThan(0);
    // Every third rewording of the server breaks the form.
    expect(live.rewriting).toMatchObject({
      used: 2,
      malformed: expect.any(Number),
      sure: expect.any(Number),
    });
    expect(answerable.all?.n).toBe(12);
    expect(unanswerable.all?.value).toBe(1);
    expect(keyless.answerable.lay?.falseRefusals.value).toBe(1);
    // Both lay questions are found by rewording; the answer to the second is chatter, and what the gate refused
    // for the question itself is not quoted in its place.
    expect(answerable.lay?.both.value).toBe(0.5);
    expect(differences.find(({ measure }) => measure === "answered")).toMatchObject({ gained: 1, lost: 0 });
  });

  it("prints tables, asks no more than --max questions and prices them as told", async () => {
    const { code, stdout, stderr, openai } = await run(["--max", "3", "--price", "1,2", "--yes"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/2 answerable and 1 unanswerable questions of 16.*\n[\s\S]*at most.*0\.0\d+/);
    expect(stdout).toMatch(/answers in the model's words/);
    expect(stdout).toMatch(/against the keyless answers/);
    expect(openai.requests.length).toBeLessThanOrEqual(9);
  });

  it("sends nothing that may cost money without --yes", async () => {
    const { code, stdout, stderr, openai } = await run([], { OPENAI_API_KEY: "sk-test" });
    expect([code, stdout, openai.requests]).toEqual([1, "", []]);
    expect(stderr).toMatch(/give --price[\s\S]*may cost money.*add --yes/);
  });

  it("ends early, with the reason, when the model fails again and again", async () => {
    const { code, stdout, stderr, openai } = await run([], { QUESTION_REWRITE: "false" }, (server) =>
      server.fault("chat", { kind: "status", status: 404, message: "no such model" }, 99),
    );
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/failed 3 times in a row, so the evaluation ends here: .*CHAT_MODEL/);
    expect(openai.requests).toHaveLength(3);
  });

  it.each([
    [["--max", "0"], {}, /Usage: npm run eval/],
    [[], { CHAT_MODEL: "none" }, /--live needs a chat model: set CHAT_MODEL/],
    [["--price", "cheap"], {}, /--price cheap is not usable/],
  ])("refuses %j with %j in one line", async (parameters, env, reason) => {
    const { code, stderr, openai } = await run(parameters, env);
    expect([code, openai.requests]).toEqual([1, []]);
    expect(stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(reason)]);
  });
});

describe("sampleQuestions", () => {
  const some = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `${prefix}${index}`, question: "?" }) as EvalQuestion);

  it("keeps to its maximum, asks both sorts and chooses the same each time", () => {
    const size = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 50 }), (answerable, unanswerable, most) => {
        const sets = [some("a", answerable), some("u", unanswerable)] as const;
        const made = sampleQuestions(...sets, most);
        const count = made.answerable.length + made.unanswerable.length;
        expect(count).toBe(Math.min(most, answerable + unanswerable));
        if (most > 1 && answerable > 0) expect(made.answerable.length).toBeGreaterThan(0);
        if (most > 1 && unanswerable > 0) expect(made.unanswerable.length).toBeGreaterThan(0);
        expect(sampleQuestions([...sets[0]].reverse(), [...sets[1]].reverse(), most).answerable.length).toBe(
          made.answerable.length,
        );
      }),
    );
    const ids = (questions: readonly EvalQuestion[]) => questions.map(({ id }) => id).sort();
    const [forward, backward] = [some("a", 30), some("a", 30).reverse()];
    expect(ids(sampleQuestions(forward, [], 7).answerable)).toEqual(
      ids(sampleQuestions(backward, [], 7).answerable),
    );
  });
});

describe("chatPrice", () => {
  it.each([
    [{ OPENAI_API_KEY: "sk-test" }, { input: 0.15, output: 0.6 }],
    [
      { CHAT_MODEL: "mine", OPENAI_BASE_URL: "http://localhost:8000/v1" },
      { input: 0, output: 0 },
    ],
    [
      { CHAT_MODEL: "mine", OPENAI_BASE_URL: "http://192.168.1.7:8000/v1" },
      { input: 0, output: 0 },
    ],
    [{ CHAT_MODEL: "ollama:llama3" }, { input: 0, output: 0 }],
    // A key, a public address and an unknown model may each cost money.
    [{ CHAT_MODEL: "mine", OPENAI_BASE_URL: "http://localhost:8000/v1", OPENAI_API_KEY: "k" }, undefined],
    [{ CHAT_MODEL: "gpt-4o-mini", OPENAI_BASE_URL: "https://llm.example.org/v1" }, undefined],
    [{ CHAT_MODEL: "gpt-99", OPENAI_API_KEY: "k" }, undefined],
    [{ CHAT_MODEL: "anthropic:claude" }, undefined],
  ])("of %j is %j", (raw, price) => {
    expect(chatPrice(parseConfig(raw))).toEqual(price);
  });

  it("reads what the operator says", () => {
    expect(parseChatPrice("0.15,2")).toEqual({ input: 0.15, output: 2 });
    for (const wrong of ["1", "1,", "-1,2", "a,b", "1,2,3"])
      expect(() => parseChatPrice(wrong)).toThrow(ConfigError);
  });
});
