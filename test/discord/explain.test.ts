import { PermissionFlagsBits } from "discord-api-types/v10";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answer } from "../../src/answer/answer.ts";
import type { Answer } from "../../src/knowledge/types.ts";
import { answered } from "../fakes/answer-service.ts";
import { fakeChatModel } from "../fakes/chat-model.ts";
import { handbook, type SmallIndex, smallIndex } from "../fakes/small-index.ts";
import type { Interaction } from "../servers/discord/interaction.ts";
import { fromBot, startRoom } from "./set-up.ts";

let small: SmallIndex;
beforeAll(async () => {
  small = await smallIndex(handbook);
});
afterAll(() => small.remove());

/** A room whose service is the true pipeline over a small index, with a model that writes a text. */
async function aRoom(written?: string) {
  const room = await startRoom();
  const maintainer = room.discord.addMember("maintainer", { permissions: ["ManageGuild"] });
  const chatModel = written === undefined ? undefined : fakeChatModel(() => written);
  const tools = { index: small.index, embedder: undefined, chatModel, target: {} };
  room.service.script(({ question, ...options }) => answer(question, tools, options));
  return {
    ...room,
    maintainer,
    explain: (question: string) => room.discord.slash(maintainer, room.general, "explain", { question }),
  };
}

/** What a maintainer reads in the attached file. */
async function fileOf({ reply }: Interaction): Promise<string> {
  const [file] = reply?.attachments ?? [];
  expect(file?.filename).toBe("explain.txt");
  return await (await fetch(file?.url ?? "")).text();
}

