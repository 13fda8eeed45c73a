import { describe, expect, it } from "vitest";
import type { Answer } from "../../src/knowledge/types.ts";
import { answered } from "../fakes/answer-service.ts";
import { fromBot, gate, pause, startRoom } from "./set-up.ts";

const source1 = "-# \\[1\\] [Source 1 › Section](<https://example.org/source-1>)";

describe("/ask", () => {
  it("is acknowledged at once, then streamed by edits at least a second apart, then final with sources", async () => {
    const { discord, service, ledger, ask, ada, general, done } = await startRoom();
    service.script(async ({ onText }) => {
      for (let n = 1; n <= 12; n++) {
        onText?.(`Sentence ${n} of twelve [1].`);
        await pause(200);
      }
      return answered("All twelve sentences [1].");
    });
    const asked = await ask(ada, "How many sentences?");
    await asked.settled((self) => self.reply?.content.includes("All twelve") ?? false, 10_000);

    expect(asked.acknowledgedAfterMs).toBeLessThan(1_500);
    const states = asked.edits.slice(1);
    expect(states.length).toBeGreaterThanOrEqual(3);
    expect(states.length).toBeLessThanOrEqual(5);
    for (const [index, { at }] of states.entries()) {
      const before = states[index - 1];
      if (before) expect(at - before.at).toBeGreaterThanOrEqual(990);
    }
    expect(states[0]?.message.content).toContain("Sentence 1 of twelve \\[1\\].");
    expect(states[0]?.message.content).toContain("Still writing");
    expect(asked.reply?.content).toBe(
      `> How many sentences?\n\nAll twelve sentences [[1]](<https://example.org/source-1>).\n\n${source1}`,
    );
    expect(asked.ephemeral).toBe(false);
    await done(1);
    expect(ledger.records?.[0]).toMatchObject({
      label: "answered",
      asker: ada.id,
      question: "How many sentences?",
    });
    expect(await ledger.linked(asked.reply?.id ?? "")).toMatchObject({ label: "answered" });
    expect(fromBot(discord, general)).toHaveLength(1);
  });

  it("is acknowledged before anything else is done, however slow the rest is", async () => {
    const { ledger, service, ask, ada } = await startRoom();
    const order: string[] = [];
    const conversation = ledger.conversation;
    let acknowledged: () => boolean = () => false;
    ledger.conversation = async (key) => {
      order.push(acknowledged() ? "ledger after acknowledgement" : "ledger first");
      return conversation(key);
    };
    service.script(() => {
      order.push(acknowledged() ? "service after acknowledgement" : "service first");
      return answered("Yes [1].");
    });
    const asked = await ask(ada, "Ready?");
    acknowledged = () => asked.acknowledgedAt !== null;
    await asked.settled();
    expect(order).toEqual(["ledger after acknowledgement", "service after acknowledgement"]);
  });

  it("with private shows question and answer to nobody else, also when it takes several messages", async () => {
    const { discord, service, ask, ada, general, done } = await startRoom();
    service.script(() => answered(`${"Private words. ".repeat(300)}[1]`));
    const asked = await ask(ada, "A secret?", { private: true });
    await asked.settled();
    await done(1);
    expect(asked.ephemeral).toBe(true);
    expect(asked.followups.length).toBeGreaterThanOrEqual(2);
    expect(asked.followups.every((message) => message.ephemeral)).toBe(true);
    expect(asked.reply?.content).not.toContain("A secret?");
    expect(discord.messages(general)).toEqual([]);
  });

  it("asks for as much as its detail says", async () => {
    const { discord, service, ask, ada, general } = await startRoom();
    await (await ask(ada, "Short?")).settled();
    for (const detail of ["short", "full"]) {
      await (await discord.slash(ada, general, "ask", { question: "More?", detail })).settled();
    }
    expect(service.asked.map(({ detail }) => detail)).toEqual([undefined, "short", "full"]);
    await expect(discord.slash(ada, general, "ask", { question: "x", detail: "long" })).rejects.toThrow(
      /not one of the choices/,
    );
  });

  it("with STREAM=false is edited once", async () => {
    const { service, ask, ada } = await startRoom({ config: { STREAM: "false" } });
    service.script(async ({ onText }) => {
      for (const text of ["One.", "One. Two."]) {
        onText?.(text);
        await pause(100);
      }
      return answered("One. Two. Three [1].");
    });
    const asked = await (await ask(ada, "Count?")).settled();
    await pause(300);
    expect(asked.edits.map(({ message }) => message.content)).toEqual([
      "",
      expect.stringContaining("One. Two. Three"),
    ]);
  });

  it("shows the closest sections when nothing answers, and labels it so", async () => {
    const { service, ledger, ask, ada, done } = await startRoom();
    const near = {
      document: "storage/lustre.md",
      title: "Lustre",
      heading: ["Striping"],
      lines: [10, 20] as const,
      url: null,
    };
    const nothing: Answer = {
      ...answered("My sources do not answer this directly. These sections are closest:", {
        mode: "extractive",
      }),
      status: "no_evidence",
      nearest: [near],
      claims: [],
    };
    service.script(() => nothing);
    const asked = await (await ask(ada, "Who invented striping?")).settled();
    expect(asked.reply?.content).toContain("- Lustre › Striping (storage/lustre.md, lines 10–20)");
    await done(1);
    expect(ledger.records?.[0]?.label).toBe("closest");
  });

  it("that fails tells the member one kind sentence and nothing of the inside", async () => {
    const { service, ledger, ask, ada, done, lines } = await startRoom();
    service.script(() => {
      throw new Error("SQLITE_CORRUPT at /srv/data/generations/7");
    });
    const asked = await (await ask(ada, "What is NVLink?")).settled();
    expect(asked.reply?.content).toMatch(/^Something went wrong on my side/);
    expect(asked.reply?.content).not.toMatch(/SQLITE|srv/);
    await done(1);
    expect(ledger.records?.[0]).toMatchObject({ label: "failed", answer: null });
    expect(JSON.stringify(lines)).toContain("SQLITE_CORRUPT");
    const late = new DOMException("too late", "TimeoutError");
    service.script(() => Promise.reject(late));
    const second = await (await ask(ada, "And NVSwitch?")).settled();
    expect(second.reply?.content).toMatch(/^This took me too long/);
  });

  it("is answered even when what arrives meanwhile cannot be shown", async () => {
    const { service, ask, ada } = await startRoom();
    service.script(({ onText }) => {
      onText?.(undefined as unknown as string);
      return answered("All is well [1].");
    });
    const asked = await (await ask(ada, "Well?")).settled();
    expect(asked.reply?.content).toContain("All is well");
  });

  it("is answered even when the ledger fails", async () => {
    const { ledger, ask, ada, logged } = await startRoom();
    ledger.conversation = () => Promise.reject(new Error("disk full"));
    const asked = await (await ask(ada, "Still there?")).settled();
    expect(asked.reply?.content).toContain("Echo: Still there?");
    await logged(/ledger failed/);
  });
});

