import { execFileSync } from "node:child_process";

/** Compiles `dist/` once, so that tests load the same workers and child processes as `npm start`. */
export default function setup(): void {
  execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
}
