import { describe, expect, it } from "vitest";
import { answered } from "../fakes/answer-service.ts";
import { fromBot, gate, pause, startRoom } from "./set-up.ts";

const edits = "PATCH /webhooks/*/*/messages/@original";

describe("a reply that nobody can read any more", () => {
  it("10062: an interaction that was acknowledged too late is not answered, and does not end the bot", async () => {
    const { discord, service, ask, ada, logged } = await startRoom({ discord: { acknowledgeMs: 1 } });
    discord.fault("POST /interactions/*/*/callback", { kind: "slow", ms: 50 });
    const asked = await ask(ada, "Too late?");
    const line = await logged(/could not be acknowledged/);
    expect(line).toMatchObject({ level: 30, err: { code: 10062 } });
    expect(asked.errors).toEqual([10062]);
    expect(service.asked).toEqual([]);
    await discord.dm(ada, "still there?");
    expect((await discord.nextMessage(discord.dmChannel(ada))).content).toContain("Echo: still there?");
  });

  it("50013: without permission to write it stops generating, logs one line and goes on", async () => {
    const { discord, service, ada, general, done, lines } = await startRoom();
    discord.setPermissions(general, "bot", { deny: ["SendMessages"] });
    const stopped = gate();
    service.script(({ signal, onText }) => {
      onText?.("The first sentence.");
      return new Promise((_, reject) =>
        signal?.addEventListener("abort", () => {
          stopped.open();
          reject(signal.reason);
        }),
      );
    });
    await discord.say(ada, general, "@bot may you?");
    await stopped.opened;
    await done(1);
    expect(lines.filter(({ msg }) => /given up/.test(String(msg)))).toMatchObject([{ err: { code: 50013 } }]);
    expect(lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    service.script(({ question }) => answered(`Echo: ${question} [1]`));
    await discord.say(ada, discord.channel("help"), "@bot and here?");
    expect((await discord.nextMessage(discord.channel("help"))).content).toContain("Echo: and here?");
  });

  it("a reply deleted meanwhile ends the generation quietly", async () => {
    const { discord, service, ledger, ask, ada, done } = await startRoom();
    const stopped = gate();
    service.script(async ({ signal, onText }) => {
      onText?.("One.");
      const timer = setInterval(() => onText?.(`Now ${Date.now()}.`), 100);
      await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
      clearInterval(timer);
      stopped.open();
      throw signal?.reason;
    });
    const asked = await ask(ada, "Delete me?");
    await asked.settled();
    if (asked.reply === null) throw new Error("no reply");
    await discord.remove(asked.reply);
    await stopped.opened;
    await done(1);
    await discord.quiet(300);
    expect(ledger.records?.[0]?.label).toBe("stopped");
    expect(asked.followups).toEqual([]);
  });

  it("a question deleted meanwhile is still answered, without a reference", async () => {
    const { discord, service, ada, general } = await startRoom();
    const open = gate();
    service.script(async () => {
      await open.opened;
      return answered("Here it is [1].");
    });
    const message = await discord.say(ada, general, "@bot where is it?");
    await discord.until(() => service.asked.length === 1);
    await discord.remove(message);
    open.open();
    const reply = await discord.nextMessage(general);
    expect(reply.content).toContain("Here it is");
    expect(reply.current.message_reference).toBeUndefined();
  });

  it("without the right to read the history it writes instead of replying", async () => {
    const { discord, ada, general } = await startRoom({
      discord: { botPermissions: ["ViewChannel", "SendMessages"] },
    });
    await discord.say(ada, general, "@bot hello there, what is NVLink?");
    expect((await discord.nextMessage(general)).content).toContain("Echo: hello there");
  });
});

describe("the token of an interaction runs out", () => {
  it("and the answer becomes an ordinary message in the channel, once", async () => {
    const { discord, service, ask, ada, general, done } = await startRoom({
      discord: { interactionTokenMs: 300 },
    });
    service.script(async ({ onText }) => {
      await pause(400);
      onText?.("Late.");
      await pause(50);
      return answered("Late, but here [1].");
    });
    const asked = await ask(ada, "Slow?");
    await done(1);
    expect(asked.loading).toBe(true);
    const ordinary = fromBot(discord, general).filter((message) => message.id !== asked.reply?.id);
    expect(ordinary).toHaveLength(1);
    expect(ordinary[0]?.content).toContain("> Slow?\n\nLate, but here");
  });

  it("and a private answer is not posted for everybody", async () => {
    const { discord, service, ask, ada, general, logged } = await startRoom({
      discord: { interactionTokenMs: 200 },
    });
    service.script(async () => {
      await pause(300);
      return answered("A secret [1].");
    });
    await ask(ada, "Slow secret?", { private: true });
    await logged(/given up/);
    await discord.quiet(200);
    expect(discord.messages(general)).toEqual([]);
  });
});

describe("faults of Discord", () => {
  it("429 on an edit: waited out, edits become rarer, the final state is shown", async () => {
    const { discord, service, ask, ada } = await startRoom();
    const fault = discord.fault(edits, { kind: "rate-limit", retryAfterMs: 2_000 }, { after: 1 });
    service.script(async ({ onText }) => {
      for (let n = 1; n <= 14; n++) {
        onText?.(`Sentence ${n}.`);
        await pause(200);
      }
      return answered("Done [1].");
    });
    const asked = await ask(ada, "Limited?");
    await asked.settled((self) => self.reply?.content.includes("Done") ?? false, 10_000);
    expect(fault.hits).toBe(1);
    const times = asked.edits.slice(1).map(({ at }) => at);
    expect(times.length).toBeLessThanOrEqual(4);
    for (const [index, at] of times.entries())
      expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it("500 on an intermediate edit: the final state is shown all the same", async () => {
    const { discord, service, ask, ada, logged } = await startRoom();
    discord.fault(edits, { kind: "status", status: 500 }, { times: 4 });
    service.script(async ({ onText }) => {
      onText?.("Half.");
      await pause(200);
      return answered("Whole [1].");
    });
    const asked = await ask(ada, "Broken?");
    await asked.settled((self) => self.reply?.content.includes("Whole") ?? false, 10_000);
    await logged(/intermediate state/);
    expect(asked.edits).toHaveLength(2);
  });

  it("500 on the final edit, for longer than discord.js retries: it is shown in the end", async () => {
    const { discord, ask, ada, done } = await startRoom();
    const fault = discord.fault(edits, { kind: "status", status: 503 }, { times: 4 });
    const asked = await ask(ada, "Patient?");
    await asked.settled(undefined, 10_000);
    expect(asked.reply?.content).toContain("Echo: Patient?");
    expect(fault.hits).toBe(4);
    await done(1);
  });

  it("a message that was taken though the connection was cut is not sent twice", async () => {
    const { discord, ada, general, done } = await startRoom();
    const fault = discord.fault("POST /channels/*/messages", { kind: "cut", carriedOut: true });
    await discord.say(ada, general, "@bot once?");
    await done(1);
    expect(fault.hits).toBe(1);
    expect(fromBot(discord, general)).toHaveLength(1);
  });

  it("a typing sign that fails keeps no answer back", async () => {
    const { discord, ada, general } = await startRoom();
    discord.fault("POST /channels/*/typing", { kind: "status", status: 500 }, { times: 9 });
    await discord.say(ada, general, "@bot quick?");
    expect((await discord.nextMessage(general)).content).toContain("Echo: quick?");
  });
});

describe("the gateway", () => {
  it("disconnects and resumes in the middle of an answer: it is finished, and what was asked meanwhile is answered", async () => {
    const { discord, service, ask, ada, done } = await startRoom();
    const open = gate();
    service.script(async ({ question, onText }) => {
      onText?.("Beginning.");
      if (question === "First?") await open.opened;
      return answered(`Echo: ${question} [1]`);
    });
    const asked = await ask(ada, "First?");
    await asked.settled();
    discord.gateway.disconnect({ code: 4000 });
    await discord.dm(ada, "second?");
    open.open();
    await done(2);
    expect(discord.resumes).toMatchObject([{ accepted: true }]);
    expect(discord.identifies).toHaveLength(1);
    expect(asked.reply?.content).toContain("Echo: First?");
    expect((await discord.nextMessage(discord.dmChannel(ada))).content).toContain("Echo: second?");
    expect(service.asked).toHaveLength(2);
  });

  it("loses its session in the middle of an answer: the bot identifies again and finishes it", async () => {
    const { discord, service, ask, ada, done } = await startRoom();
    const open = gate();
    service.script(async ({ question }) => {
      await open.opened;
      return answered(`Echo: ${question} [1]`);
    });
    const asked = await ask(ada, "First?");
    await discord.until(() => service.asked.length === 1);
    discord.gateway.disconnect({ code: 4000, resumable: false });
    await discord.until(() => discord.identifies.length === 2, 15_000);
    open.open();
    await done(1);
    expect(asked.reply?.content).toContain("Echo: First?");
  });

  it("ends the connection for good: the operator is told in one sentence", async () => {
    const { discord, bot } = await startRoom();
    const closed = bot.closed.catch((error: Error) => error);
    discord.gateway.disconnect({ code: 4004, resumable: false });
    expect(await closed).toMatchObject({
      name: "OperatorError",
      message: expect.stringContaining("DISCORD_TOKEN"),
    });
  });
});
