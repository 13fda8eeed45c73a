import { Socket } from "node:net";

// Switches the network off: any connection that does not stay on this machine fails the test that made it.
const connect = Socket.prototype.connect;
const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/;

Socket.prototype.connect = function (this: Socket, ...parameters: unknown[]): Socket {
  const first = Array.isArray(parameters[0]) ? parameters[0][0] : parameters[0];
  const host =
    typeof first === "object" && first !== null
      ? ((first as { host?: string; path?: string }).host ?? "localhost")
      : typeof parameters[1] === "string"
        ? parameters[1]
        : "localhost";
  if (!loopback.test(host)) throw new Error(`A test tried to reach ${host}; only loopback is allowed.`);
  return Reflect.apply(connect, this, parameters);
} as typeof connect;
