import { expect, it } from "vitest";
import type { Embedder } from "../../src/models/types.ts";
import { retrieve } from "../../src/retrieve/retrieve.ts";
import { fakeEmbedder } from "../fakes/embedder.ts";
import { handbook, smallIndex } from "../fakes/small-index.ts";

it("tells the embedder which texts are questions, for models that make a difference", async () => {
  const fake = fakeEmbedder();
  const roles: string[] = [];
  const embedder: Embedder = {
    ...fake,
    embed: (texts, options) => {
      roles.push(options?.role ?? "passage");
      return fake.embed(texts, options);
    },
  };
  const { index, remove } = await smallIndex(handbook, embedder);
  expect(new Set(roles)).toEqual(new Set(["passage"]));
  roles.length = 0;
  expect((await retrieve("how is a file striped?", index, embedder, { limit: 3 })).vectorsUsed).toBe(true);
  expect(roles).toEqual(["query"]);
  await remove();
});
