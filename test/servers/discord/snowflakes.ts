/** First second of 2015 in milliseconds: https://discord.com/developers/docs/reference#snowflakes */
const DISCORD_EPOCH_MS = 1_420_070_400_000n;

let last = 0n;

/** A new id, larger than every earlier one of this process. */
export function snowflake(): string {
  const now = (BigInt(Date.now()) - DISCORD_EPOCH_MS) << 22n;
  last = now > last ? now : last + 1n;
  return last.toString();
}

/** Discord's time format: six decimals and a numeric offset. */
export function timestamp(at: number = Date.now()): string {
  return new Date(at).toISOString().replace(/(\.\d{3})Z$/, "$1000+00:00");
}
