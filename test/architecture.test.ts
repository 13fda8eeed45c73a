import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

/** From the ground up: a room may import from those before it, and from the files at the top that know no room. */
const rooms = [
  "knowledge",
  "models",
  "index",
  "ledger",
  "ingest",
  "retrieve",
  "answer",
  "evaluate",
  "check",
  "upkeep",
];
const hosts = ["discord", "terminal"];
const ground = ["abort", "config", "disk", "errors", "log", "paths", "types.d"];

/** Each SDK by the only folder that may import it. */
const homes: Readonly<Record<string, readonly string[]>> = {
  "discord.js": ["src/discord"],
  "discord-api-types": ["src/discord"],
  "@discordjs": ["src/discord"],
  "hnswlib-node": ["src/index/embedded"],
  "@langchain": ["src/models/openai"],
  langchain: ["src/models/openai"],
  openai: ["src/models/openai"],
  // Before the next line, which would cover it.
  "@huggingface/tokenizers": ["src/models/minilm"],
  "onnxruntime-web": ["src/models/minilm"],
  protobufjs: ["src/models/minilm"],
  "@huggingface": ["src/models/huggingface"],
  "@energetic-ai": ["src/models/use-lite"],
  // Index, ledger, stored vectors and the writer lock are files of their own.
  "better-sqlite3": ["src/index/embedded", "src/ledger", "src/models/vector-store.ts", "src/ingest/lock.ts"],
  unified: ["src/ingest/read", "src/check"],
  "remark-parse": ["src/ingest/read", "src/check"],
  "unified-engine": ["src/check"],
  yaml: ["src/ingest/read", "src/check"],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = ["src", "scripts"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name)),
);
const imports = files.flatMap((from): Import[] =>
  [...readFileSync(from, "utf8").matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)"([^"]+)"/g)].map(
    ([, to = ""]) => ({
      from,
      to: to.startsWith(".") ? relative(".", join(dirname(from), to)) : to,
    }),
  ),
);
const roomOf = (file: string) => /^src\/([^/]+)\//.exec(file)?.[1];
const stemOf = (file: string) => /^src\/([^/]+)\.ts$/.exec(file)?.[1];

describe("architecture", () => {
  it("sees the imports at all", () => {
    expect(files.length).toBeGreaterThan(80);
    expect(imports.filter(({ to }) => to.startsWith("src/")).length).toBeGreaterThan(200);
  });

  it("imports in one direction only", () => {
    const wrong = imports.filter(({ from, to }) => {
      const [room, other] = [roomOf(from), roomOf(to)];
      if (!room || !to.startsWith("src/")) return false;
      if (!other) return !ground.includes(stemOf(to) ?? "");
      if (room === other) return false;
      if (hosts.includes(room)) return hosts.includes(other);
      return !rooms.slice(0, rooms.indexOf(room)).includes(other);
    });
    expect(wrong).toEqual([]);
  });

  it("knows every folder", () => {
    const found = new Set(files.map(roomOf).filter((room) => room !== undefined));
    expect([...found].filter((room) => !rooms.includes(room) && !hosts.includes(room))).toEqual([]);
  });

  it("keeps the ground free of rooms, and scripts and starting points out of everybody's imports", () => {
    const grounded = imports.filter(({ from, to }) => ground.includes(stemOf(from) ?? "") && roomOf(to));
    expect(grounded).toEqual([]);
    expect(imports.filter(({ to }) => to.startsWith("scripts/") || to === "src/main.ts")).toEqual([]);
  });

  it("imports each SDK in one place", () => {
    const wrong = imports.filter(({ from, to }) => {
      const home = homes[Object.keys(homes).find((name) => to === name || to.startsWith(`${name}/`)) ?? ""];
      return home !== undefined && !home.some((place) => from === place || from.startsWith(`${place}/`));
    });
    expect(wrong).toEqual([]);
  });

  it("reads the environment in the configuration only", () => {
    const readers = files.filter((file) => /\bprocess\.env\b/.test(readFileSync(file, "utf8")));
    expect(readers).toEqual(["src/config.ts"]);
  });

  it("has no file that is too long to read", () => {
    const long = files
      .map((file) => [file, readFileSync(file, "utf8").split("\n").length] as const)
      .filter(([, lines]) => lines > 300);
    expect(long).toEqual([]);
  });
});
