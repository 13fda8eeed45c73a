import type { AddressInfo } from "node:net";
import { Core } from "./core.ts";
import { Faults } from "./faults.ts";
import type { PrivilegedIntent } from "./gateway.ts";
import { Gateway } from "./gateway.ts";
import { guildCreate, membersChunk, readyData } from "./guild-events.ts";
import type { LoggedRequest, Violation } from "./http.ts";
import { createRestServer } from "./http.ts";
import { LocalDiscord } from "./local-discord.ts";
import type { PermissionName } from "./permissions.ts";
import { RateLimits } from "./ratelimits.ts";
import { commandRoutes } from "./routes/commands.ts";
import { interactionRoutes } from "./routes/interactions.ts";
import { messageRoutes } from "./routes/messages.ts";
import { readingRoutes } from "./routes/reading.ts";
import { threadRoutes } from "./routes/threads.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { description } from "./validation.ts";
import { newGuild } from "./world.ts";

export type { OptionValue, TestFile } from "./commands.ts";
export type { PingRecord } from "./core.ts";
export type { Fault, FaultHandle } from "./faults.ts";
export type { PrivilegedIntent } from "./gateway.ts";
export type { LoggedRequest, Violation } from "./http.ts";
export type { Interaction } from "./interaction.ts";
export type { LocalDiscord } from "./local-discord.ts";
export type { PermissionName } from "./permissions.ts";
export type { Dispatched } from "./session.ts";
export type { Channel, Guild, LocalMessage, Member } from "./state.ts";

export interface DiscordOptions {
  readonly token?: string;
  /** What IDENTIFY must bring; another value than `token` lets REST accept what the gateway refuses. */
  readonly gatewayToken?: string;
  /** Switched on in the portal. */
  readonly privilegedIntents?: readonly PrivilegedIntent[];
  readonly members?: readonly string[];
  readonly channels?: readonly string[];
  readonly forums?: readonly string[];
  readonly botPermissions?: readonly PermissionName[];
  /** 3 s at Discord. */
  readonly acknowledgeMs?: number;
  /** 15 minutes at Discord. */
  readonly interactionTokenMs?: number;
  readonly heartbeatIntervalMs?: number;
  readonly rateLimits?: boolean;
  /** IDENTIFYs left today, of 1000. */
  readonly sessionStarts?: number;
}

const DEFAULTS = {
  token: "local-token",
  acknowledgeMs: 3000,
  interactionTokenMs: 15 * 60_000,
  heartbeatIntervalMs: 41_250,
  rateLimits: true,
  sessionStarts: 1000,
} as const;

/** Starts a Discord on a free port of 127.0.0.1. */
export async function startDiscord(options: DiscordOptions = {}): Promise<LocalDiscord> {
  const chosen = { ...DEFAULTS, ...options };
  const core = new Core({
    privilegedIntents: options.privilegedIntents ?? [],
    acknowledgeMs: chosen.acknowledgeMs,
    interactionTokenMs: chosen.interactionTokenMs,
  });
  const { members, channels, forums, botPermissions } = options;
  newGuild(core.state, core.bot, {
    ...(members === undefined ? {} : { members }),
    ...(channels === undefined ? {} : { channels }),
    ...(forums === undefined ? {} : { forums }),
    ...(botPermissions === undefined ? {} : { botPermissions }),
  });
  const faults = new Faults();
  const requests: LoggedRequest[] = [];
  const violations: Violation[] = [];
  const official = description();
  const sessionStarts = () => ({
    total: DEFAULTS.sessionStarts,
    remaining: Math.max(0, chosen.sessionStarts - core.gateway.identifies.length),
  });
  const http = createRestServer({
    token: chosen.token,
    routes: [
      ...readingRoutes(core, sessionStarts),
      ...interactionRoutes(core),
      ...webhookRoutes(core),
      ...messageRoutes(core),
      ...threadRoutes(core),
      ...commandRoutes(core),
    ],
    faults,
    limits: new RateLimits(chosen.rateLimits),
    description: official,
    requests,
    violations,
    attachments: core.state.attachments,
    changed: core.changed,
  });
  const gateway = new Gateway(http, {
    token: options.gatewayToken ?? chosen.token,
    botId: core.bot.id,
    privilegedIntents: options.privilegedIntents ?? [],
    heartbeatIntervalMs: chosen.heartbeatIntervalMs,
    ready: (session) => readyData(core, session),
    guildCreates: () => [...core.state.guilds.values()].map((guild) => guildCreate(core, guild)),
    members: (session, request) => membersChunk(core, session, request),
    changed: core.changed,
  });
  core.attach(gateway);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  core.address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const validated = official !== null;
  return new LocalDiscord({ core, http, gateway, faults, requests, violations, validated });
}
