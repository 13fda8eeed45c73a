import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { OperatorError } from "../../src/errors.ts";
import { migrations } from "../../src/ledger/migrations.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite.ts";
import { describeLedger } from "../contracts/ledger.ts";
import { answered } from "../fakes/answer-service.ts";
import { fakeLedger } from "../fakes/ledger.ts";

const folder = mkdtempSync(join(tmpdir(), "rackmate-ledger-"));
const path = join(folder, "data", "ledger.sqlite");
const options = { conversationMinutes: 10 };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeLedger("in memory", { open: async (given) => fakeLedger(given), durable: false });

describeLedger("SQLite", {
  open: async (given) => openSqliteLedger(path, given),
  durable: true,
  reset: async () => rmSync(join(folder, "data"), { recursive: true, force: true }),
});

describe("the SQLite ledger's file", () => {
  beforeEach(() => {
    rmSync(join(folder, "data"), { recursive: true, force: true });
    mkdirSync(join(folder, "data"));
  });

  it("carries the version of its schema and is in WAL mode", async () => {
    await openSqliteLedger(path, options).close();
    const database = new Database(path, { readonly: true });
    expect(database.pragma("user_version", { simple: true })).toBe(migrations.length);
    expect(database.pragma("journal_mode", { simple: true })).toBe("wal");
    database.close();
  });

  it("of a newer version is refused in one sentence, and left as it is", () => {
    const database = new Database(path);
    database.pragma(`user_version = ${migrations.length + 1}`);
    database.close();
    expect(() => openSqliteLedger(path, options)).toThrow(OperatorError);
    expect(() => openSqliteLedger(path, options)).toThrow(/newer Rackmate.*update Rackmate/);
    const after = new Database(path);
    expect(after.pragma("user_version", { simple: true })).toBe(migrations.length + 1);
    after.close();
  });

  it("that is no database is refused in one sentence", () => {
    writeFileSync(path, "this is not a database, but long enough to look like one ".repeat(100));
    expect(() => openSqliteLedger(path, options)).toThrow(OperatorError);
    expect(() => openSqliteLedger(path, options)).toThrow(/cannot be used.*move a damaged file away/);
  });

  it("in a folder that cannot be made is refused in one sentence", () => {
    writeFileSync(join(folder, "data", "file"), "");
    expect(() => openSqliteLedger(join(folder, "data", "file", "ledger.sqlite"), options)).toThrow(
      OperatorError,
    );
  });

  it("keeps nothing of expired conversations once another is written", async () => {
    let time = 0;
    const ledger = openSqliteLedger(path, { ...options, now: () => time });
    await ledger.remember("a", [{ role: "user", content: "a secret" }]);
    time += 11 * 60_000;
    await ledger.remember("b", [{ role: "user", content: "another" }]);
    await ledger.close();
    const database = new Database(path);
    expect(database.prepare("select content from turns").pluck().all()).toEqual(["another"]);
    database.close();
  });

  it("can be asked how often which reason dropped a block", async () => {
    const ledger = openSqliteLedger(path, options);
    const verdicts = (["figure", "figure", "name"] as const).map((reason) => ({
      outcome: "dropped" as const,
      text: "x",
      reason,
      detail: "why",
      support: 0.4,
    }));
    const record = { conversation: "c", asker: "a", question: "q", history: [], latencyMs: 1 };
    await ledger.record({ ...record, label: "answered", answer: answered("Yes [1].", { verdicts }) });
    await ledger.record({ ...record, label: "answered", answer: answered("Yes [1].") });
    await ledger.record({ ...record, label: "failed", answer: null });
    await ledger.close();
    const database = new Database(path, { readonly: true });
    const counted = database.prepare(
      "select value->>'reason' as reason, count(*) as blocks from answers, json_each(answer, '$.verdicts') group by 1 order by 1",
    );
    expect(counted.all()).toEqual([
      { reason: "figure", blocks: 2 },
      { reason: "name", blocks: 1 },
    ]);
    database.close();
  });

  it("can be opened by two processes at once", async () => {
    const first = openSqliteLedger(path, options);
    const second = openSqliteLedger(path, options);
    await first.remember("a", [{ role: "user", content: "one" }]);
    await second.remember("a", [{ role: "user", content: "two" }]);
    expect(await first.conversation("a")).toHaveLength(2);
    await first.close();
    await second.close();
  });
});
