import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { GatewayCloseCodes, GatewayIntentBits, GatewayOpcodes } from "discord-api-types/v10";
import type { RawData, WebSocket } from "ws";
import { WebSocketServer } from "ws";
import type { Dispatched, Outgoing } from "./session.ts";
import { Session } from "./session.ts";

export type PrivilegedIntent = "MessageContent" | "GuildMembers" | "GuildPresences";

const PRIVILEGED: readonly PrivilegedIntent[] = ["MessageContent", "GuildMembers", "GuildPresences"];
const ALL_INTENTS = Object.values(GatewayIntentBits).reduce<number>(
  (all, bit) => (typeof bit === "number" ? all | bit : all),
  0,
);
/** https://discord.com/developers/docs/events/gateway#rate-limiting */
const SENDS_PER_MINUTE = 120;
const MAX_PAYLOAD_BYTES = 4096;

export interface GatewayOptions {
  readonly token: string;
  readonly botId: string;
  readonly privilegedIntents: readonly PrivilegedIntent[];
  readonly heartbeatIntervalMs: number;
  /** READY's data, then what follows it. */
  readonly ready: (session: Session) => unknown;
  readonly guildCreates: () => readonly Outgoing[];
  readonly members: (session: Session, request: Record<string, unknown>) => Outgoing | null;
  readonly changed: () => void;
}

interface Connection {
  session: Session | null;
  lastHeartbeat: number;
  readonly sends: number[];
}

/** The WebSocket side. */
export class Gateway {
  readonly sessions = new Map<string, Session>();
  readonly events: Dispatched[] = [];
  readonly identifies: { at: number; intents: number }[] = [];
  readonly resumes: { at: number; session: string; sequence: number; accepted: boolean }[] = [];
  /** Every close, ours and theirs. */
  readonly closes: { at: number; code: number; by: "server" | "client" }[] = [];
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #options: GatewayOptions;
  readonly #connections = new Map<WebSocket, Connection>();
  #muted = 0;
  #refusing = false;
  #invalidNext: boolean | null = null;

