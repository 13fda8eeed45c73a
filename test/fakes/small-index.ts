import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openEmbeddedIndex } from "../../src/index/embedded/read.ts";
import type { KnowledgeIndex } from "../../src/index/types.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import type { Embedder } from "../../src/models/types.ts";

export interface SmallIndex {
  readonly index: KnowledgeIndex;
  readonly data: string;
  readonly corpus: string;
  remove(): Promise<void>;
}

/** Ingests a few files, by path below the corpus, into a temporary folder and opens the index in this thread. */
export async function smallIndex(
  files: Readonly<Record<string, string>>,
  embedder?: Embedder,
): Promise<SmallIndex> {
  const folder = await mkdtemp(join(tmpdir(), "rackmate-small-"));
  const [corpus, data] = [join(folder, "corpus"), join(folder, "data")];
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(corpus, path)), { recursive: true });
    await writeFile(join(corpus, path), content);
  }
  await ingest({ corpus, data, embedder, keepGenerations: 2 });
  const index = await openEmbeddedIndex(data);
  return {
    index,
    data,
    corpus,
    remove: async () => {
      await index.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Three small documents on one subject, for tests that need something to find. */
export const handbook = {
  "gpus/h100.md": `# NVIDIA H100

The NVIDIA H100 is a graphics processing unit (GPU) of the Hopper generation.

## Memory of the H100

The H100 SXM has 80 GB of HBM3 memory. Its bandwidth is 3.35 TB/s.

## H100 and H200 compared

| GPU | Memory | Bandwidth |
|---|---|---|
| H100 SXM | 80 GB | 3.35 TB/s |
| H200 SXM | 141 GB | 4.8 TB/s |

## What goes wrong with the H100

- Overheating. The H100 throttles above its limit.
- Lost links. An NVLink of the H100 can fail; check it with the status command:

\`\`\`bash
nvidia-smi nvlink --status
\`\`\`
`,
  "storage/lustre.md": `---
title: Lustre
aliases: [lustrefs]
questions:
  - how do i stripe a big file
sources:
  - id: manual
    title: Lustre manual
    url: https://example.org/lustre-manual
  - id: wiki
    title: Lustre wiki
    url: https://example.org/lustre-wiki
reviewed: 2026-11-01
---
# Lustre

Lustre is an open-source parallel file system.[^wiki] A metadata server (MDS) keeps names and permissions.[^manual]

## Striping in Lustre

Lustre stripes a file over several object storage targets (OSTs). Striping lets many servers read one file at once.[^manual] The command is lfs setstripe.
`,
  "vocabulary.yaml": `- say: [video card]
  mean: [GPU]
- say: [bw]
  mean: [bandwidth]
`,
} as const;