describe("messages", () => {
  it("that mention the bot are answered by a reply without a ping, after a sign of typing", async () => {
    const { discord, service, ada, general, done } = await startRoom();
    service.script(async ({ question }) => {
      await pause(300);
      return answered(`Echo: ${question} [1]`);
    });
    const message = await discord.say(ada, general, "@bot what is NVLink?");
    const reply = await discord.nextMessage(general);
    expect(service.asked[0]?.question).toBe("what is NVLink?");
    expect(reply.content).toBe(`Echo: what is NVLink? [[1]](<https://example.org/source-1>)\n\n${source1}`);
    expect(reply.current.message_reference?.message_id).toBe(message.id);
    expect(reply.pings).toEqual({ everyone: false, users: [], roles: [] });
    expect(discord.typing.length).toBeGreaterThanOrEqual(1);
    const typed = discord.requestsTo("POST /channels/*/typing")[0]?.at ?? Number.POSITIVE_INFINITY;
    expect(typed).toBeLessThan(discord.requestsTo("POST /channels/*/messages")[0]?.at ?? 0);
    await done(1);
  });

  it("stream into the reply, and long answers follow in the channel", async () => {
    const { discord, service, ada, general, done } = await startRoom();
    service.script(async ({ onText }) => {
      onText?.("The first sentence.");
      await pause(200);
      return answered(`The first sentence. ${"More of it follows here. ".repeat(150)}[1]`);
    });
    await discord.say(ada, general, "@bot tell me everything");
    await done(1);
    const messages = fromBot(discord, general);
    expect(messages.length).toBeGreaterThanOrEqual(2);
    expect(messages[0]?.history[0]?.message.content).toContain("Still writing");
    expect(messages[0]?.content).not.toContain("Still writing");
    const whole = messages.map(({ content }) => content).join(" ");
    expect(whole.match(/More of it follows here\./g)).toHaveLength(150);
  });

  it("that turned out shorter than they were streamed leave no message behind", async () => {
    const { discord, service, ada, general, done } = await startRoom();
    service.script(async ({ onText }) => {
      onText?.("A sentence that is dropped later. ".repeat(90));
      await discord.until(() => fromBot(discord, general).length === 2);
      return answered("Short after all [1].");
    });
    await discord.say(ada, general, "@bot tell me everything");
    await done(1);
    expect(fromBot(discord, general).map(({ content }) => content)).toEqual([
      `Short after all [[1]](<https://example.org/source-1>).\n\n${source1}`,
    ]);
  });

  it("in a direct conversation need no mention", async () => {
    const { discord, service, ada } = await startRoom();
    await discord.dm(ada, "what is RDMA?");
    const reply = await discord.nextMessage(discord.dmChannel(ada));
    expect(reply.content).toContain("Echo: what is RDMA?");
    expect(service.asked).toHaveLength(1);
  });

  it("of bots, without a mention, edited, or mentioning everyone are left alone", async () => {
    const { discord, service, ada, grace, general } = await startRoom();
    await discord.say(ada, general, "what is NVLink?");
    await discord.say(ada, general, "@everyone what is NVLink?");
    await discord.say(ada, general, "@grace what is NVLink?");
    const edited = await discord.say(grace, general, "just talking");
    await discord.edit(edited, "@bot what is NVLink?");
    const robot = discord.addMember("robot");
    Object.assign(robot.user, { bot: true });
    await discord.say(robot, general, "@bot what is NVLink?");
    await discord.quiet(300);
    expect(service.asked).toEqual([]);
    expect(fromBot(discord, general)).toEqual([]);
  });

  it("that mention the bot and ask nothing get a short help", async () => {
    const { discord, service, ada, general } = await startRoom();
    await discord.say(ada, general, "@bot");
    expect((await discord.nextMessage(general)).content).toMatch(/^Ask me a question/);
    await discord.say(ada, general, "  @bot   ");
    expect((await discord.nextMessage(general)).content).toMatch(/^Ask me a question/);
    expect(service.asked).toEqual([]);
  });

  it("pass on no ids of members, roles and channels", async () => {
    const { discord, service, ada, grace, general, done } = await startRoom();
    await discord.say(ada, general, `@bot did @grace mean <#${general.id}> or <:gpu:12345678901234567>?`);
    await done(1);
    expect(service.asked[0]?.question).toBe("did @member mean #channel or gpu?");
    expect(service.asked[0]?.question).not.toContain(grace.id);
  });
});

