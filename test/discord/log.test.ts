import { describe, expect, it } from "vitest";
import { createLogger, withoutSecrets } from "../../src/log.ts";
import { collect } from "./set-up.ts";

// Put together here so that no scanner takes it for a real one.
const botToken = ["MTIzNDU2Nzg5MDEyMzQ1Njc4", "GabcdE", "abcdefghijklmnopqrstuvwxyz0123456789_-"].join(".");

describe("the log", () => {
  it("keeps tokens and keys out of fields, messages and errors", () => {
    const lines: Record<string, unknown>[] = [];
    const log = createLogger({ LOG_LEVEL: "info" }, collect(lines));
    const cause = new Error(
      `PATCH https://discord.com/api/v10/webhooks/123/aW50ZXJhY3Rpb246MTIz/messages failed`,
    );
    log.info(
      { token: botToken, config: { DISCORD_TOKEN: botToken, OPENAI_API_KEY: "sk-secretsecret" } },
      "Fields.",
    );
    log.warn(`The token is ${botToken}.`);
    log.error({ err: new Error(`Authorization: Bot ${botToken} sk-secretsecret`, { cause }) }, "An error.");
    const text = JSON.stringify(lines);
    expect(lines).toHaveLength(3);
    for (const secret of [botToken, "sk-secretsecret", "aW50ZXJhY3Rpb246MTIz"])
      expect(text).not.toContain(secret);
    expect(text).toContain("[redacted]");
    expect(text).toContain("An error.");
  });

  it("writes of an error no request body, which is somebody's question", () => {
    const lines: Record<string, unknown>[] = [];
    const error = Object.assign(new Error("Unknown Message"), {
      code: 10008,
      status: 404,
      requestBody: { json: { content: "a private question" } },
    });
    createLogger({ LOG_LEVEL: "info" }, collect(lines)).info({ err: error }, "Given up.");
    expect(lines[0]).toMatchObject({ err: { code: 10008, status: 404, message: "Unknown Message" } });
    expect(JSON.stringify(lines)).not.toContain("a private question");
  });

  it("is as talkative as LOG_LEVEL says", () => {
    const lines: Record<string, unknown>[] = [];
    const log = createLogger({ LOG_LEVEL: "warn" }, collect(lines));
    log.info("no");
    log.warn("yes");
    expect(lines.map(({ msg }) => msg)).toEqual(["yes"]);
  });

  it("leaves ordinary words alone", () => {
    const text = "Rate limited on /channels/1/messages; the task-force asked about key.value.store tokens.";
    expect(withoutSecrets(text)).toBe(text);
  });
});