  constructor(http: Server, options: GatewayOptions) {
    this.#options = options;
    http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (this.#refusing) {
        socket.destroy();
        return;
      }
      this.#server.handleUpgrade(request, socket, head, (client) => this.#accept(client));
    });
  }

  /** Sends an event to every session that may have it; returns what was sent. */
  dispatch(event: Outgoing): Dispatched[] {
    const sent = [...this.sessions.values()]
      .filter((session) => session.receives(event))
      .map((session) => session.dispatch(event));
    this.events.push(...sent);
    this.#options.changed();
    return sent;
  }

  /** Closes every connection. Resumable: the session and its later events wait for RESUME. */
  disconnect({ code = 4000, resumable = true }: { code?: number; resumable?: boolean } = {}): void {
    for (const [socket, { session }] of this.#connections) {
      if (!resumable && session !== null) this.sessions.delete(session.id);
      this.#close(socket, code);
    }
  }

  /** Opcode 7: the client should reconnect and resume. */
  reconnect(): void {
    for (const socket of this.#connections.keys()) send(socket, GatewayOpcodes.Reconnect, null);
  }

  /** Opcode 9: the connection has no session any more, until the client identifies or resumes. */
  invalidate({ resumable = false }: { resumable?: boolean } = {}): void {
    for (const [socket, connection] of this.#connections) {
      const { session } = connection;
      if (session !== null) {
        if (!resumable) this.sessions.delete(session.id);
        session.socket = null;
        connection.session = null;
      }
      send(socket, GatewayOpcodes.InvalidSession, resumable);
    }
  }

  /** Answers the next RESUME with opcode 9 instead. */
  refuseResume(resumable = false): void {
    this.#invalidNext = resumable;
  }

  /** Leaves that many heartbeats without acknowledgement. */
  muteHeartbeats(count = 1): void {
    this.#muted = count;
  }

  /** Cuts every new connection while true. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
  }

  get connected(): boolean {
    return [...this.#connections.values()].some((connection) => connection.session !== null);
  }

  async close(): Promise<void> {
    this.#refusing = true;
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: WebSocket): void {
    const connection: Connection = { session: null, lastHeartbeat: Date.now(), sends: [] };
    this.#connections.set(socket, connection);
    const interval = this.#options.heartbeatIntervalMs;
    const watch = setInterval(() => {
      if (Date.now() - connection.lastHeartbeat > interval * 2)
        this.#close(socket, GatewayCloseCodes.SessionTimedOut);
    }, interval);
    watch.unref();
    socket.on("message", (data) => this.#receive(socket, connection, data));
    socket.on("error", () => socket.terminate());
    socket.on("close", (code) => {
      clearInterval(watch);
      if (this.#connections.delete(socket)) this.closes.push({ at: Date.now(), code, by: "client" });
      const { session } = connection;
      if (session !== null && session.socket === socket) {
        session.socket = null;
        // 1000 and 1001 end the session: https://discord.com/developers/docs/events/gateway#initiating-a-disconnect
        if (code === 1000 || code === 1001) this.sessions.delete(session.id);
      }
      this.#options.changed();
    });
    send(socket, GatewayOpcodes.Hello, { heartbeat_interval: interval });
  }

  #close(socket: WebSocket, code: number): void {
    if (this.#connections.delete(socket)) this.closes.push({ at: Date.now(), code, by: "server" });
    socket.close(code);
    this.#options.changed();
  }

  #receive(socket: WebSocket, connection: Connection, data: RawData): void {
    const now = Date.now();
    while ((connection.sends[0] ?? now) < now - 60_000) connection.sends.shift();
    connection.sends.push(now);
    if (connection.sends.length > SENDS_PER_MINUTE) {
      this.#close(socket, GatewayCloseCodes.RateLimited);
      return;
    }
    const text = String(data);
    let payload: { op: number; d: unknown };
    try {
      if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES) throw new RangeError("payload too large");
      payload = JSON.parse(text);
    } catch {
      this.#close(socket, GatewayCloseCodes.DecodeError);
      return;
    }
    const known = connection.session !== null;
    switch (payload.op) {
      case GatewayOpcodes.Heartbeat:
        connection.lastHeartbeat = now;
        if (this.#muted > 0) this.#muted--;
        else send(socket, GatewayOpcodes.HeartbeatAck, null);
        break;
      case GatewayOpcodes.Identify:
        if (known) this.#close(socket, GatewayCloseCodes.AlreadyAuthenticated);
        else this.#identify(socket, connection, payload.d as Record<string, unknown>);
        break;
      case GatewayOpcodes.Resume:
        if (known) this.#close(socket, GatewayCloseCodes.AlreadyAuthenticated);
        else this.#resume(socket, connection, payload.d as Record<string, unknown>);
        break;
      case GatewayOpcodes.PresenceUpdate:
      case GatewayOpcodes.VoiceStateUpdate:
        if (!known) this.#close(socket, GatewayCloseCodes.NotAuthenticated);
        break;
      case GatewayOpcodes.RequestGuildMembers: {
        const { session } = connection;
        if (session === null) this.#close(socket, GatewayCloseCodes.NotAuthenticated);
        else {
          const chunk = this.#options.members(session, payload.d as Record<string, unknown>);
          if (chunk !== null) this.events.push(session.dispatch(chunk));
        }
        break;
      }
      default:
        this.#close(socket, GatewayCloseCodes.UnknownOpcode);
    }
    this.#options.changed();
  }

  #identify(socket: WebSocket, connection: Connection, data: Record<string, unknown>): void {
    const intents = Number(data.intents);
    const [index = 0, count = 1] = Array.isArray(data.shard) ? (data.shard as number[]) : [];
    this.identifies.push({ at: Date.now(), intents });
    const refusal = this.#refusal(data.token, intents, index, count);
    if (refusal !== null) {
      this.#close(socket, refusal);
      return;
    }
    const id = randomBytes(16).toString("hex");
    const session = new Session(id, intents, [index, count], socket, this.#options.botId);
    connection.session = session;
    this.sessions.set(id, session);
    const first = { t: "READY", d: this.#options.ready(session), guildId: null, intents: [] };
    this.events.push(session.dispatch(first));
    for (const event of this.#options.guildCreates())
      if (session.receives(event)) this.events.push(session.dispatch(event));
  }

  /** With which code an IDENTIFY is refused. */
  #refusal(token: unknown, intents: number, index: number, count: number): GatewayCloseCodes | null {
    if (!this.#authentic(token)) return GatewayCloseCodes.AuthenticationFailed;
    if (!Number.isInteger(intents) || intents < 0 || (intents & ~ALL_INTENTS) !== 0)
      return GatewayCloseCodes.InvalidIntents;
    const disallowed = PRIVILEGED.some(
      (name) => (intents & GatewayIntentBits[name]) !== 0 && !this.#options.privilegedIntents.includes(name),
    );
    if (disallowed) return GatewayCloseCodes.DisallowedIntents;
    return count < 1 || index >= count ? GatewayCloseCodes.InvalidShard : null;
  }

  #authentic(token: unknown): boolean {
    return String(token).replace(/^Bot /, "") === this.#options.token;
  }

  #resume(socket: WebSocket, connection: Connection, data: Record<string, unknown>): void {
    if (!this.#authentic(data.token)) {
      this.#close(socket, GatewayCloseCodes.AuthenticationFailed);
      return;
    }
    const session = this.sessions.get(String(data.session_id));
    const sequence = Number(data.seq);
    const refused = this.#invalidNext;
    this.#invalidNext = null;
    const accepted = session !== undefined && refused === null;
    this.resumes.push({ at: Date.now(), session: String(data.session_id), sequence, accepted });
    if (session === undefined || refused !== null) {
      if (session !== undefined && refused === false) this.sessions.delete(session.id);
      send(socket, GatewayOpcodes.InvalidSession, refused ?? false);
      return;
    }
    if (!(sequence >= 0 && sequence <= session.sequence)) {
      this.#close(socket, GatewayCloseCodes.InvalidSeq);
      return;
    }
    if (session.socket !== null && session.socket !== socket) session.socket.close(4000);
    connection.session = session;
    session.socket = socket;
    session.replay(sequence);
    this.events.push(session.dispatch({ t: "RESUMED", d: {}, guildId: null, intents: [] }));
  }
}

function send(socket: WebSocket, op: number, d: unknown): void {
  if (socket.readyState === 1) socket.send(JSON.stringify({ op, d, s: null, t: null }));
}
