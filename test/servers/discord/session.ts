import { GatewayIntentBits, GatewayOpcodes } from "discord-api-types/v10";
import type { WebSocket } from "ws";
import { redactEvent } from "./redaction.ts";

/** One event as it went to a session, or waits for it to resume. */
export interface Dispatched {
  readonly at: number;
  readonly session: string;
  readonly s: number;
  readonly t: string;
  readonly d: unknown;
}

export interface Outgoing {
  readonly t: string;
  readonly d: unknown;
  /** Null for a direct message and for what belongs to no guild. */
  readonly guildId: string | null;
  /** Any one of these intents is needed; none for READY, interactions and the like. */
  readonly intents: readonly number[];
}

/** What a client identified as: its intents, its shard, its events since. */
export class Session {
  readonly id: string;
  readonly intents: number;
  readonly shard: readonly [number, number];
  readonly sent: Dispatched[] = [];
  socket: WebSocket | null;
  readonly #botId: string;

  constructor(
    id: string,
    intents: number,
    shard: readonly [number, number],
    socket: WebSocket,
    botId: string,
  ) {
    this.id = id;
    this.intents = intents;
    this.shard = shard;
    this.socket = socket;
    this.#botId = botId;
  }

  get sequence(): number {
    return this.sent.length;
  }

  /** Whether the real gateway would send this event to this session. */
  receives(event: Outgoing): boolean {
    const shard = event.guildId === null ? 0 : Number((BigInt(event.guildId) >> 22n) % BigInt(this.shard[1]));
    if (shard !== this.shard[0]) return false;
    return event.intents.length === 0 || event.intents.some((bit) => (this.intents & bit) !== 0);
  }

  /** Sends now, or keeps for RESUME while the client is away. */
  dispatch(event: Outgoing): Dispatched {
    const seesContent = (this.intents & GatewayIntentBits.MessageContent) !== 0;
    const record: Dispatched = {
      at: Date.now(),
      session: this.id,
      s: this.sequence + 1,
      t: event.t,
      d: redactEvent(event.t, structuredClone(event.d), this.#botId, seesContent),
    };
    this.sent.push(record);
    this.#send(record);
    return record;
  }

  replay(after: number): void {
    for (const record of this.sent.slice(after)) this.#send(record);
  }

  #send(record: Dispatched): void {
    if (this.socket?.readyState !== 1) return;
    this.socket.send(JSON.stringify({ op: GatewayOpcodes.Dispatch, s: record.s, t: record.t, d: record.d }));
  }
}
