import { afterEach, describe, expect, it } from "vitest";
import { type AnswerService, createAnswerService, type ServiceOptions } from "../../src/answer/service.ts";
import type { KnowledgeIndex } from "../../src/index/types.ts";
import { fakeEmbedder } from "../fakes/embedder.ts";
import { handbook, type SmallIndex, smallIndex } from "../fakes/small-index.ts";

const open: SmallIndex[] = [];
afterEach(async () => {
  for (const small of open.splice(0)) await small.remove();
});

async function anIndex(files: Record<string, string> = handbook): Promise<KnowledgeIndex> {
  const small = await smallIndex(files);
  open.push(small);
  return small.index;
}

async function aService(options: Partial<ServiceOptions> = {}): Promise<AnswerService> {
  return createAnswerService({
    index: options.index ?? (await anIndex()),
    embedder: undefined,
    chatModel: undefined,
    target: {},
    concurrency: 2,
    queue: 1,
    deadlineMs: 5_000,
    ...options,
  });
}

/** An index whose answers wait until they are let go. */
function held(index: KnowledgeIndex): { index: KnowledgeIndex; go: () => void; closed: () => boolean } {
  let go = () => {};
  let closed = false;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const slow: KnowledgeIndex = {
    manifest: index.manifest,
    lexical: async (...parameters) => {
      await gate;
      return index.lexical(...parameters);
    },
    nearest: (...parameters) => index.nearest(...parameters),
    similarities: (...parameters) => index.similarities(...parameters),
    passages: (...parameters) => index.passages(...parameters),
    frequencies: (...parameters) => index.frequencies(...parameters),
    spellings: (...parameters) => index.spellings(...parameters),
    documents: (...parameters) => index.documents(...parameters),
    vocabulary: (...parameters) => index.vocabulary(...parameters),
    close: async () => {
      closed = true;
    },
  };
  return { index: slow, go: () => go(), closed: () => closed };
}

describe("createAnswerService", () => {
  it("answers by words before the embedder is warm, and says what it serves", async () => {
    const embedder = fakeEmbedder({ before: () => new Promise(() => {}) });
    const service = await aService({ embedder });
    const answer = await service.ask("what is lustre");
    expect(answer.status).toBe("answered");
    expect(service.status).toMatchObject({ documents: 2, vectors: false, chatModel: null, rewriting: null });
  });

  it("declines what does not fit into its queue, and answers the rest", async () => {
    const slow = held(await anIndex());
    const service = await aService({ index: slow.index });
    const asked = Array.from({ length: 6 }, () => service.ask("what is lustre"));
    await new Promise((resolve) => setImmediate(resolve));
    slow.go();
    const answers = await Promise.all(asked);
    const declined = answers.filter(({ status }) => status === "declined");
    expect(declined).toHaveLength(3);
    expect(declined[0]).toMatchObject({ reason: "overloaded" });
    expect(answers.filter(({ status }) => status === "answered")).toHaveLength(3);
  });

  it("ends an answer on the generation that it began with, and then lets the old one go", async () => {
    const old = held(await anIndex());
    const service = await aService({ index: old.index });
    const before = service.ask("what is lustre");
    await new Promise((resolve) => setImmediate(resolve));
    const fresh = await anIndex({ "new.md": "# Ceph\n\nCeph is an object store.\n" });
    service.swap(fresh);
    const after = await service.ask("what is ceph");
    expect(after.generation).toBe(fresh.manifest.generation);
    expect(old.closed()).toBe(false);
    old.go();
    expect((await before).generation).toBe(old.index.manifest.generation);
    expect(old.closed()).toBe(true);
  });

  it("gives up at its deadline", async () => {
    const slow = held(await anIndex());
    const service = await aService({ index: slow.index, deadlineMs: 30 });
    const asked = service.ask("what is lustre");
    setTimeout(slow.go, 60);
    await expect(asked).rejects.toMatchObject({ name: "TimeoutError" });
  });
});