describe("/explain", () => {
  it("shows a maintainer alone the terms, candidates with both scores and the gate", async () => {
    const { discord, ledger, explain, general, logged } = await aRoom();
    const asked = await (await explain("how much memry does the H100 SXM have?")).settled();
    expect(asked.ephemeral).toBe(true);
    expect(fromBot(discord, general)).toEqual([]);
    const content = asked.reply?.content ?? "";
    expect(content).toMatch(/^> how much memry/);
    expect(content).toContain("answered, extractive");
    expect(content).toContain("Corrected: memry → memory");
    expect(content).toMatch(/Gate: answer at log-odds -?\d/);
    expect(content).toMatch(/First candidate: gpus\/h100\.md › .*words [\d.]+, meaning/);
    const file = await fileOf(asked);
    expect(file).toContain("Searched for: how much memry does the H100 SXM have?");
    expect(file).toMatch(/^memory +memry +\d/m);
    expect(file).toMatch(/^ *section +words +meaning +asked +fused +relevance/m);
    expect(file).toMatch(/^coverage +[\d.]+/m);
    await logged(/was explained/);
    expect(ledger.records).toEqual([]);
  });

  it("shows what verification made of each block that the model wrote", async () => {
    const { explain } = await aRoom(
      "The H100 SXM has 80 GB of HBM3 memory [1]. The H100 SXM has 999 GB of HBM3 memory [1].",
    );
    const asked = await (await explain("how much memory does the H100 SXM have?")).settled();
    expect(asked.reply?.content).toMatch(/Blocks that the model wrote: 1 kept, 1 dropped \(\w+\)/);
    const file = await fileOf(asked);
    expect(file).toMatch(/verdict +support +why/);
    expect(file).toMatch(/dropped +[\d.]+ .*999 GB/);
  });

  it("keeps verdicts from members: /ask shows none of what was dropped, and the ledger has it", async () => {
    const { ledger, ask, ada, done } = await aRoom(
      "The H100 SXM has 80 GB of HBM3 memory [1]. The H100 SXM has 999 GB of HBM3 memory [1].",
    );
    const asked = await (await ask(ada, "how much memory does the H100 SXM have?")).settled();
    await done(1);
    expect(asked.edits.map(({ message }) => message.content).join()).not.toContain("999");
    expect(ledger.records?.[0]?.answer?.verdicts).toMatchObject([
      { outcome: "kept" },
      { outcome: "dropped", text: expect.stringContaining("999 GB") },
    ]);
  });

  it("explains each of several questions, and a question that was refused", async () => {
    const { explain } = await aRoom();
    const two = await (await explain("what is lustre and how much memory does the H100 SXM have?")).settled();
    expect(two.reply?.content.match(/- Gate: /g)).toHaveLength(2);
    expect((await fileOf(two)).match(/Searched for: /g)).toHaveLength(2);
    const refused = await (await explain("memory of the H999")).settled();
    expect(refused.reply?.content).toContain("no\\_evidence");
    expect(refused.reply?.content).toContain("Names that no document writes: H999");
  });

  it("without a search has nothing to attach", async () => {
    const { explain } = await aRoom();
    const asked = await (await explain("hello")).settled();
    expect(asked.reply?.content).toContain("declined (greeting)");
    expect(asked.reply?.attachments).toEqual([]);
  });

  it("is not offered to members, and refused to one whom the server's settings let through", async () => {
    const { discord, service, ada, general } = await aRoom();
    const ask = () => discord.slash(ada, general, "explain", { question: "what is lustre" });
    await expect(ask()).rejects.toThrow(/lacks the permissions/);
    const registered = discord.registeredCommands().find(({ name }) => name === "explain");
    expect(registered?.default_member_permissions).toBe(String(PermissionFlagsBits.ManageGuild));
    // An administrator has handed the command to everybody.
    Object.assign(registered ?? {}, { default_member_permissions: null });
    const asked = await (await ask()).settled();
    expect(asked.ephemeral).toBe(true);
    expect(asked.reply?.content).toBe(
      "Only members who may manage this server can look at how an answer comes about.",
    );
    expect(service.asked).toEqual([]);
    await expect(
      discord.slash(ada, discord.dmChannel(ada), "explain", { question: "what is lustre" }),
    ).rejects.toThrow(/not offered/);
  });

  it("that fails tells the maintainer one kind sentence, and the log the reason", async () => {
    const { service, explain, logged } = await aRoom();
    service.script(() => {
      throw new Error("SQLITE_CORRUPT");
    });
    const asked = await (await explain("what is lustre")).settled();
    expect(asked.reply?.content).toMatch(/^Something went wrong on my side/);
    await logged(/A question failed/);
  });

  it("keeps to Discord's limits however much there is to explain", async () => {
    const { service, explain } = await aRoom();
    const made: Answer = answered("Yes [1].", {
      verdicts: Array.from({ length: 400 }, () => ({
        outcome: "dropped" as const,
        text: "*_`".repeat(100),
        reason: "unsupported" as const,
        detail: "the passage does not say this",
        support: 0.25,
      })),
    });
    service.script(({ onTrace }) => {
      for (let n = 0; n < 3; n++) onTrace?.(hugeTrace);
      return made;
    });
    const asked = await (await explain("*".repeat(2_000))).settled();
    expect(asked.reply?.content.length).toBeLessThanOrEqual(2_000);
    expect(asked.followups.every(({ ephemeral }) => ephemeral)).toBe(true);
    expect(await fileOf(asked)).toContain("400");
  });
});

const hugeTrace = {
  rewriting: undefined,
  asked: "*".repeat(2_000),
  terms: Array.from({ length: 32 }, (_, n) => ({
    term: `*term*${n}`,
    typed: `typed${n}`,
    weight: 1,
    passages: 3,
    alternatives: ["a", "b"],
  })),
  unknownNames: Array.from({ length: 40 }, (_, n) => `name${n}`),
  candidates: Array.from({ length: 8 }, () => ({
    document: "a/b.md",
    heading: ["*".repeat(300)],
    lexical: 1,
    vector: 0.5,
    asked: 0.5,
    fused: 0.5,
    relevance: 0.1,
  })),
  evidence: {
    coverage: 1,
    strength: 1,
    similarity: undefined,
    asked: undefined,
    missing: 0,
    unknownShare: 0,
    length: 1,
    unknownNames: [],
  },
  confidence: 1,
  band: "answer" as const,
  holdsWhatIsAsked: false,
};
