import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { conversationOf } from "../../src/discord/conversation.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite.ts";
import { answered } from "../fakes/answer-service.ts";
import { fakeLedger } from "../fakes/ledger.ts";
import { gate, pause, startRoom } from "./set-up.ts";

const exchange = (question: string) => [
  { role: "user", content: question },
  { role: "assistant", content: `Echo: ${question} [1]` },
];

describe("a follow-up has the history", () => {
  it("of what the same member asked by /ask or mention in the channel", async () => {
    const { discord, service, ask, ada, general, done } = await startRoom();
    await ask(ada, "How much memory does the H100 have?");
    await done(1);
    await ask(ada, "and on the H200?");
    await done(2);
    await discord.say(ada, general, "@bot and on the B200?");
    await done(3);
    expect(service.asked.map(({ history }) => history)).toEqual([
      [],
      exchange("How much memory does the H100 have?"),
      [...exchange("How much memory does the H100 have?"), ...exchange("and on the H200?")],
    ]);
  });

  it("of the answer that it replies to, not of the last one", async () => {
    const { discord, service, ada, general, done } = await startRoom();
    await discord.say(ada, general, "@bot what is the H100?");
    const first = await discord.nextMessage(general);
    await done(1);
    await discord.say(ada, general, "@bot what is Slurm?");
    await discord.nextMessage(general);
    await done(2);
    await discord.say(ada, general, "and on the H200?", { replyTo: first });
    const third = await discord.nextMessage(general);
    await done(3);
    expect(service.asked[2]?.history).toEqual(exchange("what is the H100?"));
    // From here on the conversation is the one about the H100.
    await discord.say(ada, general, "@bot and on the B200?");
    await done(4);
    expect(service.asked[3]?.history).toEqual([
      ...exchange("what is the H100?"),
      ...exchange("and on the H200?"),
    ]);
    await discord.say(ada, general, "why?", { replyTo: third });
    await done(5);
    expect(service.asked[4]?.history).toEqual([
      ...exchange("what is the H100?"),
      ...exchange("and on the H200?"),
    ]);
  });

  it("of a direct conversation", async () => {
    const { discord, service, ada, done } = await startRoom();
    await discord.dm(ada, "what is RDMA?");
    await done(1);
    await discord.dm(ada, "and RoCE?");
    await done(2);
    expect(service.asked[1]?.history).toEqual(exchange("what is RDMA?"));
  });

  it("after a restart as well", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rackmate-bot-"));
    const path = join(folder, "ledger.sqlite");
    const ledger = openSqliteLedger(path, { conversationMinutes: 10 });
    onTestFinished(async () => {
      await ledger.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const room = await startRoom({ ledger });
    await room.discord.say(room.ada, room.general, "@bot what is NVLink?");
    const answer = await room.discord.nextMessage(room.general);
    await room.done(1);
    await room.restart();
    await room.discord.say(room.ada, room.general, "and NVSwitch?", { replyTo: answer });
    await room.done(2);
    expect(room.service.asked[1]?.history).toEqual(exchange("what is NVLink?"));
    const again = openSqliteLedger(path, { conversationMinutes: 10 });
    expect(await again.conversation(`${room.general.id}:${room.ada.id}`)).toHaveLength(4);
    await again.close();
  });

  it("only for some minutes, unless it replies to the answer", async () => {
    let time = Date.now();
    const { discord, service, ada, general, done } = await startRoom({
      ledger: fakeLedger({ now: () => time }),
    });
    await discord.say(ada, general, "@bot what is NVLink?");
    const answer = await discord.nextMessage(general);
    await done(1);
    time += 11 * 60_000;
    await discord.say(ada, general, "@bot and NVSwitch?");
    await done(2);
    expect(service.asked[1]?.history).toEqual([]);
    await discord.say(ada, general, "and its bandwidth?", { replyTo: answer });
    await done(3);
    expect(service.asked[2]?.history).toEqual(exchange("what is NVLink?"));
  });

  it("without greetings and failures in it", async () => {
    const { service, ask, ada, done } = await startRoom();
    await ask(ada, "What is NVLink?");
    await done(1);
    service.script(() => ({ ...answered("You are welcome."), status: "declined", reason: "greeting" }));
    await ask(ada, "thanks!");
    await done(2);
    service.script(() => Promise.reject(new Error("no")));
    await ask(ada, "And NVSwitch?");
    await done(3);
    await ask(ada, "And its bandwidth?");
    await done(4);
    expect(service.asked[3]?.history).toEqual(exchange("What is NVLink?"));
  });
});

describe("conversations do not mix", () => {
  it("two members in one channel or thread, even at the same time", async () => {
    const { discord, service, ask, ada, grace, general, done } = await startRoom();
    const open = gate();
    service.script(async ({ question }) => {
      await open.opened;
      return answered(`Echo: ${question} [1]`);
    });
    await Promise.all([ask(ada, "What is the H100?"), ask(grace, "What is Lustre?")]);
    await discord.until(() => service.asked.length === 2);
    open.open();
    await done(2);
    await ask(grace, "and its striping?");
    await ask(ada, "and its memory?");
    await done(4);
    const thread = await discord.startThread(ada, general, "A thread");
    await discord.say(ada, thread, "@bot what is Ceph?");
    await done(5);
    await discord.say(grace, thread, "@bot and its pools?");
    await done(6);
    const historyOf = (question: string) => service.asked.find((one) => one.question === question)?.history;
    expect(historyOf("and its striping?")).toEqual(exchange("What is Lustre?"));
    expect(historyOf("and its memory?")).toEqual(exchange("What is the H100?"));
    expect(historyOf("what is Ceph?")).toEqual([]);
    expect(historyOf("and its pools?")).toEqual([]);
  });

  it("a reply to somebody else's answer takes over that exchange alone, and leaves theirs as it was", async () => {
    const { discord, service, ada, grace, general, done } = await startRoom();
    await discord.say(ada, general, "@bot what is Slurm?");
    await done(1);
    await discord.nextMessage(general);
    await discord.say(ada, general, "@bot what is the H100?");
    const answer = await discord.nextMessage(general);
    await done(2);
    await discord.say(grace, general, "and on the H200?", { replyTo: answer });
    await done(3);
    expect(service.asked[2]?.history).toEqual(exchange("what is the H100?"));
    await discord.say(ada, general, "@bot and its power?");
    await done(4);
    expect(service.asked[3]?.history).toEqual([
      ...exchange("what is Slurm?"),
      ...exchange("what is the H100?"),
    ]);
  });

  it("one member in two channels", async () => {
    const { discord, service, ask, ada, done } = await startRoom();
    await ask(ada, "What is the H100?");
    await done(1);
    await ask(ada, "and its memory?", { channel: discord.channel("help") });
    await done(2);
    expect(service.asked[1]?.history).toEqual([]);
  });

  it("what was asked in private does not get into public, though the other way it does", async () => {
    const { service, ask, ada, done } = await startRoom();
    await ask(ada, "What is the H100?");
    await done(1);
    await ask(ada, "What does my offer of the H200 miss?", { private: true });
    await done(2);
    await ask(ada, "and the next one?", { private: true });
    await done(3);
    await ask(ada, "and its memory?");
    await done(4);
    const secret = "What does my offer of the H200 miss?";
    expect(service.asked[1]?.history).toEqual(exchange("What is the H100?"));
    expect(service.asked[2]?.history).toEqual([...exchange("What is the H100?"), ...exchange(secret)]);
    expect(service.asked[3]?.history).toEqual(exchange("What is the H100?"));
  });

  it("is decided by the ledger alone, whatever a message says", async () => {
    const ledger = fakeLedger();
    const asked = { channel: "1", member: "ada", private: false };
    expect(await conversationOf({ ...asked, repliesTo: "unknown" }, ledger)).toEqual({
      key: "1:ada",
      history: [],
    });
  });
});

describe("a message that arrives empty", () => {
  const hint = /^I cannot read this message/;

  it("as a reply to a slash answer gets one hint in the channel", async () => {
    const { discord, service, ask, ada, grace, general, done } = await startRoom();
    const asked = await (await ask(ada, "What is NVLink?")).settled();
    await done(1);
    if (asked.reply === null) throw new Error("no reply");
    const reply = await discord.say(ada, general, "and NVSwitch?", { replyTo: asked.reply });
    const told = await discord.nextMessage(general, ({ content }) => hint.test(content));
    expect(told.current.message_reference?.message_id).toBe(reply.id);
    await discord.redeliver(reply);
    await discord.say(ada, general, "and its bandwidth?", { replyTo: asked.reply });
    await discord.say(grace, general, "tell me more", { replyTo: asked.reply });
    await discord.quiet(300);
    expect(discord.messages(general).filter(({ content }) => hint.test(content))).toHaveLength(1);
    expect(service.asked).toHaveLength(1);
  });

  it("as a silent reply to an ordinary answer, or plainly in a thread after an answer, as well", async () => {
    const { discord, ada, grace, general, done } = await startRoom();
    await discord.say(ada, general, "@bot what is NVLink?");
    const answer = await discord.nextMessage(general);
    await done(1);
    await discord.say(ada, general, "and NVSwitch?", { replyTo: answer, ping: false });
    await discord.nextMessage(general, ({ content }) => hint.test(content));

    const thread = await discord.startThread(ada, general, "A thread");
    await discord.say(ada, thread, "@bot what is Ceph?");
    await done(2);
    await discord.say(grace, thread, "good question");
    await discord.quiet(200);
    expect(discord.messages(thread).filter(({ content }) => hint.test(content))).toEqual([]);
    await discord.say(ada, thread, "and its pools?");
    await discord.nextMessage(thread, ({ content }) => hint.test(content));
  });

  it("among members is none of the bot's business", async () => {
    const { discord, ada, grace, general } = await startRoom();
    const message = await discord.say(ada, general, "shall we have lunch?");
    await discord.say(grace, general, "yes", { replyTo: message });
    await pause(100);
    await discord.quiet(200);
    expect(discord.requestsTo("POST /channels/*/messages")).toEqual([]);
  });
});