describe("nobody is pinged", () => {
  it("whatever stands in the question or the answer", async () => {
    const { discord, service, ask, ada, grace, general, done } = await startRoom({
      discord: { botPermissions: ["ViewChannel", "SendMessages", "ReadMessageHistory", "MentionEveryone"] },
    });
    const text = `@everyone and @here, <@${grace.id}> and <@&${discord.guild.id}> ask: \`@everyone\` [1]`;
    for (const mode of ["generative", "extractive"] as const) {
      service.script(({ onText }) => {
        onText?.(text);
        return answered(text, { mode });
      });
      await (await ask(ada, `@everyone <@${grace.id}> what is this?`)).settled();
      await discord.say(ada, general, "@bot what is @everyone?");
    }
    await done(4);
    expect(discord.pings.length).toBeGreaterThanOrEqual(4);
    for (const ping of discord.pings) {
      expect(ping).toMatchObject({ everyone: false, users: [], roles: [] });
      // Neither would it ping if the setting were forgotten.
      expect(ping.message.content).not.toMatch(/@(everyone|here)|<@[!&]?\d/);
    }
    const sent = discord.requests.filter(
      ({ body }) => (body as { content?: unknown } | undefined)?.content !== undefined,
    );
    expect(sent.length).toBeGreaterThanOrEqual(4);
    for (const { body } of sent)
      expect(body).toMatchObject({ allowed_mentions: { parse: [], replied_user: false } });
  });
});

describe("long answers", () => {
  it("of 10,000 characters arrive whole in several messages, code fences and links intact", async () => {
    const { discord, service, ask, ada, general, done } = await startRoom();
    const code = Array.from({ length: 120 }, (_, n) => `echo "line ${n} of the script"`);
    const prose = Array.from(
      { length: 130 },
      (_, n) => `Sentence number ${n} says something about storage [${(n % 3) + 1}].`,
    );
    const text = `${prose.slice(0, 65).join(" ")}\n\n\`\`\`bash\n${code.join("\n")}\n\`\`\`\n\n${prose.slice(65).join(" ")}`;
    expect(text.length).toBeGreaterThan(10_000);
    service.script(() => answered(text));
    const asked = await ask(ada, "Everything, please.");
    await done(1);
    const messages = [asked.reply, ...asked.followups].map((message) => message?.content ?? "");
    expect(messages.length).toBeGreaterThanOrEqual(6);
    for (const content of messages) {
      expect(content.length).toBeLessThanOrEqual(2_000);
      expect((content.match(/```/g) ?? []).length % 2).toBe(0);
    }
    const whole = messages.join("\n");
    for (const line of code) expect(whole).toContain(line);
    for (let n = 0; n < 130; n++)
      expect(whole.replace(/\s+/g, " ")).toContain(`Sentence number ${n} says something about storage`);
    expect(whole).toContain("```bash\n");
    expect(whole).toContain("Source 3 › Section");
    expect(fromBot(discord, general)).toHaveLength(messages.length);
  });
});

describe("what is delivered twice", () => {
  it("is answered once, in whatever form it was asked", async () => {
    const { discord, service, ask, ada, general, done } = await startRoom();
    const open = gate();
    service.script(async ({ question }) => {
      await open.opened;
      return answered(`Echo: ${question} [1]`);
    });
    const asked = await ask(ada, "Once?");
    await discord.redeliver(asked);
    const message = await discord.say(ada, general, "@bot once?");
    await discord.redeliver(message);
    await discord.until(() => service.asked.length >= 2);
    open.open();
    await done(2);
    await discord.redeliver(message);
    await discord.redeliver(asked);
    await discord.quiet(300);
    expect(service.asked.map(({ question }) => question).sort()).toEqual(["Once?", "once?"]);
    expect(fromBot(discord, general)).toHaveLength(2);
    expect(asked.errors).toEqual([]);
  });
});
