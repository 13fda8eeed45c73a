/** The longest address that is linked; Discord's own limit for link buttons. */
const longestUrl = 512;

/**
 * An address as it may stand in `<…>` or in a masked link, or undefined when it may not: only http and https,
 * nothing that ends the link early, and short enough to leave room for text.
 */
export function safeUrl(address: string | null): string | undefined {
  if (address === null || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  const href = url.href
    .replace(
      /[()<>\\"'`|*\s]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    )
    // Kept out of every text that is sent, addresses included.
    .replace(/@(everyone|here)/gi, "%40$1");
  return href.length <= longestUrl ? href : undefined;
}

/** A masked link without a preview. `label` is Discord Markdown already. */
export function maskedLink(label: string, url: string): string {
  return `[${label}](<${url}>)`;
}

const domain = /^(?:[\w-]+\.)+(?:com|org|net|io|dev|ai|gov|edu|gg|app|co|me|info|xyz)(?:[/:?#]|$)/i;

/** Whether a label reads as an address, so that a link behind it could pretend to lead somewhere else. */
export function looksLikeUrl(label: string): boolean {
  const text = label.trim();
  return text.includes("://") || /^www\./i.test(text) || domain.test(text);
}

/** Cuts off what ends a sentence rather than an address: returns the address and the rest. */
export function trimUrl(found: string): readonly [url: string, rest: string] {
  let url = found.replace(/[.,;:!?'"*\]]+$/, "");
  if (url.endsWith(")") && !url.includes("(")) url = url.replace(/[).,;:!?'"*\]]+$/, "");
  return [url, found.slice(url.length)];
}
